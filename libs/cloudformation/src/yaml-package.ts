// Loads the `yaml` package when the first template is read: it takes 20 ms and 13 MB, which many users of this library never need.
import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'

let loaded: typeof Yaml | undefined

/** The package; the first call loads it. */
export function yamlPackage(): typeof Yaml {
  return (loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml)
}
