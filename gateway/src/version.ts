// The version, as package.json has it.
import { readFileSync } from 'node:fs'

const manifest = new URL(import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json', import.meta.url)

let version: string | undefined

export function sluiceVersion(): string {
  version ??= (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
  return version
}
