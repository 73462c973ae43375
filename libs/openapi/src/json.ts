// Reads JSON text into nodes with offsets: ten times faster than the YAML reader, and most imports are JSON.
import { maximumDepth, tooDeepSentence } from './budget.ts'
import { entriesOf } from './node.ts'
import type { MapNode, Node, ScalarNode } from './node.ts'
import type { TreeBuilder } from './tree.ts'
import { TextFault } from './tree.ts'

const whitespace = /[ \t\n\r]*/y
const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

/** From this many characters on, path items are read only when they are looked into. */
const largeTextUnits = 65_536

/** Reads one JSON document; throws a {@link TextFault} at the first character that is not JSON. */
export function readJson(text: string, tree: TreeBuilder): Node {
  const reader = new JsonReader(text, tree)
  const root = reader.value(0)
  reader.end()
  return root
}

class JsonReader {
  private at: number
  private readonly text: string
  private readonly tree: TreeBuilder
  private readonly pathItems: PathItems | undefined
  private isInPaths = false

  constructor(text: string, tree: TreeBuilder, at: number = 0) {
    this.text = text
    this.tree = tree
    this.at = at
    this.pathItems = at === 0 && text.length >= largeTextUnits ? new PathItems(text, tree) : undefined
  }

  value(depth: number): Node {
    this.skip()
    const start = this.at
    this.tree.count(1, start)
    if (depth > maximumDepth) throw new TextFault(tooDeepSentence, start, true)
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
      if (depth === 0) this.isInPaths = key === 'paths'
      this.tree.add(entries, key, this.member(depth + 1, at))
    })
    return { kind: 'map', entries, offset }
  }

  /** The value of the key at an offset. A path item is only checked for mistakes here. */
  private member(depth: number, offset: number): Node {
    this.skip()
    const start = this.at
    const node = this.value(depth)
    const isPathItem = depth === 2 && this.isInPaths && node.kind === 'map'
    return isPathItem && this.pathItems !== undefined
      ? new PathItem(this.pathItems, start, offset)
      : { ...node, offset }
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
    numberForm.lastIndex = start
    const number = numberForm.exec(this.text)?.[0]
    if (number !== undefined) {
      this.at += number.length
      return this.tree.scalar(Number(number), number, start)
    }
    for (const [word, value] of words) {
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
    if (this.text.charCodeAt(this.at) > 0x20) return
    whitespace.lastIndex = this.at
    whitespace.test(this.text)
    this.at = whitespace.lastIndex
  }

  private unexpected(): TextFault {
    const found = this.text.codePointAt(this.at)
    const what = found === undefined ? 'end of the document' : JSON.stringify(String.fromCodePoint(found))
    return new TextFault(`Unexpected ${what}`, this.at)
  }
}

/**
 * The path items of a large document, read when they are needed because their trees would take most of the time and memory.
 * The last one used is kept.
 */
class PathItems {
  private readonly text: string
  private readonly tree: TreeBuilder
  private open: { readonly start: number; readonly entries: MapNode['entries'] } | undefined

  constructor(text: string, tree: TreeBuilder) {
    this.text = text
    this.tree = tree
  }

  entriesAt(start: number): MapNode['entries'] {
    if (this.open?.start !== start) {
      const node = new JsonReader(this.text, this.tree.again(), start).value(2)
      this.open = { start, entries: entriesOf(node) }
    }
    return this.open.entries
  }
}

class PathItem implements MapNode {
  readonly kind = 'map'
  readonly offset: number
  private readonly all: PathItems
  private readonly start: number

  constructor(all: PathItems, start: number, offset: number) {
    this.all = all
    this.start = start
    this.offset = offset
  }

  get entries(): MapNode['entries'] {
    return this.all.entriesAt(this.start)
  }
}

function unescape(quoted: string, start: number): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw new TextFault('The string has an escape that JSON does not know', start)
  }
}
