// The names in \p{ }: POSIX classes, categories, binary properties, scripts, blocks, java.lang.Character methods.
import type { CodePointSet } from './code-points.ts'
import { range, setOf, union } from './code-points.ts'

const upper = range(0x41, 0x5a)
const lower = range(0x61, 0x7a)
const digit = range(0x30, 0x39)
const punctuation = setOf('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')

export const asciiDigit: CodePointSet = digit
export const asciiWord: CodePointSet = union(upper, lower, digit, range(0x5f))
export const asciiSpace: CodePointSet = setOf(' \t\n\v\f\r')

/** POSIX classes, which hold US-ASCII characters only, whatever the flags. */
const posix: Readonly<Record<string, CodePointSet>> = {
  Alpha: union(upper, lower),
  Digit: digit,
  Alnum: union(upper, lower, digit),
  Upper: upper,
  Lower: lower,
  Punct: punctuation,
  Graph: range(0x21, 0x7e),
  Print: range(0x20, 0x7e),
  Blank: setOf(' \t'),
  Cntrl: union(range(0, 0x1f), range(0x7f)),
  XDigit: union(digit, range(0x41, 0x46), range(0x61, 0x66)),
  Space: asciiSpace,
  ASCII: range(0, 0x7f),
  L1: range(0, 0xff),
  all: range(0, 0x10ffff),
}

const categories = new Set(
  'C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs'.split(' '),
)

/** Names after `Is`, in capitals and without _, as the inside of a JavaScript character class. */
const binary: Readonly<Record<string, string>> = {
  ALPHABETIC: String.raw`\p{Alphabetic}`,
  LETTER: String.raw`\p{L}`,
  IDEOGRAPHIC: String.raw`\p{Ideographic}`,
  LOWERCASE: String.raw`\p{Lowercase}`,
  UPPERCASE: String.raw`\p{Uppercase}`,
  TITLECASE: String.raw`\p{Lt}`,
  WHITESPACE: String.raw`\p{White_Space}`,
  CONTROL: String.raw`\p{Cc}`,
  PUNCTUATION: String.raw`\p{P}`,
  HEXDIGIT: String.raw`\p{Nd}a-fA-F\uff21-\uff26\uff41-\uff46`,
  ASSIGNED: String.raw`\P{Cn}`,
  NONCHARACTERCODEPOINT: String.raw`\p{Noncharacter_Code_Point}`,
  DIGIT: String.raw`\p{Nd}`,
  ALNUM: String.raw`\p{Alphabetic}\p{Nd}`,
  BLANK: String.raw`\t\p{Zs}`,
  WORD: String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`,
  JOINCONTROL: String.raw`\p{Join_Control}`,
  ALPHA: String.raw`\p{Alphabetic}`,
  LOWER: String.raw`\p{Lowercase}`,
  UPPER: String.raw`\p{Uppercase}`,
  SPACE: String.raw`\p{White_Space}`,
  PUNCT: String.raw`\p{P}`,
  XDIGIT: String.raw`\p{Nd}a-fA-F\uff21-\uff26\uff41-\uff46`,
  CNTRL: String.raw`\p{Cc}`,
}

/** Names after `java`: the methods Character.is… of one code point. */
const characterMethods: Readonly<Record<string, string>> = {
  LowerCase: String.raw`\p{Lowercase}`,
  UpperCase: String.raw`\p{Uppercase}`,
  TitleCase: String.raw`\p{Lt}`,
  Alphabetic: String.raw`\p{Alphabetic}`,
  Ideographic: String.raw`\p{Ideographic}`,
  Letter: String.raw`\p{L}`,
  Digit: String.raw`\p{Nd}`,
  LetterOrDigit: String.raw`\p{L}\p{Nd}`,
  Defined: String.raw`\P{Cn}`,
  SpaceChar: String.raw`\p{Z}`,
  Whitespace: String.raw`[\p{Z}\t-\r\x1c-\x1f]--[\xa0\u2007\u202f]`,
  ISOControl: String.raw`\x00-\x1f\x7f-\x9f`,
}

/**
 * The blocks that users have asked for, because V8 knows scripts but no blocks. Their names are in small letters, without
 * blanks, - and _.
 */
const blocks: Readonly<Record<string, CodePointSet>> = {
  basiclatin: range(0, 0x7f),
  latin1supplement: range(0x80, 0xff),
  latinextendeda: range(0x100, 0x17f),
  latinextendedb: range(0x180, 0x24f),
  ipaextensions: range(0x250, 0x2af),
  combiningdiacriticalmarks: range(0x300, 0x36f),
  greek: range(0x370, 0x3ff),
  greekandcoptic: range(0x370, 0x3ff),
  cyrillic: range(0x400, 0x4ff),
  armenian: range(0x530, 0x58f),
  hebrew: range(0x590, 0x5ff),
  arabic: range(0x600, 0x6ff),
  devanagari: range(0x900, 0x97f),
  thai: range(0xe00, 0xe7f),
  generalpunctuation: range(0x2000, 0x206f),
  currencysymbols: range(0x20a0, 0x20cf),
  arrows: range(0x2190, 0x21ff),
  mathematicaloperators: range(0x2200, 0x22ff),
  cjksymbolsandpunctuation: range(0x3000, 0x303f),
  hiragana: range(0x3040, 0x309f),
  katakana: range(0x30a0, 0x30ff),
  cjkunifiedideographs: range(0x4e00, 0x9fff),
  hangulsyllables: range(0xac00, 0xd7af),
}

/** The set that a name in `\p{ }` stands for; undefined when there is none. `caseless` widens the cases to one another, as (?i) does. */
export function propertyNamed(name: string, caseless: boolean): CodePointSet | undefined {
  if (caseless && /^(?:Lower|Upper)$/.test(name)) return posix['Alpha']
  if (caseless && /^(?:Is|(?:gc|general_category)=)?L[ult]$/i.test(name) && /L[ult]$/.test(name))
    return unicodeSet(cased)
  if (caseless && /^(?:Is(?:Lower|Upper|Title)case|java(?:Lower|Upper|Title)Case)$/i.test(name))
    return unicodeSet(cased)
  if (name.startsWith('In')) return blockNamed(name.slice(2))
  if (name.startsWith('java')) return own(characterMethods, name.slice(4), unicodeSet)
  if (name.startsWith('Is')) return isNamed(name.slice(2))
  const pair = /^(\w+)=(\w+)$/.exec(name)
  return pair === null
    ? (own(posix, name, (set) => set) ?? categoryNamed(name))
    : pairNamed(pair[1] ?? '', pair[2] ?? '')
}

const cased = String.raw`\p{LC}`

function isNamed(name: string): CodePointSet | undefined {
  const found = own(binary, name.toUpperCase().replaceAll('_', ''), unicodeSet)
  return found ?? categoryNamed(name) ?? own(posix, name, (set) => set) ?? scriptNamed(name)
}

function pairNamed(key: string, value: string): CodePointSet | undefined {
  if (/^(?:sc|script)$/i.test(key)) return scriptNamed(value)
  if (/^(?:blk|block)$/i.test(key)) return blockNamed(value)
  return /^(?:gc|general_category)$/i.test(key) ? categoryNamed(value) : undefined
}

function blockNamed(name: string): CodePointSet | undefined {
  return own(blocks, name.toLowerCase().replaceAll(/[ _-]/g, ''), (set) => set)
}

function categoryNamed(name: string): CodePointSet | undefined {
  if (name === 'LC') return unicodeSet(cased)
  if (name === 'LD') return unicodeSet(String.raw`\p{L}\p{Nd}`)
  return categories.has(name) ? unicodeSet(String.raw`\p{${name}}`) : undefined
}

function scriptNamed(name: string): CodePointSet | undefined {
  const words = name.toLowerCase().split('_')
  const spelled = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('_')
  try {
    return /^\w+$/.test(spelled) ? unicodeSet(String.raw`\p{Script=${spelled}}`) : undefined
  } catch {
    return undefined
  }
}

function own<Row>(
  table: Readonly<Record<string, Row>>,
  name: string,
  read: (row: Row) => CodePointSet,
): CodePointSet | undefined {
  const row = Object.hasOwn(table, name) ? table[name] : undefined
  return row === undefined ? undefined : read(row)
}

const sets = new Map<string, CodePointSet>()

/** The set that a JavaScript character class matches, asked of V8 code point by code point, once: a few dozen names at most. */
function unicodeSet(inside: string): CodePointSet {
  const known = sets.get(inside)
  if (known !== undefined) return known
  const runs = new RegExp(`[${inside}]+`, 'gv')
  const found: CodePointSet[] = []
  for (const chunk of chunks()) {
    for (const [run] of chunk.matchAll(runs)) found.push(range(run.codePointAt(0) ?? 0, lastCodePoint(run)))
  }
  for (const plane of uniformPlanes) {
    for (const [first, last] of [
      [plane, plane + 0xfffd],
      [plane + 0xfffe, plane + 0xffff],
    ] as const) {
      if (String.fromCodePoint(first).search(runs) === 0) found.push(range(first, last))
    }
  }
  const set = union(...found)
  sets.set(inside, set)
  return set
}

// Unicode has assigned nothing to planes 4 to 13, and keeps 15 and 16 for private use; their last two code points are no characters.
const uniformPlanes = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16].map((plane) => plane * 0x10000)

/** All other code points; in chunks of 1024, which keep high and low surrogates apart, for they must not be read as pairs. */
function* chunks(): Generator<string> {
  for (let start = 0; start < 0xf0000; start += start === 0x3fc00 ? 0xe0000 - start : 1024) {
    yield String.fromCodePoint(...Array.from({ length: 1024 }, (_, offset) => start + offset))
  }
}

function lastCodePoint(run: string): number {
  const pair = run.codePointAt(run.length - 2) ?? 0
  return pair > 0xffff ? pair : run.charCodeAt(run.length - 1)
}

/** The characters for which Character.isLetterOrDigit is true. */
export const lettersAndDigits = (): CodePointSet => unicodeSet(String.raw`\p{L}\p{Nd}`)

/** The marks that stand above or below the character before them. */
export const nonSpacingMarks = (): CodePointSet => unicodeSet(String.raw`\p{Mn}`)
