// Percent-encoding as signatures want it: everything but RFC 3986's unreserved characters, in upper-case hex.

const encodedBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9\-._~]/.test(String.fromCharCode(byte))
    ? String.fromCharCode(byte)
    : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
)

const unreservedOnly = /^[A-Za-z0-9\-._~]*$/
const unreservedPath = /^[A-Za-z0-9\-._~/]*$/

/** How text is turned into bytes. `latin1` gives back the bytes of a string that `node:http` read from the wire. */
export type TextEncoding = 'utf8' | 'latin1'

/** Encodes every byte of `text`, a percent sign too: the second encoding of a path that is already encoded. */
export function percentEncode(text: string, encoding: TextEncoding = 'utf8'): string {
  return unreservedOnly.test(text) ? text : encodeBytes(text, encoding)
}

/** As {@link percentEncode}, but slashes stay. */
export function percentEncodePath(path: string, encoding: TextEncoding = 'utf8'): string {
  return unreservedPath.test(path) ? path : encodeBytes(path, encoding).replaceAll('%2F', '/')
}

/**
 * Brings a piece of a URL that may already be encoded into the strict form: what could be plain becomes plain,
 * all else is encoded. A percent sign that starts no escape stands for itself.
 */
export function percentCanonicalise(text: string, plusIsSpace = false): string {
  return unreservedOnly.test(text) ? text : encodeBytes(percentDecodeBytes(text, plusIsSpace), 'latin1')
}

/** As {@link percentCanonicalise}, but slashes stay (an encoded slash stays encoded). */
export function percentCanonicalisePath(path: string): string {
  return unreservedPath.test(path)
    ? path
    : path
        .split('/')
        .map((segment) => percentCanonicalise(segment))
        .join('/')
}

/** Decodes a piece of a query as UTF-8; never throws. */
export function percentDecode(text: string): string {
  return text.includes('%') ? Buffer.from(percentDecodeBytes(text, false), 'latin1').toString('utf8') : text
}

/** One character of the result stands for one byte. */
function percentDecodeBytes(text: string, plusIsSpace: boolean): string {
  const bytes = Buffer.from(plusIsSpace ? text.replaceAll('+', ' ') : text, 'utf8').toString('latin1')
  return bytes.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function encodeBytes(text: string, encoding: TextEncoding): string {
  let encoded = ''
  for (const byte of Buffer.from(text, encoding)) encoded += encodedBytes[byte]
  return encoded
}
