// The root access key of a data folder: made at the first start of `serve`, kept in a file that its owner alone can read.
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import type { Store } from '../../ports/store.ts'
import { newAccessKeyId, newSecretAccessKey } from './credentials.ts'

/**
 * Makes the account's root key (record, claim and `file` with mode 0600) unless it has one; never overwrites a file.
 * Throws an Error with one sentence when the key exists without its file, or the file without its key; resolves with one
 * when the file names another key: whoever replaces the root key may leave the file as it is.
 */
export async function ensureRootKey(store: Store, account: string, file: string): Promise<string | undefined> {
  const scope = { account, region: 'global' }
  const keys = await store.read(scope).list('AccessKey', [])
  const rootKeys = keys.filter(({ record }) => record.userName === undefined)
  const isRootKey = (id: string | undefined): boolean => rootKeys.some(({ record }) => record.accessKeyId === id)
  const hasKey = rootKeys.length > 0
  const hasFile = await exists(file)
  if (hasKey && hasFile) {
    if (isRootKey(await accessKeyIdIn(file))) return undefined
    return `${file} names no root key of account ${account}: calls that are signed with what it holds are refused.`
  }
  // The file gets its name when the key is known: a start that was interrupted before or after that is taken up again.
  const unnamed = `${file}.new`
  if (hasKey) {
    if (isRootKey(await accessKeyIdIn(unnamed))) {
      await rename(unnamed, file)
      return undefined
    }
    throw new Error(
      `The root key of account ${account} was made before, but its file ${file} is gone: put it back from a backup, or start with an empty data folder.`,
    )
  }
  if (hasFile) {
    throw new Error(
      `${file} exists, but the data folder knows no root key for account ${account}: the file is of other data or another --account, or its key was deleted. Move it away to have a new key made.`,
    )
  }
  const key = { accessKeyId: newAccessKeyId(), secretAccessKey: newSecretAccessKey() }
  await rm(unnamed, { force: true })
  await writeOnce(unnamed, `${JSON.stringify(key, undefined, 2)}\n`)
  await store.transact(scope, async (transaction) => {
    if (!(await transaction.claim('access-key', key.accessKeyId, account)))
      throw new Error(`The access key id ${key.accessKeyId} is taken.`)
    transaction.put('AccessKey', [key.accessKeyId], {
      ...key,
      status: 'Active',
      createDate: Math.floor(Date.now() / 1000),
    })
  })
  await rename(unnamed, file)
  return undefined
}

/** Undefined when there is no such file, or it was not written whole. */
async function accessKeyIdIn(file: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as { accessKeyId?: string }).accessKeyId
  } catch {
    return undefined
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function writeOnce(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
