// A reader of a pattern's text, with the flags and groups that are in force at its position.
import type { Folding } from './case.ts'
import { RegexFault } from './fault.ts'

/** The inline flags: i case-insensitive, u for all letters, m multi-line, s dot matches all, d Unix lines, x comments. */
export type Flag = 'd' | 'i' | 'm' | 's' | 'u' | 'x'

export interface Reader {
  readonly pattern: string
  position: number
  flags: ReadonlySet<Flag>
  groupCount: number
  readonly groupNames: Map<string, number>
  depth: number
}

/** A reader at the start of a pattern whose quotations `\Q…\E` have been turned into escapes. */
export function startReading(pattern: string): Reader {
  return { pattern: unquoted(pattern), position: 0, flags: new Set(), groupCount: 0, groupNames: new Map(), depth: 0 }
}

// Digits become \x3n lest they continue an escape before them; letters must not become escapes.
function unquoted(pattern: string): string {
  return pattern.replaceAll(/\\Q([^]*?)(?:\\E|$)|\\[^]/g, (whole, quoted?: string) =>
    quoted === undefined
      ? whole
      : quoted.replaceAll(/[^A-Za-z\u0080-\uffff]/g, (character) =>
          /\d/.test(character) ? String.raw`\x3${character}` : `\\${character}`,
        ),
  )
}

/** The character at the position, or the empty string at the end; under (?x) blanks and comments are moved over first. */
export function peek(reader: Reader): string {
  if (reader.flags.has('x')) {
    const comments = /(?:[ \t\n\v\f\r]|#[^\n\r\u0085\u2028\u2029]*)*/y
    comments.lastIndex = reader.position
    reader.position += comments.exec(reader.pattern)?.[0].length ?? 0
  }
  return reader.pattern.charAt(reader.position)
}

/** Moves over `expected` where that comes next, and tells whether it did. */
export function take(reader: Reader, expected: string): boolean {
  peek(reader)
  if (!reader.pattern.startsWith(expected, reader.position)) return false
  reader.position += expected.length
  return true
}

/** Moves over what the sticky `expression` matches and gives it, or the empty string. */
export function takeMatch(reader: Reader, expression: RegExp): string {
  expression.lastIndex = reader.position
  const found = expression.exec(reader.pattern)?.[0] ?? ''
  reader.position += found.length
  return found
}

/** Moves over one code point and gives it; -1 at the end. */
export function takeCodePoint(reader: Reader): number {
  const codePoint = reader.pattern.codePointAt(reader.position) ?? -1
  reader.position += codePoint > 0xffff ? 2 : 1
  return codePoint
}

/** The fault at an index, by default at the position. Java counts code points. */
export function faultAt(reader: Reader, description: string, index: number = reader.position): RegexFault {
  const before = reader.pattern.slice(0, Math.max(index, reader.position))
  const pairs = before.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0
  return new RegexFault(description, index - pairs, reader.pattern)
}

/** How the flags in force compare letters. */
export function foldingOf({ flags }: Reader): Folding {
  if (!flags.has('i')) return 'none'
  return flags.has('u') ? 'unicode' : 'ascii'
}
