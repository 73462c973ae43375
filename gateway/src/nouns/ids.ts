// Identifiers as AWS makes them: lower-case letters and digits, of a length that depends on the kind.
import { randomPart } from './entropy.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Makes ids; a port-like value so that a test or a deployed file can make them predictable. */
export interface Ids {
  /** `length` random characters of [a-z0-9]. */
  readonly short: (length: number) => string
  /** A random UUID in lower case, as AWS's request ids are. */
  readonly uuid: () => string
}

/** Random ids, unbiased: bytes of 252 and above are thrown away, because 252 is the largest multiple of 36 that fits. */
function randomId(length: number): string {
  let id = ''
  while (id.length < length) {
    for (const byte of randomPart(length * 2)) {
      if (byte < 252 && id.length < length) id += alphabet.charAt(byte % 36)
    }
  }
  return id
}

export const randomIds: Ids = { short: randomId, uuid: () => crypto.randomUUID() }
