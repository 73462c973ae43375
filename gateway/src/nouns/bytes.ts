// Bytes and text of request bodies: UTF-8 with U+FFFD for what is not, base64 for what is binary.

const empty = new Uint8Array(0)

/** The body of a request that has none. */
export const noBytes: Uint8Array = empty

/** UTF-8 text; every invalid byte sequence becomes U+FFFD, as AWS's conversion does. */
export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

// Together with a length that is a multiple of four; a group that repeats would need a stack for millions of characters.
const base64Characters = /^[A-Za-z0-9+/]*={0,2}$/

/** The bytes of a base64 text; undefined where it is none. AWS is strict here — recorded REST 34. */
export function fromBase64(text: string): Uint8Array | undefined {
  return text.length % 4 === 0 && base64Characters.test(text) ? Buffer.from(text, 'base64') : undefined
}
