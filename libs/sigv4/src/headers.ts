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
  /** The list as it is signed: joined by semicolons. */
  readonly text: string
  /** The same as a list. */
  readonly listed: readonly string[]
  /** Whether the list names what a signature must cover, or may: see `verify`. */
  readonly hasHost: boolean
  readonly hasDate: boolean
  readonly hasPayloadHash: boolean
  /** In lower case and in order, each once: as the headers themselves are signed, whatever the list looks like. */
  readonly sorted: readonly string[]
  /** By the `keyOf` of a name, the places in `sorted` of the names that have it. */
  readonly placesOfKey: readonly (readonly number[] | undefined)[]
  /** The block that was written last. */
  last: HeaderBlock
}

/** Canonical headers, line by line: of most requests some are as in the one before, and often all. */
interface HeaderBlock {
  /** The value of each name in `sorted`, as it was sent; undefined for a header that was not. */
  readonly sent: (string | undefined)[]
  /** The line of each value, behind the end of the line before. */
  readonly lines: string[]
  text: string
}

/** Clients sign the same headers with each request. Longer texts than usual are not kept, so that nobody fills memory. */
const keptNames = 256
const keptCharacters = 512
const kept = new Map<string, SignedNames>()

/** The longest block that is kept. */
const keptBlockCharacters = 2_048

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
  const placesOfKey = Array.from({ length: keys }, () => undefined as number[] | undefined)
  for (const [place, name] of sorted.entries()) (placesOfKey[keyOf(name)] ??= []).push(place)
  return {
    text,
    listed,
    hasHost: listed.includes('host'),
    hasDate: listed.includes('x-amz-date') || listed.includes('date'),
    hasPayloadHash: listed.includes('x-amz-content-sha256'),
    sorted,
    placesOfKey,
    last: absentHeaders(sorted),
  }
}

function absentHeaders(sorted: readonly string[]): HeaderBlock {
  const lines = sorted.map((name, place) => headerLine(name, place, ''))
  return { sent: sorted.map(() => undefined), lines, text: `${lines.join('')}\n` }
}

function headerLine(name: string, place: number, value: string): string {
  return `${place === 0 ? '' : '\n'}${name}:${collapse(value)}`
}

const keys = 64

/** A small number for a name, the same in upper and lower case: it rules most other headers out. */
function keyOf(name: string): number {
  return (name.length * 5 + (name.charCodeAt(name.length - 1) | 0x20)) & 63
}

/**
 * The block of canonical headers: for each name, in order, its values trimmed, with runs of blanks made one,
 * joined by commas in the order of arrival. A header that is not there has an empty value.
 * HTTP/2 sends `:authority` in place of `host`.
 */
export function canonicalHeaders(rawHeaders: readonly string[], names: SignedNames): string {
  const { sorted, last } = names
  const sent = sentValues(rawHeaders, names)
  let isSame = true
  for (let place = 0; place < sorted.length; place++) {
    const name = sorted[place] ?? ''
    const value = sent[place] ?? (name === 'host' ? headerValue(rawHeaders, ':authority') : undefined)
    if (value === last.sent[place]) continue
    last.sent[place] = value
    last.lines[place] = headerLine(name, place, value ?? '')
    isSame = false
  }
  if (isSame) return last.text
  const text = `${last.lines.join('')}\n`
  if (text.length > keptBlockCharacters) names.last = absentHeaders(sorted)
  else last.text = text
  return text
}

function sentValues(rawHeaders: readonly string[], { sorted, placesOfKey }: SignedNames): (string | undefined)[] {
  // oxlint-disable-next-line unicorn/no-new-array -- `Array.from` takes longer than all that follows
  const values = new Array<string | undefined>(sorted.length)
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const places = placesOfKey[keyOf(name)]
    if (places === undefined) continue
    const lowerName = name.toLowerCase()
    for (const place of places) {
      if (sorted[place] !== lowerName) continue
      const value = rawHeaders[index + 1] ?? ''
      const before = values[place]
      values[place] = before === undefined ? value : `${collapse(before)},${collapse(value)}`
    }
  }
  return values
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
