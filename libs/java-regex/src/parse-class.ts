// Parses character classes: ranges, unions [a[b]], intersections [a&&b], negation of the whole.
import { closeOverCase, closeRangeOverCase } from './case.ts'
import type { CodePointSet } from './code-points.ts'
import { complement, intersection, noCodePoints, range, union } from './code-points.ts'
import { readCharacterEscape } from './escapes.ts'
import type { Reader } from './reader.ts'
import { faultAt, foldingOf, peek, take, takeCodePoint, takeMatch } from './reader.ts'

const maxDepth = 64

/** Reads a class, the reader standing behind its opening bracket. @throws RegexFault */
export function readClass(reader: Reader): CodePointSet {
  const negated = take(reader, '^')
  const set = readOperands(reader)
  reader.position++
  return negated ? complement(set) : set
}

/** Reads up to the closing bracket, in Java's own order: what stands right of `&&`, and all that follows, comes first. */
function readOperands(reader: Reader): CodePointSet {
  if (++reader.depth > maxDepth) throw faultAt(reader, 'Pattern is nested too deep')
  let whole: CodePointSet | undefined
  let latest: CodePointSet | undefined
  for (let next = peek(reader); next !== ']' || whole === undefined; next = peek(reader)) {
    if (next === '') throw faultAt(reader, 'Unclosed character class', reader.pattern.length - 1)
    if (next === '&' && take(reader, '&&')) {
      const right = readIntersected(reader)
      if (whole === undefined && right === undefined) throw faultAt(reader, 'Bad class syntax', reader.position - 1)
      // With nothing right of it, && goes for the member that was read last.
      latest = right ?? latest
      whole = whole === undefined || latest === undefined ? (whole ?? latest) : intersection(whole, latest)
    } else {
      const member = readMember(reader)
      latest = member.isSingle ? undefined : member.set
      whole = union(whole ?? noCodePoints, member.set)
    }
  }
  reader.depth--
  return whole
}

function readIntersected(reader: Reader): CodePointSet | undefined {
  let right: CodePointSet | undefined
  for (let next = peek(reader); !/^[\]&]$/.test(next); next = peek(reader)) {
    right = union(right ?? noCodePoints, take(reader, '[') ? readClass(reader) : readOperands(reader))
  }
  return right
}

interface Member {
  readonly set: CodePointSet
  /** Whether it is one character of Latin-1, which Java keeps aside. */
  readonly isSingle: boolean
}

function readMember(reader: Reader): Member {
  if (take(reader, '[')) return { set: readClass(reader), isSingle: false }
  const first = readOne(reader)
  if (typeof first !== 'number') return { set: first, isSingle: false }
  const folding = foldingOf(reader)
  if (peek(reader) !== '-' || /^-(?:\]|\[)/.test(reader.pattern.slice(reader.position, reader.position + 2))) {
    return { set: closeOverCase(range(first), folding), isSingle: first < 256 }
  }
  reader.position++
  peek(reader)
  const last = reader.position < reader.pattern.length ? readOne(reader) : -1
  const end = last === -1 ? reader.position : reader.position - 1
  if (typeof last !== 'number' || last < first) throw faultAt(reader, 'Illegal character range', end)
  return { set: closeRangeOverCase(range(first, last), folding), isSingle: false }
}

function readOne(reader: Reader): number | CodePointSet {
  // Before a hyphen Java takes \v for the one character that it is elsewhere.
  if (takeMatch(reader, /\\v(?=-)/y) !== '') return 0x0b
  return take(reader, '\\') ? readCharacterEscape(reader) : takeCodePoint(reader)
}
