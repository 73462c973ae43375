// Loads the `yaml` package when the first text needs it: it takes 20 ms and 13 MB, and most documents are JSON.
import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'

let loaded: typeof Yaml | undefined

/** The package; the first call loads it. */
export function yamlPackage(): typeof Yaml {
  return (loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml)
}
