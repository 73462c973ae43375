// Patterns of models, which are JavaScript's (ECMA 262), in the words of Java's engine, which cannot run away.
import { RegexFault } from '@sluice/java-regex'

/** What is being rewritten, and how far that has come. */
interface Rewriting {
  readonly pattern: string
  position: number
  /** The groups that are closed, by their numbers: a reference to any other matches the empty text. */
  readonly closed: Set<number>
  /** Numbers of the groups that are open; undefined stands for one that captures nothing. */
  readonly open: (number | undefined)[]
  readonly numbers: ReadonlyMap<string, number>
  readonly groupCount: number
  opened: number
}

/** JavaScript's white space and line terminators; Java's `\s` knows those of ASCII alone. */
const spaces = String.raw`\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`
const notSpaces = String.raw`\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\x{10ffff}`
const classEscapes: ReadonlyMap<string, string> = new Map(
  Object.entries({ d: '\\d', D: '\\D', w: '\\w', W: '\\W', s: spaces, S: notSpaces }),
)
const controls: ReadonlyMap<string, number> = new Map(Object.entries({ t: 9, n: 10, v: 11, f: 12, r: 13 }))
/** Opens a group that captures; a name comes with it. */
const capturing = /\((?:(?!\?)|\?<(?![=!])([^>]*)>)/y

/**
 * A Java pattern that finds what the pattern of a JSON schema finds (REST 2.3). Characters beyond U+FFFF are one, as under JavaScript's
 * flag `u`; `\b` knows all letters; a reference to a group that took no part matches nothing. Throws RegexFault for what is no pattern.
 */
export function javaPatternOf(pattern: string): string {
  checkSyntax(pattern)
  const state = startRewriting(pattern)
  let java = ''
  while (state.position < pattern.length) java += rewriteNext(state)
  return java
}

function checkSyntax(pattern: string): void {
  try {
    RegExp(pattern)
  } catch (error) {
    throw new RegexFault((error as Error).message, -1)
  }
}

function startRewriting(pattern: string): Rewriting {
  const numbers = new Map<string, number>()
  let groupCount = 0
  // Escapes and classes hide parentheses.
  for (const [part, name] of pattern.matchAll(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|\((?:(?!\?)|\?<(?![=!])([^>]*)>)/g)) {
    if (!part.startsWith('(')) continue
    groupCount++
    if (name !== undefined) numbers.set(name, groupCount)
  }
  return { pattern, position: 0, closed: new Set(), open: [], numbers, groupCount, opened: 0 }
}

function rewriteNext(state: Rewriting): string {
  const next = String.fromCodePoint(state.pattern.codePointAt(state.position) ?? 0)
  switch (next) {
    case '(':
      return openGroup(state)
    case '[':
      return rewriteClass(state)
    case '\\':
      state.position++
      return rewriteEscape(state)
    case '{':
      return take(state, /\{\d+(?:,\d*)?\}/y) ?? literally(state, '\\{')
    case ')':
      closeGroup(state)
      return literally(state, ')')
    case '$':
      // Java's also stands before a line terminator at the end.
      return literally(state, '\\z')
    case '.':
      return literally(state, String.raw`[^\n\r\u2028\u2029]`)
    default:
      state.position += next.length
      return next
  }
}

function literally(state: Rewriting, java: string): string {
  state.position++
  return java
}

/** The text that a sticky expression matches here, and moves behind it. */
function take(state: Rewriting, expression: RegExp): string | undefined {
  expression.lastIndex = state.position
  const text = expression.exec(state.pattern)?.[0]
  state.position += text?.length ?? 0
  return text
}

/** Names are left away: Java has other rules for them. */
function openGroup(state: Rewriting): string {
  const opening = take(state, capturing)
  state.open.push(opening === undefined ? undefined : ++state.opened)
  if (opening !== undefined) return '('
  const kind = take(state, /\(\?(?:[:=!]|<[=!])/y)
  if (kind === undefined) throw new RegexFault('Groups with flags of their own are not supported', -1)
  return kind
}

function closeGroup({ open, closed }: Rewriting): void {
  const number = open.pop()
  if (number !== undefined) closed.add(number)
}

/** Outside classes; the position is behind the backslash. */
function rewriteEscape(state: Rewriting): string {
  const boundary = take(state, /[bB]/y)
  if (boundary !== undefined) return `\\${boundary}`
  const reference = referenceHere(state)
  if (reference !== undefined) return state.closed.has(reference) ? `\\${reference}(?:)` : '(?:)'
  const escape = readEscape(state)
  return typeof escape === 'number' ? characterOf(escape) : `[${escape}]`
}

function referenceHere(state: Rewriting): number | undefined {
  if (state.numbers.size > 0) {
    const name = take(state, /k<[^>]*>/y)
    if (name !== undefined) return state.numbers.get(name.slice(2, -1))
  }
  const { position } = state
  const number = Number(take(state, /[1-9]\d*/y))
  if (number <= state.groupCount) return number
  state.position = position
  return undefined
}

/** A character's code, or the inside of a class. What is no escape stands for itself. */
function readEscape(state: Rewriting): number | string {
  const digits = take(state, /[0-3][0-7]{0,2}|[4-7][0-7]?/y)
  if (digits !== undefined) return Number.parseInt(digits, 8)
  const hexadecimal = take(state, /x[\da-fA-F]{2}|u[\da-fA-F]{4}/y)
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal.slice(1), 16)
  const control = take(state, /c[a-zA-Z]/y)
  if (control !== undefined) return control.charCodeAt(1) % 32
  // `\c` before anything else is a backslash, and the c comes after it.
  if (state.pattern[state.position] === 'c') return 0x5c
  const code = state.pattern.codePointAt(state.position) ?? 0
  const letter = String.fromCodePoint(code)
  state.position += letter.length
  return classEscapes.get(letter) ?? controls.get(letter) ?? code
}

function rewriteClass(state: Rewriting): string {
  const opening = take(state, /\[\^?/y) ?? ''
  let inside = ''
  while (state.pattern[state.position] !== ']') inside += rewriteRange(state)
  state.position++
  if (inside !== '') return `${opening}${inside}]`
  return opening === '[' ? '(?!)' : String.raw`[\x00-\x{10ffff}]`
}

/** A member of a class, or two with a hyphen between: a range only between characters. */
function rewriteRange(state: Rewriting): string {
  const first = readMember(state)
  if (take(state, /-(?!\])/y) === undefined) return memberOf(first)
  const last = readMember(state)
  const hyphen = typeof first === 'number' && typeof last === 'number' ? '-' : '\\-'
  return memberOf(first) + hyphen + memberOf(last)
}

function readMember(state: Rewriting): number | string {
  if (take(state, /\\b/y) !== undefined) return 8
  // In classes digits and the underscore are controls too.
  const control = take(state, /\\c\w/y)
  if (control !== undefined) return control.charCodeAt(2) % 32
  if (take(state, /\\/y) !== undefined) return readEscape(state)
  const code = state.pattern.codePointAt(state.position) ?? 0
  state.position += code > 0xffff ? 2 : 1
  return code
}

function memberOf(member: number | string): string {
  return typeof member === 'number' ? characterOf(member) : member
}

function characterOf(code: number): string {
  return `\\x{${code.toString(16)}}`
}
