// Keeps functions' code: deployment packages are unpacked once by their hash, and folders used in place.
import { createHash, randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, readdir, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { FunctionCode } from './definition.ts'
import { RuntimeFault } from './faults.ts'
import { readZip, readZipEntry } from './zip.ts'
import type { ZipBudget, ZipEntry } from './zip.ts'

/** Code that is ready to run, held by one user until it is released. */
export interface CodePlace {
  readonly folder: string
  readonly sha256: string | undefined
  readonly sizeBytes: number
  /** Removes the folder when it was unpacked and nobody else holds it. */
  release(): Promise<void>
}

/** Lambda's `CodeSha256`: SHA-256 of the deployment package, in base64. */
export function codeSha256(zip: Uint8Array): string {
  return createHash('sha256').update(zip).digest('base64')
}

interface Unpacked {
  readonly folder: Promise<string>
  holders: number
}

const ownFolder = /^lambda-(\d+)-[0-9a-f]+$/
const parallelWrites = 8

/** The unpacked code of one runtime, in a folder of its own that ends with it. */
export class CodeStore {
  readonly #budget: ZipBudget
  readonly #folder: string
  readonly #unpacked = new Map<string, Unpacked>()
  #opened: Promise<void> | undefined

  constructor(folder: string, budget: ZipBudget) {
    this.#budget = budget
    this.#folder = join(resolve(folder), `lambda-${process.pid}-${randomBytes(6).toString('hex')}`)
  }

  /** Makes code ready. Throws `InvalidZip`, or `InvalidCode` for a folder that is not there. */
  async acquire(code: FunctionCode): Promise<CodePlace> {
    if ('folder' in code) return acquireFolder(code.folder)
    const sha256 = codeSha256(code.zip)
    const name = Buffer.from(sha256, 'base64').toString('hex')
    let unpacked = this.#unpacked.get(name)
    if (unpacked === undefined) {
      unpacked = { folder: this.#unpack(code.zip, name), holders: 0 }
      this.#unpacked.set(name, unpacked)
    }
    unpacked.holders++
    const held = unpacked
    try {
      const folder = await held.folder
      return { folder, sha256, sizeBytes: code.zip.length, release: () => this.#release(name, held) }
    } catch (fault) {
      if (this.#unpacked.get(name) === held) this.#unpacked.delete(name)
      throw fault
    }
  }

  /** Removes all that was unpacked. */
  async close(): Promise<void> {
    await this.#opened?.catch(() => {})
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #release(name: string, held: Unpacked): Promise<void> {
    held.holders--
    if (held.holders > 0) return
    this.#unpacked.delete(name)
    await rm(await held.folder, { recursive: true, force: true })
  }

  async #unpack(zip: Uint8Array, name: string): Promise<string> {
    const entries = readZip(zip, this.#budget)
    this.#opened ??= openFolder(this.#folder)
    await this.#opened
    // The folder's name is unique, because an earlier copy with this hash may still be being removed.
    const folder = join(this.#folder, `${name}-${randomBytes(4).toString('hex')}`)
    const unfinished = `${folder}.unfinished`
    try {
      await unpackInto(unfinished, zip, entries)
      await rename(unfinished, folder)
    } catch (cause) {
      await rm(unfinished, { recursive: true, force: true })
      if (cause instanceof RuntimeFault) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new RuntimeFault('InvalidZip', `Could not unzip uploaded file: ${reason}`)
    }
    return folder
  }
}

async function acquireFolder(folder: string): Promise<CodePlace> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() !== true) throw new RuntimeFault('InvalidCode', `The code folder ${folder} does not exist`)
  return { folder: await realpath(folder), sha256: undefined, sizeBytes: 0, release: async () => {} }
}

/** Makes the runtime's own folder, and removes those of processes that ended without doing so. */
async function openFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const parent = dirname(folder)
  await refuseForeign(parent)
  for (const name of await readdir(parent)) {
    const pid = Number(ownFolder.exec(name)?.[1] ?? process.pid)
    if (!isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true })
  }
}

/**
 * Refuses a folder that another user owns: where everybody may write, such as `/tmp`, another user could have made it, and
 * would own the code that we run.
 */
async function refuseForeign(folder: string): Promise<void> {
  const above = await stat(dirname(folder))
  if ((above.mode & 0o002) === 0 || process.getuid === undefined) return
  const { uid, mode } = await lstat(folder)
  if (uid !== process.getuid() || (mode & 0o022) !== 0)
    throw new Error(`${folder} is not this user's alone: who else may write there could change the code of functions`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // A process of another user is alive too, although it refuses the signal.
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

async function unpackInto(root: string, zip: Uint8Array, entries: readonly ZipEntry[]): Promise<void> {
  const folders = new Set<string>([root])
  for (const { path, kind } of entries) folders.add(kind === 'folder' ? join(root, path) : dirname(join(root, path)))
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o755 })
  const files = entries.filter(({ kind }) => kind === 'file').values()
  const write = async (): Promise<void> => {
    for (const entry of files) await writeEntry(root, zip, entry)
  }
  await Promise.all(Array.from({ length: parallelWrites }, write))
  await link(root, zip, entries)
}

async function writeEntry(root: string, zip: Uint8Array, entry: ZipEntry): Promise<void> {
  const file = join(root, entry.path)
  await writeFile(file, await readZipEntry(zip, entry), { flag: 'wx' })
  // chmod instead of writeFile's option, from which the process's umask would take bits away.
  await chmod(file, entry.isExecutable ? 0o755 : 0o644)
}

/** Makes the symbolic links last, so that nothing is written through one, and checks that each stays inside. */
async function link(root: string, zip: Uint8Array, entries: readonly ZipEntry[]): Promise<void> {
  const links = entries.filter(({ kind }) => kind === 'link')
  for (const entry of links) {
    await symlink(Buffer.from(await readZipEntry(zip, entry)).toString(), join(root, entry.path))
  }
  const realRoot = await realpath(root)
  for (const { path } of links) {
    const target = await realpath(join(root, path)).catch(() => undefined)
    if (target === undefined || (target !== realRoot && !target.startsWith(realRoot + sep))) {
      throw new RuntimeFault(
        'InvalidZip',
        `Could not unzip uploaded file: the link ${JSON.stringify(path)} leads outside`,
      )
    }
  }
}
