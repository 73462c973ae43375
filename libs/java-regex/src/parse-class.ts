// Parses character classes: ranges, unions [a[b]], intersections [a&&b], negation of the whole.
import { closeOverCase } from './case.ts'
import type { CodePointSet } from './code-points.ts'
import { complement, intersection, noCodePoints, range, union } from './code-points.ts'
import { readCharacterEscape } from './escapes.ts'
import type { Reader } from './reader.ts'
import { faultAt, foldingOf, peek, take, takeCodePoint } from './reader.ts'

const maxDepth = 64

/** Reads a class, the reader standing behind its opening bracket. @throws RegexFault */
export function readClass(reader: Reader): CodePointSet {
  if (++reader.depth > maxDepth) throw faultAt(reader, 'Pattern is nested too deep')
  const negated = take(reader, '^')
  let operand: CodePointSet | undefined
  let whole: CodePointSet | undefined
  const start = reader.position
  while (true) {
    const next = peek(reader)
    if (next === '') throw faultAt(reader, 'Unclosed character class', reader.pattern.length - 1)
    if (next === ']' && (reader.position > start || operand !== undefined)) break
    if (next === '&' && take(reader, '&&')) {
      // Java passes over && before ] and before a third &.
      if (peek(reader) === ']' || peek(reader) === '&') continue
      whole = joined(whole, operand)
      operand = undefined
    } else {
      operand = union(operand ?? noCodePoints, readMember(reader))
    }
  }
  reader.position++
  reader.depth--
  const set = joined(whole, operand)
  if (set === undefined) throw faultAt(reader, 'Bad class syntax', reader.position - 1)
  return negated ? complement(set) : set
}

function joined(whole: CodePointSet | undefined, operand: CodePointSet | undefined): CodePointSet | undefined {
  return whole === undefined || operand === undefined ? (operand ?? whole) : intersection(whole, operand)
}

function readMember(reader: Reader): CodePointSet {
  if (take(reader, '[')) return readClass(reader)
  const first = readOne(reader)
  if (typeof first !== 'number') return first
  const folding = foldingOf(reader)
  if (peek(reader) !== '-' || /^-(?:\]|\[)/.test(reader.pattern.slice(reader.position, reader.position + 2))) {
    return closeOverCase(range(first), folding)
  }
  reader.position++
  peek(reader)
  const last = reader.position < reader.pattern.length ? readOne(reader) : -1
  const end = last === -1 ? reader.position : reader.position - 1
  if (typeof last !== 'number' || last < first) throw faultAt(reader, 'Illegal character range', end)
  return closeOverCase(range(first, last), folding)
}

function readOne(reader: Reader): number | CodePointSet {
  return take(reader, '\\') ? readCharacterEscape(reader) : takeCodePoint(reader)
}
