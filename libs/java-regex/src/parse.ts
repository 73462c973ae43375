// Parses a Java pattern into nodes, flags worked in; refuses what Java 17 refuses, in its words and at its index.
import { closeOverCase } from './case.ts'
import type { CodePointSet } from './code-points.ts'
import { allCodePoints, complement, range, setOf } from './code-points.ts'
import { readCharacterEscape, verticalSpace } from './escapes.ts'
import { RegexFault } from './fault.ts'
import type { Assertion, Node, Pattern } from './nodes.ts'
import { partsOf, sequence, some } from './nodes.ts'
import { readClass } from './parse-class.ts'
import type { Flag, Reader } from './reader.ts'
import { faultAt, foldingOf, peek, startReading, take, takeCodePoint, takeMatch } from './reader.ts'

const maxPatternCharacters = 10_000
const maxDepth = 64

/** Parses a pattern. @throws RegexFault with Java's description and index */
export function parsePattern(text: string): Pattern {
  if (text.length > maxPatternCharacters)
    throw new RegexFault(`A pattern has ${maxPatternCharacters} characters at most`, -1)
  const reader = startReading(text)
  const root = readChoice(reader)
  if (peek(reader) !== '') throw faultAt(reader, "Unmatched closing ')'", reader.position - 1)
  return { root, groupCount: reader.groupCount, groupNames: reader.groupNames }
}

function readChoice(reader: Reader): Node {
  const parts = [readSequence(reader)]
  while (take(reader, '|')) parts.push(readSequence(reader))
  return parts.length === 1 ? (parts[0] ?? sequence([])) : { kind: 'choice', parts }
}

function readSequence(reader: Reader): Node {
  const parts: Node[] = []
  for (let next = peek(reader); !/^[|)]?$/.test(next); next = peek(reader)) {
    if (/[*+?]/.test(next)) throw faultAt(reader, `Dangling meta character '${next}'`)
    if (!readFlags(reader)) parts.push(readQuantified(reader, readAtom(reader, next)))
  }
  return sequence(parts)
}

/** Reads `(?i)` and the like, which hold up to the end of the group they stand in. */
function readFlags(reader: Reader): boolean {
  const start = reader.position
  if (!take(reader, '(?')) return false
  const flags = /[a-zA-Z)-]/.test(reader.pattern.charAt(reader.position)) ? takeFlags(reader) : undefined
  if (flags !== undefined && takeMatch(reader, /\)/y) !== '') {
    reader.flags = flags
    return true
  }
  reader.position = start
  return false
}

function takeFlags(reader: Reader): ReadonlySet<Flag> {
  const flags = new Set(reader.flags)
  for (const letter of takeMatch(reader, /[dimsux]*/y)) flags.add(letter as Flag)
  if (takeMatch(reader, /-/y) !== '') for (const letter of takeMatch(reader, /[dimsux]*/y)) flags.delete(letter as Flag)
  return flags
}

function readAtom(reader: Reader, next: string): Node {
  switch (next) {
    case '(':
      return readGroup(reader)
    case '[':
      reader.position++
      return { kind: 'set', set: inClass(reader) }
    case '.':
      reader.position++
      return { kind: 'set', set: dot(reader) }
    case '^':
    case '$':
      reader.position++
      return assertion(anchors[next][anchorKind(reader)])
    case '\\':
      reader.position++
      return readEscape(reader)
    case '{':
      // Java applies the quantifier to nothing.
      return sequence([])
    default:
      return literal(reader, takeCodePoint(reader))
  }
}

function inClass(reader: Reader): CodePointSet {
  const { depth } = reader
  const set = readClass(reader)
  reader.depth = depth
  return set
}

function literal(reader: Reader, codePoint: number): Node {
  return { kind: 'set', set: closeOverCase(range(codePoint), foldingOf(reader)) }
}

function dot({ flags }: Reader): CodePointSet {
  if (flags.has('s')) return allCodePoints
  return complement(setOf(flags.has('d') ? '\n' : '\n\r\u0085\u2028\u2029'))
}

const assertion = (assertion: Assertion): Node => ({ kind: 'assertion', assertion })

type AnchorKind = 'plain' | 'unix' | 'lines' | 'unixLines'
const anchors: { readonly [anchor in '^' | '$' | 'Z']: { readonly [kind in AnchorKind]: Assertion } } = {
  '^': { plain: 'start', unix: 'start', lines: 'lineStart', unixLines: 'unixLineStart' },
  $: { plain: 'lastLine', unix: 'unixLastLine', lines: 'lineEnd', unixLines: 'unixLineEnd' },
  Z: { plain: 'lastLine', unix: 'unixLastLine', lines: 'lastLine', unixLines: 'unixLastLine' },
}

function anchorKind({ flags }: Reader): AnchorKind {
  if (flags.has('m')) return flags.has('d') ? 'unixLines' : 'lines'
  return flags.has('d') ? 'unix' : 'plain'
}

/** Reads an escape outside classes: assertions, back-references, the line break, or characters. */
function readEscape(reader: Reader): Node {
  const letter = reader.pattern.charAt(reader.position)
  const simple = simpleEscape(reader, letter)
  if (simple !== undefined) {
    reader.position++
    return simple
  }
  if (/[1-9]/.test(letter)) return readNumberedReference(reader)
  if (letter === 'k') return readNamedReference(reader)
  if (/[GXN]/.test(letter)) throw faultAt(reader, `\\${letter} is not supported`)
  const characters = readCharacterEscape(reader)
  return typeof characters === 'number' ? literal(reader, characters) : { kind: 'set', set: characters }
}

function simpleEscape(reader: Reader, letter: string): Node | undefined {
  switch (letter) {
    case 'A':
      return assertion('start')
    case 'z':
      return assertion('end')
    case 'Z':
      return assertion(anchors.Z[anchorKind(reader)])
    case 'b':
      return assertion('word')
    case 'B':
      return assertion('notWord')
    case 'R':
      return lineBreak
    default:
      return undefined
  }
}

const lineBreak: Node = {
  kind: 'choice',
  parts: [
    sequence([
      { kind: 'set', set: range(0x0d) },
      { kind: 'set', set: range(0x0a) },
    ]),
    { kind: 'set', set: verticalSpace },
  ],
}

/** Java takes further digits as long as there is such a group already. */
function readNumberedReference(reader: Reader): Node {
  let group = Number(reader.pattern.charAt(reader.position++))
  for (let digit = peek(reader); /^\d$/.test(digit); digit = peek(reader)) {
    if (group * 10 + Number(digit) > reader.groupCount) break
    group = group * 10 + Number(digit)
    reader.position++
  }
  return { kind: 'backreference', group, folding: foldingOf(reader) }
}

function readNamedReference(reader: Reader): Node {
  reader.position++
  if (!take(reader, '<')) throw faultAt(reader, String.raw`\k is not followed by '<' for named capturing group`)
  const name = readGroupName(reader)
  const group = reader.groupNames.get(name)
  if (group === undefined) throw faultAt(reader, `named capturing group <${name}> does not exist`, reader.position - 1)
  return { kind: 'backreference', group, folding: foldingOf(reader) }
}

function readGroupName(reader: Reader): string {
  const name = takeMatch(reader, /[A-Za-z][A-Za-z0-9]*/y)
  if (name === '') throw faultAt(reader, 'capturing group name does not start with a Latin letter')
  if (takeMatch(reader, />/y) === '') throw faultAt(reader, "named capturing group is missing trailing '>'")
  return name
}

function readGroup(reader: Reader): Node {
  const outerFlags = reader.flags
  if (++reader.depth > maxDepth) throw faultAt(reader, 'Pattern is nested too deep')
  reader.position++
  const wrap = takeMatch(reader, /\?/y) === '' ? capture(reader, undefined) : readGroupKind(reader)
  const body = readChoice(reader)
  if (peek(reader) !== ')') throw faultAt(reader, 'Unclosed group', reader.pattern.length)
  const node = wrap(body)
  reader.position++
  reader.flags = outerFlags
  reader.depth--
  return node
}

type Wrap = (body: Node) => Node

function readGroupKind(reader: Reader): Wrap {
  if (take(reader, '>')) return (body) => ({ kind: 'atomic', body })
  if (take(reader, '=')) return (body) => ({ kind: 'look', ahead: true, negated: false, body })
  if (take(reader, '!')) return (body) => ({ kind: 'look', ahead: true, negated: true, body })
  if (take(reader, '<=')) return behind(reader, false)
  if (take(reader, '<!')) return behind(reader, true)
  if (take(reader, '<')) return capture(reader, readGroupName(reader))
  const flags = takeFlags(reader)
  if (takeMatch(reader, /:/y) === '') throw faultAt(reader, 'Unknown inline modifier')
  reader.flags = flags
  return (body) => body
}

function capture(reader: Reader, name: string | undefined): Wrap {
  const group = ++reader.groupCount
  if (name !== undefined) {
    if (reader.groupNames.has(name)) {
      throw faultAt(reader, `Named capturing group <${name}> is already defined`, reader.position - 1)
    }
    reader.groupNames.set(name, group)
  }
  return (body) => ({ kind: 'capture', group, body })
}

function behind(reader: Reader, negated: boolean): Wrap {
  return (body) => {
    if (isOfUnknownLength(body)) {
      throw faultAt(reader, 'Look-behind group does not have an obvious maximum length', reader.position - 1)
    }
    return { kind: 'look', ahead: false, negated, body }
  }
}

// Java lets characters, and groups of a certain length, repeat without end behind a look. (Where it refuses `ab{2,}`, we do not.)
function isOfUnknownLength(node: Node): boolean {
  if (node.kind === 'repeat' && node.max === Infinity)
    return some(node.body, ({ kind }) => kind === 'choice' || kind === 'repeat')
  return node.kind === 'backreference' || (node.kind !== 'look' && partsOf(node).some(isOfUnknownLength))
}

function readQuantified(reader: Reader, atom: Node): Node {
  const counts = readCounts(reader)
  if (counts === undefined) return atom
  const possessive = take(reader, '+')
  // Java: \R that is repeated does not give back half of \r\n, though \R alone does; nor does any round that a possessive count asks for.
  const keeps = atom === lineBreak || (possessive && counts[0] > 1 && atom.kind !== 'set')
  const body: Node = keeps ? { kind: 'atomic', body: atom } : atom
  const greed = possessive ? 'possessive' : take(reader, '?') ? 'lazy' : 'greedy'
  return { kind: 'repeat', body, min: counts[0], max: counts[1], greed }
}

function readCounts(reader: Reader): readonly [min: number, max: number] | undefined {
  if (take(reader, '*')) return [0, Infinity]
  if (take(reader, '+')) return [1, Infinity]
  if (take(reader, '?')) return [0, 1]
  if (!take(reader, '{')) return undefined
  const min = readCount(reader)
  if (min === undefined) throw faultAt(reader, 'Illegal repetition')
  const max = take(reader, ',') ? (readCount(reader) ?? Infinity) : min
  if (peek(reader) !== '}') throw faultAt(reader, 'Unclosed counted closure')
  if (max < min) throw faultAt(reader, 'Illegal repetition range')
  reader.position++
  return [min, max]
}

function readCount(reader: Reader): number | undefined {
  peek(reader)
  const start = reader.position
  const digits = takeMatch(reader, /\d+/y)
  for (let end = 10; end <= digits.length; end++) {
    if (Number(digits.slice(0, end)) > 0x7fffffff) throw faultAt(reader, 'Illegal repetition range', start + end - 1)
  }
  return digits === '' ? undefined : Number(digits)
}
