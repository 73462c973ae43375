// Ids of what is deployed from files follow from names, so that URLs stay the same from run to run.
import { createHash } from 'node:crypto'

/** Ten characters of [a-z0-9]. */
export function stableId(name: string): string {
  const digest = BigInt(`0x${createHash('sha256').update(name).digest('hex')}`)
  return digest.toString(36).slice(-10).padStart(10, '0')
}
