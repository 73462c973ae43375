// Reads JSON into values with Java's numbers, which JSON.parse does not keep: `1.0` is a Double, and long digits stay exact.
import { MethodFault } from './faults.ts'
import { parseWhole } from './numbers.ts'
import { toJavaDouble, type JsonObject, type Value } from './values.ts'

/** Finds numbers that JSON.parse may not keep as Java would: with a point or an exponent, or beyond 2^53. */
const delicateNumber = /\d[.eE]|\d{16}/
/** Deeper texts are left to JSON.parse, which needs no stack: values that deep cannot be printed anyway. */
const maxLevels = 500
/** Whole numbers of up to this many digits are safe integers. */
const safeDigits = 15
/**
 * Longer numbers are refused, as by Java's readers (Jackson's StreamReadConstraints): the time to read and print digits
 * grows with the square of their number.
 */
const maxDigits = 1_000

const quote = 34
const comma = 44
const minus = 45
const point = 46
const zero = 48
const nine = 57
const colon = 58
const openBracket = 91
const backslash = 92
const closeBracket = 93
const openBrace = 123
const closeBrace = 125

/** The value of a JSON text: plain objects and arrays. Throws `MethodFault` when it is not JSON. */
export function parseJson(text: string): Value {
  try {
    if (!delicateNumber.test(text)) return JSON.parse(text) as Value
    return new Reader(text).whole() ?? (JSON.parse(text) as Value)
  } catch (error) {
    throw new MethodFault('The text is not JSON', { cause: error })
  }
}

class TooDeep extends Error {}

/** Reads the text in one pass; a reviver of JSON.parse would take ten times as long. */
class Reader {
  private readonly text: string
  private at = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
  }

  /** Undefined for a text with too many levels. Throws SyntaxError. */
  whole(): Value {
    try {
      const value = this.value()
      this.blanks()
      if (this.at < this.text.length) throw new SyntaxError(`Unexpected text at ${this.at}`)
      return value
    } catch (error) {
      if (error instanceof TooDeep) return undefined
      throw error
    }
  }

  private value(): Value {
    this.blanks()
    const code = this.text.charCodeAt(this.at)
    if (code === quote) return this.string()
    if (code === openBrace) return this.nested(() => this.object())
    if (code === openBracket) return this.nested(() => this.array())
    if (code === minus || isDigit(code)) return this.number()
    return this.word()
  }

  private nested<Read>(read: () => Read): Read {
    if (++this.depth > maxLevels) throw new TooDeep()
    this.at++
    const value = read()
    this.depth--
    return value
  }

  private object(): JsonObject {
    const object: JsonObject = {}
    if (this.take(closeBrace)) return object
    do {
      this.blanks()
      const name = this.string()
      if (!this.take(colon)) throw this.unexpected()
      const value = this.value()
      if (name === '__proto__') {
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
      } else object[name] = value
    } while (this.take(comma))
    if (!this.take(closeBrace)) throw this.unexpected()
    return object
  }

  private array(): Value[] {
    const items: Value[] = []
    if (this.take(closeBracket)) return items
    do items.push(this.value())
    while (this.take(comma))
    if (!this.take(closeBracket)) throw this.unexpected()
    return items
  }

  private string(): string {
    const { text } = this
    if (text.charCodeAt(this.at) !== quote) throw this.unexpected()
    const start = ++this.at
    let hasEscape = false
    for (;;) {
      const code = text.charCodeAt(this.at)
      if (code === quote) break
      if (code === backslash) {
        hasEscape = true
        this.at++
      } else if (!(code >= 32)) throw this.unexpected()
      this.at++
    }
    const end = this.at++
    return hasEscape ? (JSON.parse(text.slice(start - 1, end + 1)) as string) : text.slice(start, end)
  }

  private number(): Value {
    const { text } = this
    const start = this.at
    if (text.charCodeAt(start) === minus) this.at++
    const isZero = text.charCodeAt(this.at) === zero
    const digits = this.digits()
    if (digits === 0 || (isZero && digits > 1)) throw this.unexpected()
    let isWhole = true
    if (text.charCodeAt(this.at) === point) {
      this.at++
      isWhole = false
      if (this.digits() === 0) throw this.unexpected()
    }
    if (/[eE]/.test(text.charAt(this.at))) {
      isWhole = false
      this.at += /[+-]/.test(text.charAt(this.at + 1)) ? 2 : 1
      if (this.digits() === 0) throw this.unexpected()
    }
    const written = text.slice(start, this.at)
    if (written.length > maxDigits) throw new SyntaxError(`A number of more than ${maxDigits} characters at ${start}`)
    if (!isWhole) return toJavaDouble(Number(written))
    return digits <= safeDigits ? Number(written) : parseWhole(written)
  }

  private digits(): number {
    const start = this.at
    while (isDigit(this.text.charCodeAt(this.at))) this.at++
    return this.at - start
  }

  private word(): Value {
    for (const [word, value] of words) {
      if (!this.text.startsWith(word, this.at)) continue
      this.at += word.length
      return value
    }
    throw this.unexpected()
  }

  private take(code: number): boolean {
    this.blanks()
    if (this.text.charCodeAt(this.at) !== code) return false
    this.at++
    return true
  }

  private blanks(): void {
    const { text } = this
    for (;;) {
      const code = text.charCodeAt(this.at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.at++
    }
  }

  private unexpected(): SyntaxError {
    return new SyntaxError(`Unexpected character at ${this.at}`)
  }
}

const words: readonly (readonly [string, Value])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

function isDigit(code: number): boolean {
  return code >= zero && code <= nine
}
