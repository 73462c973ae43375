// Reading headers from a flat list of names and values, and writing them the way a signature covers them.

/** The first value of a header, or undefined. `lowerName` is in lower case. */
export function headerValue(rawHeaders: readonly string[], lowerName: string): string | undefined {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === lowerName.length && name.toLowerCase() === lowerName) return rawHeaders[index + 1]
  }
  return undefined
}

/** The names of the headers that a signature covers, and what finds them in a request. */
export interface SignedNames {
  /** As they are signed: joined by semicolons. */
  readonly text: string
  /** The same as a list. */
  readonly listed: readonly string[]
  /** In lower case and in order, each once: as the headers themselves are signed, whatever the list looks like. */
  readonly sorted: readonly string[]
  /** Name → its place in `sorted`. */
  readonly places: ReadonlyMap<string, number>
  /** A bit for each length of a name, counted modulo 32: most headers are ruled out by theirs. */
  readonly lengths: number
}

/** Clients sign the same headers with each request. Longer texts than usual are not kept, so that nobody fills memory. */
const keptNames = 256
const keptCharacters = 512
const kept = new Map<string, SignedNames>()

/** Reads the value of `SignedHeaders`. */
export function signedNames(text: string): SignedNames {
  const known = kept.get(text)
  if (known !== undefined) return known
  const names = readNames(text)
  if (text.length > keptCharacters) return names
  if (kept.size >= keptNames) kept.clear()
  kept.set(text, names)
  return names
}

function readNames(text: string): SignedNames {
  const listed = text.split(';')
  const sorted = [...new Set(listed.map((name) => name.toLowerCase()))].sort()
  let lengths = 0
  for (const { length } of sorted) lengths |= lengthBit(length)
  return { text, listed, sorted, places: new Map(sorted.map((name, place) => [name, place])), lengths }
}

function lengthBit(length: number): number {
  return 1 << (length & 31)
}

/**
 * The block of canonical headers: for each name, in order, its values trimmed, with runs of blanks made one,
 * joined by commas in the order of arrival. A header that is not there has an empty value.
 * HTTP/2 sends `:authority` in place of `host`.
 */
export function canonicalHeaders(rawHeaders: readonly string[], { sorted, places, lengths }: SignedNames): string {
  const values: (string | undefined)[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if ((lengths & lengthBit(name.length)) === 0) continue
    const place = places.get(name.toLowerCase())
    if (place === undefined) continue
    const value = collapse(rawHeaders[index + 1] ?? '')
    const before = values[place]
    values[place] = before === undefined ? value : `${before},${value}`
  }
  let block = ''
  for (let place = 0; place < sorted.length; place++) {
    const name = sorted[place] ?? ''
    block += `${name}:${values[place] ?? (name === 'host' ? (headerValue(rawHeaders, ':authority') ?? '') : '')}\n`
  }
  return block
}

function collapse(value: string): string {
  return isCollapsed(value) ? value : value.replace(/[ \t\r\n\f\v]+/g, ' ').replace(/^ | $/g, '')
}

/** Whether a value has no blanks at its ends, and between them none but lone spaces. */
function isCollapsed(value: string): boolean {
  let isBlank = true
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    // Only ASCII blanks: in a value that `node:http` read, U+00A0 is one byte of a longer UTF-8 character.
    if (code > 0x20 || code < 0x09 || (code > 0x0d && code < 0x20)) isBlank = false
    else if (isBlank || code !== 0x20) return false
    else isBlank = true
  }
  return !isBlank || value === ''
}
