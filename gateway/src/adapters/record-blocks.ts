// Records of one kind in key order, in blocks that never change: a commit makes others beside them, and puts them in their place at once.
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { LinedText } from '../nouns/lined-json.ts'
import { Turns } from '../nouns/turns.ts'
import type { Range } from './buffered-transaction.ts'

/** A record: its JSON. */
export type Kept = string | LinedText

/** A block that grows beyond either is cut in two. */
const blockRecords = 256
const blockChars = 32_768

/** Speed before size: records of one kind are so much alike that any level makes a tenth of them. */
const compression = { level: 1 }

/** What a block holds: keys in order, the record of each, and how long their texts are. */
interface Content {
  readonly keys: string[]
  readonly records: Kept[]
  chars: number
}

/** A block that a commit has made. */
class Block {
  readonly first: string
  private content: Content | undefined
  private packed: Uint8Array | undefined = undefined

  constructor(content: Content) {
    this.first = content.keys[0] ?? ''
    this.content = content
  }

  /** Its content. A block that is not open is unpacked for this one reading. */
  read(): Content {
    return this.content ?? unpacked(this.packed)
  }

  /** Its content, which stays unpacked until the block is closed. */
  open(): Content {
    return (this.content ??= unpacked(this.packed))
  }

  close(): void {
    if (this.content === undefined) return
    this.packed ??= packed(this.content)
    if (this.packed !== undefined) this.content = undefined
  }
}

/** Compressed: the lengths of all keys and records, a line break, and their texts. Undefined where a record is in pieces or no well-formed text. */
function packed({ keys, records }: Content): Uint8Array | undefined {
  const texts: string[] = []
  for (const [index, record = ''] of records.entries()) {
    if (typeof record !== 'string') return undefined
    texts.push(keys[index] ?? '', record)
  }
  if (!texts.every((text) => text.isWellFormed())) return undefined
  const lengths = texts.map((text) => text.length)
  // A copy, because the result is a part of a larger buffer.
  return new Uint8Array(deflateRawSync(`${lengths.join(',')}\n${texts.join('')}`, compression))
}

function unpacked(bytes: Uint8Array | undefined): Content {
  const content: Content = { keys: [], records: [], chars: 0 }
  if (bytes === undefined) return content
  const text = inflateRawSync(bytes).toString()
  let at = text.indexOf('\n') + 1
  content.chars = text.length - at
  let isKey = true
  for (const length of text.slice(0, at - 1).split(',')) {
    const end = at + Number(length)
    const list = isKey ? content.keys : content.records
    list.push(text.slice(at, end))
    at = end
    isKey = !isKey
  }
  return content
}

/** Lines that are kept compressed, piece by piece, and read that way too. */
export class PackedLines implements LinedText {
  readonly pieces: Iterable<string>

  /** `pieces`: what {@link packPiece} made. */
  constructor(pieces: readonly Uint8Array[]) {
    this.pieces = {
      *[Symbol.iterator]() {
        for (const piece of pieces) yield inflateRawSync(piece).toString()
      },
    }
  }
}

export function packPiece(text: string): Uint8Array {
  return new Uint8Array(deflateRawSync(text, compression))
}

/** The blocks that were used last stay open; whatever else was opened is packed. */
export class OpenBlocks {
  private readonly capacity: number
  private readonly blocks = new Set<Block>()

  /** `capacity`: how many blocks. */
  constructor(capacity: number) {
    this.capacity = capacity
  }

  use(block: Block): void {
    this.blocks.delete(block)
    this.blocks.add(block)
    const [oldest] = this.blocks
    if (this.blocks.size <= this.capacity || oldest === undefined) return
    this.blocks.delete(oldest)
    oldest.close()
  }

  /** Forgets a block that was replaced. */
  forget(block: Block): void {
    this.blocks.delete(block)
  }
}

/** The records of one kind in one scope, as they were at one commit. */
export class RecordBlocks {
  private readonly blocks: readonly Block[]
  /** Undefined: no block is ever packed. */
  private readonly openBlocks: OpenBlocks | undefined

  constructor(openBlocks: OpenBlocks | undefined, blocks: readonly Block[] = []) {
    this.openBlocks = openBlocks
    this.blocks = blocks
  }

  get(key: string): Kept | undefined {
    const block = this.blocks[blockOf(this.blocks, key)]
    if (block === undefined) return undefined
    const { keys, records } = block.open()
    this.openBlocks?.use(block)
    const index = position(keys, key)
    return keys[index] === key ? records[index] : undefined
  }

  /** In key order, unpacked a block at a time. */
  *list({ from, to, limit = Infinity }: Range): Generator<readonly [string, Kept]> {
    let left = limit
    for (let at = blockOf(this.blocks, from); at < this.blocks.length; at++) {
      const block = this.blocks[at]
      if (block === undefined || left <= 0 || (to !== undefined && block.first >= to)) return
      const { keys, records } = block.read()
      for (let index = position(keys, from); index < keys.length; index++) {
        const key = keys[index] ?? ''
        if (left-- <= 0 || (to !== undefined && key >= to)) return
        yield [key, records[index] ?? '']
      }
    }
  }

  /** A draft to change; these records stay as they are, and the draft becomes others. */
  draft(): Draft {
    return new Draft(this.blocks, this.openBlocks)
  }
}

export class Draft {
  /** Blocks that did not change, and the content of those that did. */
  private readonly blocks: (Block | Content)[]
  private readonly openBlocks: OpenBlocks | undefined

  constructor(blocks: readonly Block[], openBlocks: OpenBlocks | undefined) {
    this.blocks = [...blocks]
    this.openBlocks = openBlocks
  }

  put(key: string, record: Kept): void {
    const at = blockOf(this.blocks, key)
    const content = this.changeable(at)
    const index = position(content.keys, key)
    const isThere = content.keys[index] === key
    if (!isThere) content.keys.splice(index, 0, key)
    const [before] = content.records.splice(index, isThere ? 1 : 0, record)
    content.chars += charsOf(record) - (before === undefined ? -key.length : charsOf(before))
    const { length } = content.keys
    if (length <= blockRecords && (content.chars <= blockChars || length === 1)) return
    const keys = content.keys.splice(length >>> 1)
    const half = contentOf(keys, content.records.splice(length >>> 1))
    content.chars -= half.chars
    this.blocks.splice(at + 1, 0, half)
  }

  delete(key: string): void {
    const at = blockOf(this.blocks, key)
    const content = this.changeable(at)
    const index = position(content.keys, key)
    if (content.keys[index] === key) {
      content.keys.splice(index, 1)
      const [before = ''] = content.records.splice(index, 1)
      content.chars -= key.length + charsOf(before)
    }
    if (content.keys.length === 0) this.blocks.splice(at, 1)
  }

  /** The records with all changes, made in turns. */
  async finished(): Promise<RecordBlocks> {
    const turns = new Turns()
    const blocks: Block[] = []
    for (const each of this.blocks) {
      const block = each instanceof Block ? each : new Block(each)
      blocks.push(block)
      if (block === each) continue
      this.openBlocks?.use(block)
      const others = turns.next()
      if (others !== undefined) await others
    }
    return new RecordBlocks(this.openBlocks, blocks)
  }

  /** A copy of the block's content, which is the draft's own. */
  private changeable(at: number): Content {
    const block = this.blocks[at] ?? contentOf([], [])
    if (!(block instanceof Block)) return (this.blocks[at] = block)
    const { keys, records } = block.read()
    this.openBlocks?.forget(block)
    return (this.blocks[at] = contentOf([...keys], [...records]))
  }
}

function contentOf(keys: string[], records: Kept[]): Content {
  const content = { keys, records, chars: 0 }
  for (const key of keys) content.chars += key.length
  for (const record of records) content.chars += charsOf(record)
  return content
}

/** Records in pieces are compressed already, and count as nothing. */
function charsOf(record: Kept): number {
  return typeof record === 'string' ? record.length : 0
}

function firstOf(block: Block | Content): string {
  return block instanceof Block ? block.first : (block.keys[0] ?? '')
}

/** The index of the last block that begins at or before `key`, else of the first. */
function blockOf(blocks: readonly (Block | Content)[], key: string): number {
  let low = 0
  let high = blocks.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    const block = blocks[middle]
    if (block !== undefined && firstOf(block) <= key) low = middle
    else high = middle - 1
  }
  return low
}

/** The index of the first key that is not before `key`. */
function position(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
