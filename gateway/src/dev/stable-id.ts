// Derives the ids of resources that are deployed from files from their names, so that URLs stay the same from run to run.
import { createHash, hash } from 'node:crypto'

/** An id of ten characters of [a-z0-9]. */
export function stableId(name: string): string {
  const digest = BigInt(`0x${createHash('sha256').update(name).digest('hex')}`)
  return digest.toString(36).slice(-10).padStart(10, '0')
}

/** An id in the form of a UUID. */
export function stableUuid(name: string): string {
  return hash('sha256', name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}
