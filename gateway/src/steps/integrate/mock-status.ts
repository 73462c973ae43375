// Reads the status out of a MOCK template's output, as leniently as AWS does. Recorded: REST 28.

/**
 * Accepted: JSON objects whose names may be bare or in single quotes, whose texts may be in single quotes, and whose commas may be too
 * many. Undefined when the text is no such object or its `statusCode` is no integer; a number in quotes is none.
 */
export function mockStatus(text: string): number | undefined {
  const reader = new LenientReader(text)
  const value = reader.whole()
  const status = value instanceof Map ? value.get('statusCode') : undefined
  return typeof status === 'number' && Number.isInteger(status) ? status : undefined
}

/** Objects become maps; undefined is what cannot be read. */
type Lenient = Map<string, Lenient> | Lenient[] | string | number | boolean | null | undefined

const blank = /[\s]*/y
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y
const bareName = /[A-Za-z_$][\w$-]*/y
const maxDepth = 100

class Unreadable extends Error {}

class LenientReader {
  private readonly text: string
  private at = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
  }

  whole(): Lenient {
    try {
      const value = this.value()
      this.take(blank)
      return this.at === this.text.length ? value : undefined
    } catch (error) {
      if (error instanceof Unreadable) return undefined
      throw error
    }
  }

  private value(): Lenient {
    this.take(blank)
    const first = this.text.charAt(this.at)
    if (first === '{') return this.nested(() => this.object())
    if (first === '[') return this.nested(() => this.list())
    const quoted = this.quoted()
    if (quoted !== undefined) return quoted
    const digits = this.take(number)
    if (digits !== undefined) return Number(digits)
    const word = this.take(bareName)
    if (word === undefined) throw new Unreadable()
    return words.has(word) ? words.get(word) : word
  }

  private nested<Result>(read: () => Result): Result {
    if (++this.depth > maxDepth) throw new Unreadable()
    this.at++
    const result = read()
    this.depth--
    return result
  }

  private object(): Map<string, Lenient> {
    const members = new Map<string, Lenient>()
    while (!this.ends('}')) {
      const name = this.quoted() ?? this.take(bareName)
      this.take(blank)
      if (name === undefined || this.text.charAt(this.at) !== ':') throw new Unreadable()
      this.at++
      members.set(name, this.value())
      this.separator('}')
    }
    return members
  }

  private list(): Lenient[] {
    const items: Lenient[] = []
    while (!this.ends(']')) {
      items.push(this.value())
      this.separator(']')
    }
    return items
  }

  /** Takes the closing bracket, after any commas that lead nowhere. */
  private ends(close: string): boolean {
    this.take(/[\s,]*/y)
    if (this.text.charAt(this.at) !== close) return false
    this.at++
    return true
  }

  /** After a member there is a comma or the end. */
  private separator(close: string): void {
    this.take(blank)
    const next = this.text.charAt(this.at)
    if (next !== ',' && next !== close) throw new Unreadable()
  }

  /** Undefined, and nothing taken, where no quoted text begins or it does not end. */
  private quoted(): string | undefined {
    const { text, at: start } = this
    const mark = text.charAt(start)
    if (mark !== '"' && mark !== "'") return undefined
    for (let at = start + 1; at < text.length; at++) {
      const character = text.charAt(at)
      if (character === '\\') at++
      else if (character === mark) {
        this.at = at + 1
        return text.slice(start + 1, at)
      }
    }
    return undefined
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const taken = pattern.exec(this.text)?.[0]
    if (taken !== undefined) this.at += taken.length
    return taken
  }
}

const words: ReadonlyMap<string, Lenient> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])
