// Random bytes for ids that requests need: drawn from a pool, because asking the system each time costs a microsecond.
import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(8192)
let used = pool.length

/** `bytes` random bytes as text. Each byte is used once. */
export function randomText(bytes: number, encoding: 'hex' | 'base64' | 'base64url'): string {
  return randomPart(bytes).toString(encoding)
}

/** `bytes` random bytes, at most 8,192, to be read before the next are asked for. */
export function randomPart(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.subarray(used - bytes, used)
}
