// Reads JSON text into nodes with offsets: ten times faster than the YAML reader, and most imports are JSON.
import { MAX_DEPTH, TOO_DEEP } from './budget.ts'
import type { Node, ScalarNode } from './node.ts'
import type { TreeBuilder } from './tree.ts'
import { TextFault } from './tree.ts'

const WHITESPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

/** Reads one JSON document; throws a {@link TextFault} at the first character that is not JSON. */
export function readJson(text: string, tree: TreeBuilder): Node {
  const reader = new JsonReader(text, tree)
  const root = reader.value(0)
  reader.end()
  return root
}

class JsonReader {
  private at = 0
  private readonly text: string
  private readonly tree: TreeBuilder

  constructor(text: string, tree: TreeBuilder) {
    this.text = text
    this.tree = tree
  }

  value(depth: number): Node {
    this.skip()
    const start = this.at
    this.tree.count(1, start)
    if (depth > MAX_DEPTH) throw new TextFault(TOO_DEEP, start, true)
    const first = this.text[start]
    if (first === '{') return this.map(depth)
    if (first === '[') return this.list(depth)
    return first === '"' ? this.tree.scalar(this.string(), undefined, start) : this.word(start)
  }

  end(): void {
    this.skip()
    if (this.at < this.text.length) throw this.unexpected()
  }

  private map(depth: number): Node {
    const offset = this.at
    const entries = new Map<string, Node>()
    this.each('}', () => {
      this.skip()
      const at = this.at
      if (this.text[at] !== '"') throw this.unexpected()
      const key = this.tree.substitute(this.string())
      this.take(':')
      this.tree.add(entries, key, { ...this.value(depth + 1), offset: at })
    })
    return { kind: 'map', entries, offset }
  }

  private list(depth: number): Node {
    const offset = this.at
    const items: Node[] = []
    this.each(']', () => items.push(this.value(depth + 1)))
    return { kind: 'list', items, offset }
  }

  private each(close: string, read: () => void): void {
    this.at += 1
    this.skip()
    if (this.text[this.at] === close) {
      this.at += 1
      return
    }
    for (;;) {
      read()
      this.skip()
      if (this.text[this.at] === ',') this.at += 1
      else return this.take(close)
    }
  }

  private string(): string {
    const start = this.at
    let at = start + 1
    let plain = true
    for (;;) {
      const unit = this.text.charCodeAt(at)
      if (unit === 0x22) break
      if (unit === 0x5c) {
        plain = false
        at += 1
      } else if (Number.isNaN(unit) || unit < 0x20) throw new TextFault('The string is not closed', start)
      at += 1
    }
    this.at = at + 1
    return plain ? this.text.slice(start + 1, at) : unescape(this.text.slice(start, at + 1), start)
  }

  private word(start: number): ScalarNode {
    NUMBER.lastIndex = start
    const number = NUMBER.exec(this.text)?.[0]
    if (number !== undefined) {
      this.at += number.length
      return this.tree.scalar(Number(number), number, start)
    }
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, start)) continue
      this.at += word.length
      return this.tree.scalar(value, word, start)
    }
    throw this.unexpected()
  }

  private take(expected: string): void {
    this.skip()
    if (this.text[this.at] !== expected) throw this.unexpected()
    this.at += 1
  }

  private skip(): void {
    WHITESPACE.lastIndex = this.at
    WHITESPACE.test(this.text)
    this.at = WHITESPACE.lastIndex
  }

  private unexpected(): TextFault {
    const found = this.text.codePointAt(this.at)
    const what = found === undefined ? 'end of the document' : JSON.stringify(String.fromCodePoint(found))
    return new TextFault(`Unexpected ${what}`, this.at)
  }
}

function unescape(quoted: string, start: number): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw new TextFault('The string has an escape that JSON does not know', start)
  }
}
