// The nodes of a trie of paths in one block of integers: however many routes there are, a request touches few lines of memory.
import { randomPart } from '../../nouns/entropy.ts'

// A node: its parent, its variable child, its first entries for the path that ends here and for the greedy variable below, and its
// segment: the number of characters, doubled, and one more where there are literal children; then the characters, two an integer.
const parentWord = 0
const variableWord = 1
const ownWord = 2
const greedyWord = 3
const segmentWord = 4
const nodeWords = 5

// An entry: its verb, its target, the names of its variables, and the next entry of the same node.
const verbWord = 0
const targetWord = 1
const namesWord = 2
const nextWord = 3
const entryWords = 4

/** What a template leads to for one verb: numbers that mean something to the trie alone. */
export interface Entry {
  /** 0 for `ANY`. */
  readonly verb: number
  readonly target: number
  readonly names: number
}

/** Nodes and entries go by the place where they begin. The root's is 0: it is nobody's child, so that 0 means none elsewhere. */
export class TrieNodes {
  private words = new Int32Array(64)
  private characters = new Uint16Array(this.words.buffer)
  private used = nodeWords
  /** The literal children of all nodes in one hash table, at most half full: pairs of a hash and a node. */
  private slots = new Int32Array(16)
  private literals = 0
  /** Whoever names routes must not know which ones collide. */
  private readonly seed = randomPart(4).readInt32LE()

  /** The literal child for what `text` has from `start` to `end`. */
  literal(node: number, text: string, start: number, end: number): number {
    if ((this.word(node + segmentWord) & 1) === 0) return 0
    const hash = this.hashOf(node, text, start, end)
    const { slots } = this
    const mask = slots.length - 1
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const child = slots[slot + 1] ?? 0
      if (child === 0) return 0
      if (slots[slot] === hash && this.word(child) === node && this.spells(child, text, start, end)) return child
    }
  }

  variable(node: number): number {
    return this.word(node + variableWord)
  }

  parent(node: number): number {
    return this.word(node + parentWord)
  }

  /** The first entry for the path that ends at the node. */
  own(node: number): number {
    return this.word(node + ownWord)
  }

  /** The first entry for the greedy variable below the node. */
  greedy(node: number): number {
    return this.word(node + greedyWord)
  }

  next(entry: number): number {
    return this.word(entry + nextWord)
  }

  verb(entry: number): number {
    return this.word(entry + verbWord)
  }

  target(entry: number): number {
    return this.word(entry + targetWord)
  }

  names(entry: number): number {
    return this.word(entry + namesWord)
  }

  /** The literal child for a segment, made where there is none. */
  addLiteral(node: number, segment: string): number {
    const known = this.literal(node, segment, 0, segment.length)
    if (known !== 0) return known
    const child = this.addNode(node, segment)
    this.words[node + segmentWord] = this.word(node + segmentWord) | 1
    if (++this.literals * 4 > this.slots.length) this.spread()
    this.fill(this.hashOf(node, segment, 0, segment.length), child)
    return child
  }

  /** The variable child, made where there is none. */
  addVariable(node: number): number {
    const known = this.variable(node)
    if (known !== 0) return known
    const child = this.addNode(node, '')
    this.words[node + variableWord] = child
    return child
  }

  /** Adds an entry to a node, in place of one for the same verb. */
  addEntry(node: number, kind: 'own' | 'greedy', { verb, target, names }: Entry): void {
    let link = node + (kind === 'own' ? ownWord : greedyWord)
    for (let entry = this.word(link); entry !== 0 && this.verb(entry) !== verb; entry = this.word(link))
      link = entry + nextWord
    const entry = this.word(link) === 0 ? this.reserve(entryWords) : this.word(link)
    this.words[link] = entry
    this.words[entry + verbWord] = verb
    this.words[entry + targetWord] = target
    this.words[entry + namesWord] = names
  }

  private addNode(parent: number, segment: string): number {
    const node = this.reserve(nodeWords + Math.ceil(segment.length / 2))
    this.words[node + parentWord] = parent
    this.words[node + segmentWord] = segment.length << 1
    const first = (node + nodeWords) * 2
    for (let index = 0; index < segment.length; index++) this.characters[first + index] = segment.charCodeAt(index)
    return node
  }

  private spells(node: number, text: string, start: number, end: number): boolean {
    const length = end - start
    if (this.word(node + segmentWord) >> 1 !== length) return false
    const first = (node + nodeWords) * 2
    for (let index = 0; index < length; index++) {
      if (this.characters[first + index] !== text.charCodeAt(start + index)) return false
    }
    return true
  }

  private hashOf(node: number, text: string, start: number, end: number): number {
    let hash = Math.imul(node ^ this.seed, 0x9e3779b1)
    for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    return hash ^ (hash >>> 13)
  }

  private word(at: number): number {
    return this.words[at] ?? 0
  }

  private reserve(words: number): number {
    const begin = this.used
    this.used += words
    if (this.used > this.words.length) {
      const larger = new Int32Array(Math.max(this.used, this.words.length * 2))
      larger.set(this.words)
      this.words = larger
      this.characters = new Uint16Array(larger.buffer)
    }
    return begin
  }

  /** Twice as many slots. */
  private spread(): void {
    const filled = this.slots
    this.slots = new Int32Array(filled.length * 2)
    for (let slot = 0; slot < filled.length; slot += 2) {
      const child = filled[slot + 1] ?? 0
      if (child !== 0) this.fill(filled[slot] ?? 0, child)
    }
  }

  private fill(hash: number, child: number): void {
    const mask = this.slots.length - 1
    let slot = (hash << 1) & mask
    while (this.slots[slot + 1] !== 0) slot = (slot + 2) & mask
    this.slots[slot] = hash
    this.slots[slot + 1] = child
  }
}
