// Finds the programs that run inside sandboxes; they are files of their own and survive bundling as such.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Beside this package's `src` or `dist`, or copied beside a bundle. */
const places = ['../bootstrap', './bootstrap']

/** The folder given, or the one that came with this package. Throws when its programs are not there. */
export function findBootstrapFolder(given: string | undefined): string {
  const candidates =
    given === undefined ? places.map((place) => fileURLToPath(new URL(place, import.meta.url))) : [given]
  const found = candidates.find((folder) => existsSync(join(folder, 'node', 'index.cjs')))
  if (found === undefined) throw new Error(`The Lambda bootstraps are not in ${candidates.join(' or ')}`)
  return found
}
