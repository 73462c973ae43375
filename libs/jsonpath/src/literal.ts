// Reads literals: strings in either quotes, numbers, true, false, null, and lenient JSON lists and objects.
import { expect, nested, peek, skipSpaces, take, takeMatch, unexpected } from './cursor.ts'
import type { Cursor } from './cursor.ts'

const numberText = /-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const plainCharacters = /[^\\'"]+/y
const escapes: ReadonlyMap<string, string> = new Map(Object.entries({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }))

/** Reads any literal. @throws PathFault if there is none */
export function readLiteral(cursor: Cursor): unknown {
  const first = peek(cursor)
  if (first === "'" || first === '"') return readText(cursor)
  if (first === '[') return readList(cursor)
  if (first === '{') return readObject(cursor)
  if (take(cursor, 'true')) return true
  if (take(cursor, 'false')) return false
  if (take(cursor, 'null')) return null
  const number = takeMatch(cursor, numberText)
  if (number === undefined) throw unexpected(cursor, 'expected a value')
  return Number(number)
}

/** Reads a quoted text with backslash escapes; an escape without a meaning stands for the character itself. */
export function readText(cursor: Cursor): string {
  const quote = peek(cursor)
  if (quote !== "'" && quote !== '"') throw unexpected(cursor, 'expected a quote')
  cursor.position++
  let text = ''
  while (!take(cursor, quote)) {
    text += takeMatch(cursor, plainCharacters) ?? (peek(cursor) === '\\' ? readEscape(cursor) : takeOne(cursor))
  }
  return text
}

function readEscape(cursor: Cursor): string {
  cursor.position++
  const unicode = takeMatch(cursor, /u[0-9a-fA-F]{4}/y)
  if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode.slice(1), 16))
  const character = takeOne(cursor)
  return escapes.get(character) ?? character
}

function takeOne(cursor: Cursor): string {
  const character = peek(cursor)
  if (character === '') throw unexpected(cursor, 'expected the closing quote')
  cursor.position++
  return character
}

function readList(cursor: Cursor): unknown[] {
  const list: unknown[] = []
  readMembers(cursor, ['[', ']'], () => list.push(readLiteral(cursor)))
  return list
}

function readObject(cursor: Cursor): Record<string, unknown> {
  const members: [string, unknown][] = []
  readMembers(cursor, ['{', '}'], () => {
    const name = readText(cursor)
    skipSpaces(cursor)
    expect(cursor, ':')
    skipSpaces(cursor)
    members.push([name, readLiteral(cursor)])
  })
  return Object.fromEntries(members)
}

function readMembers(cursor: Cursor, [open, close]: readonly [string, string], readMember: () => void): void {
  expect(cursor, open)
  skipSpaces(cursor)
  if (take(cursor, close)) return
  nested(cursor, () => {
    do {
      skipSpaces(cursor)
      readMember()
      skipSpaces(cursor)
    } while (take(cursor, ','))
  })
  expect(cursor, close)
}
