// Reads the escapes that stand for characters: single ones and the predefined classes.
import type { CodePointSet } from './code-points.ts'
import { complement, range, setOf, union } from './code-points.ts'
import { asciiDigit, asciiSpace, asciiWord, propertyNamed } from './properties.ts'
import type { Reader } from './reader.ts'
import { faultAt, takeCodePoint, takeMatch } from './reader.ts'

const horizontalSpace: CodePointSet = union(setOf(' \t\u00a0\u1680\u180e\u202f\u205f\u3000'), range(0x2000, 0x200a))
export const verticalSpace: CodePointSet = setOf('\n\v\f\r\u0085\u2028\u2029')

const classes: ReadonlyMap<string, CodePointSet> = new Map(
  Object.entries({ d: asciiDigit, s: asciiSpace, w: asciiWord, h: horizontalSpace, v: verticalSpace }),
)
const controls: ReadonlyMap<string, number> = new Map(Object.entries({ t: 9, n: 10, f: 12, r: 13, a: 7, e: 27 }))

/**
 * Reads an escape for characters, the reader standing behind the backslash. A code point means that character, a set any of its members.
 * @throws RegexFault for letters and digits without a meaning here
 */
export function readCharacterEscape(reader: Reader): number | CodePointSet {
  const letter = reader.pattern.charAt(reader.position)
  if (letter === '') throw faultAt(reader, 'Unexpected internal error')
  const named = classes.get(letter.toLowerCase())
  if (named !== undefined) {
    reader.position++
    return letter === letter.toLowerCase() ? named : complement(named)
  }
  if (letter === 'p' || letter === 'P') return readProperty(reader)
  return readSingle(reader, letter)
}

function readSingle(reader: Reader, letter: string): number {
  const control = controls.get(letter)
  if (control === undefined && !/[0cxu]/.test(letter)) {
    if (/[A-Za-z1-9]/.test(letter)) throw faultAt(reader, 'Illegal/unsupported escape sequence')
    return takeCodePoint(reader)
  }
  reader.position++
  if (control !== undefined) return control
  if (letter === '0') return readOctal(reader)
  if (letter === 'c') return readControl(reader)
  return letter === 'x' ? readHexadecimal(reader) : readUnicode(reader)
}

function readOctal(reader: Reader): number {
  const digits = takeMatch(reader, /[0-3][0-7]{0,2}|[4-7][0-7]?/y)
  if (digits === '') throw faultAt(reader, 'Illegal octal escape sequence')
  return Number.parseInt(digits, 8)
}

function readControl(reader: Reader): number {
  const character = takeCodePoint(reader)
  if (character === -1) throw faultAt(reader, 'Illegal control escape sequence', reader.pattern.length - 1)
  return character ^ 64
}

function readHexadecimal(reader: Reader): number {
  const start = reader.position
  if (reader.pattern.charAt(start) !== '{') return readDigits(reader, 2, 'Illegal hexadecimal escape sequence')
  reader.position++
  const digits = takeMatch(reader, /[0-9a-fA-F]+/y)
  if (digits === '') throw faultAt(reader, 'Illegal hexadecimal escape sequence', start)
  const codePoint = Number.parseInt(digits, 16)
  if (codePoint > 0x10ffff) throw faultAt(reader, 'Hexadecimal codepoint is too big', reader.position - 1)
  if (takeMatch(reader, /\}/y) === '') throw faultAt(reader, 'Unclosed hexadecimal escape sequence')
  return codePoint
}

function readUnicode(reader: Reader): number {
  const unit = readDigits(reader, 4, 'Illegal Unicode escape sequence')
  const isHigh = unit >= 0xd800 && unit < 0xdc00
  const low = isHigh ? takeMatch(reader, /\\u[dD][c-fC-F][0-9a-fA-F]{2}/y) : ''
  return low === '' ? unit : (unit - 0xd800) * 1024 + (Number.parseInt(low.slice(2), 16) - 0xdc00) + 0x10000
}

function readDigits(reader: Reader, count: 2 | 4, description: string): number {
  const digits = takeMatch(reader, count === 2 ? /[0-9a-fA-F]{1,2}/y : /[0-9a-fA-F]{1,4}/y)
  if (digits.length < count) throw faultAt(reader, description)
  return Number.parseInt(digits, 16)
}

function readProperty(reader: Reader): CodePointSet {
  const negated = reader.pattern.charAt(reader.position) === 'P'
  reader.position++
  const braced = reader.pattern.charAt(reader.position) === '{'
  const name = braced ? readBracedName(reader) : String.fromCodePoint(Math.max(0, takeCodePoint(reader)))
  const set = propertyNamed(name, reader.flags.has('i'))
  if (set === undefined) throw faultAt(reader, unknownProperty(name), reader.position - 1)
  return negated ? complement(set) : set
}

function readBracedName(reader: Reader): string {
  const end = reader.pattern.indexOf('}', reader.position)
  if (end === -1) throw faultAt(reader, 'Unclosed character family', reader.pattern.length)
  const name = reader.pattern.slice(reader.position + 1, end)
  reader.position = end + 1
  if (name === '') throw faultAt(reader, 'Empty character family', end)
  return name
}

function unknownProperty(name: string): string {
  const [key, value] = name.split('=')
  if (value === undefined) return `Unknown character property name {${name}}`
  return `Unknown Unicode property {name=<${key}>, value=<${value}>}`
}
