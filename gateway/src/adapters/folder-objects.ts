// Objects in a folder: each folder in it stands for an S3 bucket, each file in that for an object.
import { readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Objects } from '../ports/objects.ts'

/** `folder` undefined: there are no objects. */
export function createFolderObjects(folder: string | undefined): Objects {
  return {
    read: async (bucket, key) => {
      if (folder === undefined) return undefined
      const inside = join(folder, bucket) + sep
      const file = join(inside, key)
      // A key may hold `..`, but it names nothing outside its bucket.
      if (!/^[a-z0-9][a-z0-9.-]*$/.test(bucket) || !file.startsWith(inside) || key.includes('\0')) return undefined
      try {
        return await readFile(file)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined
        throw error
      }
    },
  }
}
