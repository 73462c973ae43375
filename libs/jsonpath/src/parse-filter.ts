// Parses filters, the text in `[?( )]`: comparisons and paths joined by &&, ||, ! and parentheses.
import { expect, nested, peek, skipSpaces, take, takeMatch, unexpected } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { readLiteral } from './literal.ts'
import type { FilterSyntax, OperandSyntax, Operator, PathSyntax } from './syntax.ts'
import { operators } from './syntax.ts'

/** Reads a path inside a filter or a parameter list; given by the path parser, which these parsers must not import. */
export type ReadPath = (cursor: Cursor) => PathSyntax

const word = /[a-z]+/iy
const patternBody = /\/((?:[^/\\]|\\.)*)\//y
const patternFlags = /[dimsuxU]*/y

/** Reads a filter up to, not including, its closing parenthesis. @throws PathFault if it is none */
export function readFilter(cursor: Cursor, readPath: ReadPath): FilterSyntax {
  return readJoined(cursor, 'or', () => readJoined(cursor, 'and', () => readUnary(cursor, readPath)))
}

const joints = { or: '||', and: '&&' }

function readJoined(cursor: Cursor, kind: 'and' | 'or', readPart: () => FilterSyntax): FilterSyntax {
  const parts = [readPart()]
  skipSpaces(cursor)
  while (take(cursor, joints[kind])) {
    parts.push(readPart())
    skipSpaces(cursor)
  }
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind, parts }
}

function readUnary(cursor: Cursor, readPath: ReadPath): FilterSyntax {
  skipSpaces(cursor)
  if (take(cursor, '!')) return { kind: 'not', part: nested(cursor, () => readNegated(cursor, readPath)) }
  if (!take(cursor, '(')) return readComparison(cursor, readPath)
  const group = nested(cursor, () => readFilter(cursor, readPath))
  expect(cursor, ')')
  return group
}

function readNegated(cursor: Cursor, readPath: ReadPath): FilterSyntax {
  skipSpaces(cursor)
  const bare = peek(cursor) === '@' || peek(cursor) === '$'
  const part = readUnary(cursor, readPath)
  // `!@.a == 1` reads as "not a" and as "a is not 1": parentheses say which.
  if (bare && part.kind === 'compare') throw unexpected(cursor, 'a negated comparison needs parentheses')
  return part
}

function readComparison(cursor: Cursor, readPath: ReadPath): FilterSyntax {
  const left = readOperand(cursor, readPath)
  skipSpaces(cursor)
  const operator = readOperator(cursor)
  if (operator !== undefined) {
    skipSpaces(cursor)
    return { kind: 'compare', operator, left, right: readOperand(cursor, readPath) }
  }
  if (left.kind !== 'path') throw unexpected(cursor, 'expected an operator')
  return { kind: 'exists', path: left.path }
}

function readOperator(cursor: Cursor): Operator | undefined {
  const start = cursor.position
  const name = takeMatch(cursor, word)?.toLowerCase()
  if (name === undefined) return operators.find((operator) => take(cursor, operator))
  const known = operators.find((operator) => operator === name)
  if (known !== undefined) return known
  cursor.position = start
  throw unexpected(cursor, `there is no operator '${name}'`)
}

function readOperand(cursor: Cursor, readPath: ReadPath): OperandSyntax {
  const first = peek(cursor)
  if (first === '$' || first === '@') return { kind: 'path', path: readPath(cursor) }
  const start = cursor.position
  if (first === '/') return readPattern(cursor, start)
  const value = readLiteral(cursor)
  const source = cursor.text.slice(start, cursor.position)
  const text = typeof value === 'number' && /e/i.test(source) ? String(value) : source
  return { kind: 'literal', value, text }
}

function readPattern(cursor: Cursor, position: number): OperandSyntax {
  const body = takeMatch(cursor, patternBody)
  if (body === undefined) throw unexpected(cursor, 'expected a regular expression between slashes')
  const flags = takeMatch(cursor, patternFlags) ?? ''
  const source = body.slice(1, -1)
  return { kind: 'pattern', pattern: flags === '' ? source : `(?${flags})${source}`, position }
}
