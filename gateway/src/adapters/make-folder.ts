// Making a folder with its parents, for its owner alone.
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes `folder` and what is missing above it, mode 0700. Throws what the system says. Not `recursive: true`, which never
 * returns where a parent exists but takes no folders (`/proc`).
 */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path)
  for (const path of missing) mkdirSync(path, { mode: 0o700 })
}
