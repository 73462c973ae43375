// A position in the text of a path, and the moves that all parsers share.
import { PathFault } from './fault.ts'

/** The text, the offset of the next character, and how many brackets, groups and parameters are open there. */
export interface Cursor {
  readonly text: string
  position: number
  depth: number
}

const maxDepth = 32

/** The next character, or the empty string at the end. */
export function peek(cursor: Cursor): string {
  return cursor.text.charAt(cursor.position)
}

/** Moves over `expected` where that comes next, and tells whether it did. */
export function take(cursor: Cursor, expected: string): boolean {
  if (!cursor.text.startsWith(expected, cursor.position)) return false
  cursor.position += expected.length
  return true
}

/** Moves over `expected`. @throws PathFault if anything else comes next */
export function expect(cursor: Cursor, expected: string): void {
  if (!take(cursor, expected)) throw unexpected(cursor, `expected '${expected}'`)
}

/** Moves over blanks. */
export function skipSpaces(cursor: Cursor): void {
  while (peek(cursor) === ' ') cursor.position++
}

/** Moves over what the sticky `expression` matches and gives it, or undefined. */
export function takeMatch(cursor: Cursor, expression: RegExp): string | undefined {
  expression.lastIndex = cursor.position
  const found = expression.exec(cursor.text)?.[0]
  if (found !== undefined) cursor.position += found.length
  return found
}

/** The fault for the character that comes next; `wish` says what was expected. */
export function unexpected(cursor: Cursor, wish: string): PathFault {
  const found = cursor.position < cursor.text.length ? `found '${peek(cursor)}'` : 'the path ends'
  return new PathFault(`${wish}, but ${found} at ${cursor.position}`, cursor.position)
}

/** Reads something that may contain itself. @throws PathFault when it is nested more than 32 levels deep */
export function nested<Read>(cursor: Cursor, read: () => Read): Read {
  if (cursor.depth >= maxDepth) {
    throw new PathFault(`nested more than ${maxDepth} levels deep at ${cursor.position}`, cursor.position)
  }
  cursor.depth++
  const result = read()
  cursor.depth--
  return result
}
