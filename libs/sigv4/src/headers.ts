// Reading headers from a flat list of names and values, and writing them the way a signature covers them.

/** The first value of a header, or undefined. `lowerName` is in lower case. */
export function headerValue(rawHeaders: readonly string[], lowerName: string): string | undefined {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === lowerName.length && name.toLowerCase() === lowerName) return rawHeaders[index + 1]
  }
  return undefined
}

/**
 * The block of canonical headers: for each name, in the given order, its values trimmed, with runs of blanks made one,
 * joined by commas in the order of arrival. A header that is not there has an empty value.
 * HTTP/2 sends `:authority` in place of `host`.
 */
export function canonicalHeaders(rawHeaders: readonly string[], sortedLowerNames: readonly string[]): string {
  const values = new Map<string, string | undefined>()
  for (const name of sortedLowerNames) values.set(name, undefined)
  let authority: string | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const value = rawHeaders[index + 1] ?? ''
    if (name === ':authority') authority = value
    if (!values.has(name)) continue
    const before = values.get(name)
    values.set(name, before === undefined ? collapse(value) : `${before},${collapse(value)}`)
  }
  let block = ''
  for (const [name, value] of values) block += `${name}:${value ?? (name === 'host' ? (authority ?? '') : '')}\n`
  return block
}

// Only ASCII blanks: in a value that `node:http` read, U+00A0 is one byte of a longer UTF-8 character.
function collapse(value: string): string {
  return /^[ \t]|[ \t]$|[ \t]{2}|[\t\r\n\f\v]/.test(value)
    ? value.replace(/[ \t\r\n\f\v]+/g, ' ').replace(/^ | $/g, '')
    : value
}
