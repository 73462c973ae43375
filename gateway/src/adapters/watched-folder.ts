// A folder of code that is watched for changes: every folder below it, without what tools and interpreters write there.
import { watch, type FSWatcher } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Installed packages change with a file beside them (package.json), and are too many to watch. */
const unwatchedFolders: ReadonlySet<string> = new Set(['node_modules', '.git', '__pycache__', '.venv'])

/** Byte code, editors' temporary files, the Finder's notes. */
const noise = /(?:\.pyc|~|\.sw[a-z]|\.tmp)$|^(?:\.DS_Store|4913)$/

/** Deeper trees are watched in part: the first folders, breadth first. */
const mostFolders = 1_000

export class WatchedFolder {
  readonly folder: string
  /** Set by any change; whoever loads the code sets it back before it does. */
  isChanged = false
  private readonly watchers = new Map<string, FSWatcher>()
  private isClosed = false

  constructor(folder: string) {
    this.folder = folder
  }

  /** Resolves when every folder is watched. A folder that does not exist is not. */
  async start(): Promise<void> {
    await this.add(this.folder)
  }

  close(): void {
    this.isClosed = true
    for (const watcher of this.watchers.values()) watcher.close()
    this.watchers.clear()
  }

  private async add(root: string): Promise<void> {
    const queue = [root]
    for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
      if (this.isClosed || this.watchers.has(folder) || this.watchers.size >= mostFolders) continue
      if (!this.watch(folder)) continue
      for (const name of await foldersIn(folder)) queue.push(join(folder, name))
    }
  }

  private watch(folder: string): boolean {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => this.changed(folder, event, name))
      watcher.on('error', () => this.remove(folder))
      this.watchers.set(folder, watcher)
      return true
    } catch {
      // It is gone already, or the system has no more watches: code there is read at the next definition all the same.
      return false
    }
  }

  private changed(folder: string, event: string, name: string | null): void {
    if (name !== null && (noise.test(name) || unwatchedFolders.has(name))) return
    this.isChanged = true
    // A name came or went: it may be a folder.
    if (event === 'rename' && name !== null) void this.follow(join(folder, name))
  }

  private async follow(path: string): Promise<void> {
    this.remove(path)
    if (await isFolder(path)) await this.add(path)
  }

  private remove(folder: string): void {
    this.watchers.get(folder)?.close()
    this.watchers.delete(folder)
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() && !unwatchedFolders.has(entry.name)).map(({ name }) => name)
  } catch {
    return []
  }
}

async function isFolder(path: string): Promise<boolean> {
  return readdir(path).then(
    () => true,
    () => false,
  )
}
