// The config file: one JSON object of options by name.
import { readFileSync } from 'node:fs'
import { fileProblem } from './nouns/file-problem.ts'
import { options } from './options.ts'
import { UsageError } from './usage-error.ts'

/** The file's options as texts; none when there is no file. Throws UsageError. */
export function fileOptions(file: string | undefined): ReadonlyMap<string, string> {
  if (file === undefined) return new Map()
  let parsed: unknown
  try {
    // Editors of Windows begin a file with a byte order mark.
    parsed = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new UsageError(`The config file ${file} cannot be read: ${fileProblem(error)}.`, { cause: error })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new UsageError(`The config file ${file} must hold one JSON object of options.`)
  }
  const entries = Object.entries(parsed)
  for (const [name, value] of entries) {
    if (!Object.hasOwn(options, name) || name === 'config')
      throw new UsageError(`The config file ${file} has an unknown option "${name}".`)
    if (typeof value === 'object' || value === '')
      throw new UsageError(`The config file ${file} needs a plain value for "${name}".`)
  }
  return new Map(entries.map(([name, value]) => [name, String(value)]))
}
