// Blobs in memory or in a folder, named by their SHA-256.
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Blobs } from '../ports/blobs.ts'

export function createMemoryBlobs(): Blobs {
  const blobs = new Map<string, Uint8Array>()
  return {
    put: async (bytes) => {
      const name = sha256(bytes)
      blobs.set(name, bytes)
      return name
    },
    get: async (name) => blobs.get(name),
    delete: async (name) => {
      blobs.delete(name)
    },
  }
}

/**
 * A blob is written in a folder for new ones, forced to disk and then renamed: a crash leaves the whole blob or none. What was new
 * when the last process ended is removed.
 */
export function createFolderBlobs(folder: string): Blobs {
  const place = (name: string): string => join(folder, name.slice(0, 2), name)
  const newBlobs = join(folder, 'new')
  rmSync(newBlobs, { recursive: true, force: true })
  return {
    put: async (bytes) => {
      const name = sha256(bytes)
      const path = place(name)
      for (const each of [newBlobs, dirname(path)]) await mkdir(each, { recursive: true })
      const temporary = join(newBlobs, crypto.randomUUID())
      try {
        await writeDurably(temporary, bytes)
        await rename(temporary, path)
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
      // A name is durable once its folder is synced, and the folder once the one above it is.
      await syncFolder(dirname(path))
      await syncFolder(folder)
      return name
    },
    get: async (name) => {
      if (!/^[0-9a-f]{64}$/.test(name)) return undefined
      try {
        return await readFile(place(name))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    delete: async (name) => {
      if (/^[0-9a-f]{64}$/.test(name)) await rm(place(name), { force: true })
    },
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
