// Java's methods on strings.
import { MethodFault } from '../faults.ts'
import { textOf } from '../print.ts'
import { listOf, type Value } from '../values.ts'
import { formatText } from './format.ts'
import { defineObjectMethods, refuseComparison } from './object.ts'
import { methodTable, type Call, type Define, type MethodTable } from './table.ts'

/** The characters of Character.isWhitespace; no-break spaces are not among them. */
const whitespace = String.raw`[\t-\r\x1c- \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]`
const blank = new RegExp(`^${whitespace}*$`)
const blankEnds = new RegExp(`^${whitespace}+|${whitespace}+$`, 'g')

export const stringMethods: MethodTable<string> = methodTable((define) => {
  defineObjectMethods(define)
  defineReading(define)
  defineSearching(define)
  defineChanging(define)
  defineRegex(define)
  defineStatic(define)
})

function defineReading(define: Define<string>): void {
  define('length', '', (text) => text.length)
  define('isEmpty', '', (text) => text === '')
  define('isBlank', '', (text) => blank.test(text))
  define('charAt', 'i', (text, [index]) => text.charAt(checked(index, text.length)))
  define('codePointAt', 'i', (text, [index]) => text.codePointAt(checked(index, text.length)))
  define('equalsIgnoreCase', 't', (text, [other]) => typeof other === 'string' && fold(text) === fold(other))
  define('contentEquals', 's', (text, [other]) => text === other)
  define('compareTo', 's', (text, [other]) => compare(text, other))
  define('compareTo', 'o', refuseComparison)
  define('compareToIgnoreCase', 's', (text, [other]) => compare(fold(text), fold(other)))
  define('intern', '', (text) => text)
  define('strip', '', (text) => text.replaceAll(blankEnds, ''))
  define('toCharArray', '', (text, _args, { meter }) => {
    meter.spend(text.length)
    return listOf(text.split(''))
  })
  define('subSequence', 'ii', (text, [from, to], call) => substring(text, from, to, call))
  define('substring', 'i', (text, [from], call) => substring(text, from, text.length, call))
  define('substring', 'ii', (text, [from, to], call) => substring(text, from, to, call))
}

function defineSearching(define: Define<string>): void {
  define('contains', 's', (text, [part], call) => read(text, call).includes(part))
  define('startsWith', 's', (text, [start]) => text.startsWith(start))
  define('startsWith', 'si', (text, [start, at]) => at >= 0 && at <= text.length && text.startsWith(start, at))
  define('endsWith', 's', (text, [end]) => text.endsWith(end))
  define('indexOf', 's', (text, [part], call) => indexOf(text, part, 0, call))
  define('indexOf', 'i', (text, [code], call) => indexOf(text, character(code), 0, call))
  define('indexOf', 'si', (text, [part, from], call) => indexOf(text, part, from, call))
  define('indexOf', 'ii', (text, [code, from], call) => indexOf(text, character(code), from, call))
  define('lastIndexOf', 's', (text, [part], call) => lastIndexOf(text, part, text.length, call))
  define('lastIndexOf', 'i', (text, [code], call) => lastIndexOf(text, character(code), text.length, call))
  define('lastIndexOf', 'si', (text, [part, from], call) => lastIndexOf(text, part, from, call))
  define('lastIndexOf', 'ii', (text, [code, from], call) => lastIndexOf(text, character(code), from, call))
}

function defineChanging(define: Define<string>): void {
  define('trim', '', (text, _args, call) => read(text, call).replaceAll(/^[\0- ]+|[\0- ]+$/g, ''))
  define('toUpperCase', '', (text, _args, call) => read(text, call).toUpperCase())
  define('toLowerCase', '', (text, _args, call) => read(text, call).toLowerCase())
  define('concat', 's', (text, [other], { meter }) => {
    meter.spendText(text.length + other.length)
    return text + other
  })
  define('repeat', 'i', (text, [count], { meter }) => {
    if (count < 0) throw new MethodFault(`IllegalArgumentException: count is negative: ${count}`)
    meter.spendText(text.length * count)
    return text.repeat(count)
  })
  define('replace', 'ss', (text, [part, replacement], call) => {
    const matches = search(text, call).split(part).length - 1
    call.meter.spendText(text.length + matches * (replacement.length - part.length))
    return text.replaceAll(part, () => replacement)
  })
}

function defineRegex(define: Define<string>): void {
  define('matches', 's', (text, [pattern], call) => call.regex(pattern).test(search(text, call)))
  define('replaceAll', 'st', replaceAll)
  define('replaceFirst', 'ss', (text, args, call) => replace(text, args, false, call))
  define('split', 's', (text, [pattern], call) => split(text, pattern, 0, call))
  define('split', 'si', (text, [pattern, limit], call) => split(text, pattern, limit, call))
}

/** The character of a code; undefined for a code without one, which Java finds nowhere. */
function character(code: number): string | undefined {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

function indexOf(text: string, part: string | undefined, from: number, call: Call): number {
  return part === undefined ? -1 : read(text, call).indexOf(part, from)
}

function lastIndexOf(text: string, part: string | undefined, from: number, call: Call): number {
  return part === undefined || from < 0 ? -1 : read(text, call).lastIndexOf(part, from)
}

/** Static methods, which Java lets one call on any string. */
function defineStatic(define: Define<string>): void {
  define('valueOf', 'o', (_text, [value], { meter }) => textOf(value, meter) ?? 'null')
  define('join', 'so', (_text, [separator, items], call) => joinOne(separator, items, call))
  define('join', 's*', (_text, [separator, ...items], call) =>
    items.every(isText) ? join(separator, items, call) : null,
  )
  define('format', 's*', (_text, [format, ...values], { meter }) => {
    // Java takes a single null for the array of all values, in which everything is null.
    const isNull = values.length === 1 && (values[0] ?? null) === null
    return formatText(format, isNull ? null : values, meter)
  })
}

/** Pays for a search that may match at every character, which costs far more than reading. */
function search(text: string, { meter }: Call): string {
  meter.spend(1 + (text.length >> 2))
  return text
}

/** Pays for reading the whole text. */
function read(text: string, { meter }: Call): string {
  meter.spendChars(text.length)
  return text
}

function checked(index: number, length: number): number {
  if (index >= 0 && index < length) return index
  throw new MethodFault(`StringIndexOutOfBoundsException: index ${index}, length ${length}`)
}

function substring(text: string, from: number, to: number, { meter }: Call): string {
  if (from < 0 || to > text.length || from > to) {
    throw new MethodFault(`StringIndexOutOfBoundsException: begin ${from}, end ${to}, length ${text.length}`)
  }
  meter.spend(1)
  return text.slice(from, to)
}

/** The text folded as equalsIgnoreCase does, character by character: `ß` is not `SS`. */
function fold(text: string): string {
  return /[^\0-\u007f]/.test(text) ? Array.from(text, foldCharacter).join('') : text.toLowerCase()
}

function foldCharacter(character: string): string {
  const upper = character.toUpperCase()
  const single = upper.length === character.length ? upper : character
  return single.toLowerCase().slice(0, character.length)
}

function compare(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const difference = left.charCodeAt(index) - right.charCodeAt(index)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

function replaceAll(text: string, args: readonly [string, string | null | undefined], call: Call): string {
  const [pattern, replacement] = args
  if (replacement !== null && replacement !== undefined) return replace(text, [pattern, replacement], true, call)
  // Java looks at the replacement only when there is a match; then two of them do not come to the same.
  if (replace(text, [pattern, 'x'], false, call) === replace(text, [pattern, 'y'], false, call)) return text
  throw new MethodFault('NullPointerException')
}

function replace(text: string, args: readonly [string, string], all: boolean, call: Call): string {
  const result = call.regex(args[0]).replace(search(text, call), args[1], all)
  call.meter.spendText(result.length)
  return result
}

function split(text: string, pattern: string, limit: number, call: Call): Value {
  const parts = call.regex(pattern).split(search(text, call), limit)
  call.meter.spend(parts.length)
  return listOf(parts)
}

function isText(value: Value): boolean {
  return typeof value === 'string' || value === null || value === undefined
}

/** Joins a list of texts, or one text. Null could be either, so Velocity calls neither method. */
function joinOne(separator: string, items: Value, call: Call): Value {
  if (!Array.isArray(items)) return typeof items === 'string' ? items : null
  if (!items.every(isText)) throw new MethodFault('ClassCastException: join takes texts only')
  return join(separator, items, call)
}

function join(separator: string, items: readonly Value[], { meter }: Call): string {
  let result = ''
  for (const [index, item] of items.entries()) {
    result += (index === 0 ? '' : separator) + (textOf(item, meter) ?? 'null')
    meter.spendText(result.length)
  }
  return result
}
