// Decides whether an assertion holds at a place of the subject, as Java 17 does.
import { has } from './code-points.ts'
import type { Assertion } from './nodes.ts'
import { lettersAndDigits, nonSpacingMarks } from './properties.ts'

/** Whether an assertion holds before the UTF-16 unit at a position. */
export const holds: { readonly [assertion in Assertion]: (subject: string, position: number) => boolean } = {
  start: (_subject, position) => position === 0,
  end: (subject, position) => position === subject.length,
  lastLine: (subject, position) =>
    isBeforeTerminator(subject, position) && position + terminatorLength(subject, position) === subject.length,
  unixLastLine: (subject, position) =>
    position === subject.length || (position === subject.length - 1 && subject[position] === '\n'),
  lineEnd: isBeforeTerminator,
  unixLineEnd: (subject, position) => position === subject.length || subject[position] === '\n',
  lineStart: (subject, position) =>
    position < subject.length && (position === 0 || isAfterTerminator(subject, position)),
  unixLineStart: (subject, position) => position < subject.length && (position === 0 || subject[position - 1] === '\n'),
  word: isBoundary,
  notWord: (subject, position) => !isBoundary(subject, position),
}

const terminators = '\n\r\u0085\u2028\u2029'

// The end counts as a terminator; no place lies between \r and \n.
function isBeforeTerminator(subject: string, position: number): boolean {
  if (position === subject.length) return true
  const next = subject.charAt(position)
  return terminators.includes(next) && !(next === '\n' && subject[position - 1] === '\r')
}

function terminatorLength(subject: string, position: number): number {
  if (position === subject.length) return 0
  return subject.startsWith('\r\n', position) ? 2 : 1
}

function isAfterTerminator(subject: string, position: number): boolean {
  const before = subject.charAt(position - 1)
  return terminators.includes(before) && !(before === '\r' && subject[position] === '\n')
}

function isBoundary(subject: string, position: number): boolean {
  return isWordBefore(subject, position) !== isWordAt(subject, position)
}

function isWordAt(subject: string, position: number): boolean {
  const codePoint = subject.codePointAt(position)
  return codePoint !== undefined && isWord(codePoint, subject, position)
}

function isWordBefore(subject: string, position: number): boolean {
  if (position === 0) return false
  const pair = position > 1 ? (subject.codePointAt(position - 2) ?? 0) : 0
  return isWord(pair > 0xffff ? pair : subject.charCodeAt(position - 1), subject, position - 1)
}

function isWord(codePoint: number, subject: string, position: number): boolean {
  if (codePoint > 0x7f)
    return has(lettersAndDigits(), codePoint) || (has(nonSpacingMarks(), codePoint) && hasBase(subject, position))
  const letter = codePoint | 32
  return (letter >= 0x61 && letter <= 0x7a) || (codePoint >= 0x30 && codePoint <= 0x39) || codePoint === 0x5f
}

/** At most this many marks on one character are looked at: with more a search would not be linear. */
const maxMarks = 64

/** Whether the marks that end here stand on a letter or digit. */
function hasBase(subject: string, position: number): boolean {
  for (let at = position; at >= 0 && at > position - maxMarks; at--) {
    const codePoint = subject.codePointAt(at) ?? 0
    if (has(lettersAndDigits(), codePoint)) return true
    if (!has(nonSpacingMarks(), codePoint)) return false
  }
  return false
}
