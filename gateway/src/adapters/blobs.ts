// Blobs in memory or in a folder, named by their SHA-256.
import { createHash } from 'node:crypto'
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

/** A blob is written beside its place, forced to disk and then renamed: a crash leaves the whole blob or none. */
export function createFolderBlobs(folder: string): Blobs {
  const place = (name: string): string => join(folder, name.slice(0, 2), name)
  return {
    put: async (bytes) => {
      const name = sha256(bytes)
      const path = place(name)
      await mkdir(dirname(path), { recursive: true })
      const temporary = `${path}.${crypto.randomUUID()}`
      const file = await open(temporary, 'w', 0o600)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
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

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
