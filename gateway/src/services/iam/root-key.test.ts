// The root key: made once, never overwritten, never lost without a word.
import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
// oxlint-disable-next-line no-restricted-imports -- tests run on a real adapter, not on a stand-in
import { createMemoryStore } from '../../adapters/memory-store.ts'
import type { Store } from '../../ports/store.ts'
import { ensureRootKey } from './root-key.ts'

const account = '000000000000'

let folder: string
let file: string
let store: Store

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-root-key-'))
  file = join(folder, 'root-credentials.json')
  store = createMemoryStore()
})

afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

test('the first start makes a key that its file alone tells, readable by its owner', async () => {
  await ensureRootKey(store, account, file)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const key = JSON.parse(await readFile(file, 'utf8')) as { accessKeyId: string; secretAccessKey: string }
  expect(Object.keys(key)).toEqual(['accessKeyId', 'secretAccessKey'])
  const read = store.read({ account, region: 'global' })
  expect(await read.claimed('access-key', key.accessKeyId)).toBe(account)
  expect(await read.get('AccessKey', [key.accessKeyId])).toMatchObject({ ...key, status: 'Active' })
})

test('the next start leaves it as it is', async () => {
  await ensureRootKey(store, account, file)
  const before = await readFile(file, 'utf8')
  await ensureRootKey(store, account, file)
  expect(await readFile(file, 'utf8')).toBe(before)
  expect(await store.read({ account, region: 'global' }).list('AccessKey', [])).toHaveLength(1)
})

test('a file that is gone is told, and no second key made', async () => {
  await ensureRootKey(store, account, file)
  await rm(file)
  await expect(ensureRootKey(store, account, file)).rejects.toThrow(
    `The root key of account ${account} was made before, but its file ${file} is gone`,
  )
})

test('a file of other data is not overwritten', async () => {
  await ensureRootKey(store, account, file)
  const before = await readFile(file, 'utf8')
  await expect(ensureRootKey(createMemoryStore(), account, file)).rejects.toThrow(
    `${file} exists, but the data folder knows no root key`,
  )
  expect(await readFile(file, 'utf8')).toBe(before)
})

test('a file that names another key is told, and left as it is', async () => {
  expect(await ensureRootKey(store, account, file)).toBeUndefined()
  for (const text of ['{"accessKeyId": "AKIAOTHER"}', '{']) {
    await writeFile(file, text)
    expect(await ensureRootKey(store, account, file)).toBe(
      `${file} names no root key of account ${account}: calls that are signed with what it holds are refused.`,
    )
    expect(await readFile(file, 'utf8')).toBe(text)
  }
})

test('a first start that was interrupted is taken up, before the key was known and after', async () => {
  // Killed while the file was written.
  await writeFile(`${file}.new`, '{"accessKeyId":')
  await ensureRootKey(store, account, file)
  const before = await readFile(file, 'utf8')
  await expect(stat(`${file}.new`)).rejects.toThrow('ENOENT')
  // Killed between the commit and the file's name.
  await rename(file, `${file}.new`)
  await ensureRootKey(store, account, file)
  expect(await readFile(file, 'utf8')).toBe(before)
  expect(await store.read({ account, region: 'global' }).list('AccessKey', [])).toHaveLength(1)
})
