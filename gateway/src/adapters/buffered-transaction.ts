// A transaction over any adapter that can read: writes wait in memory, reads see them, and a commit takes them all at once.
import type { Key, Kind, Records, Scope } from '../nouns/records.ts'
import type { Entry, Page, Reader, Transaction } from '../ports/store.ts'
import { isLined, readLined, takeFrom, type LinedText, type Takers } from '../nouns/lined-json.ts'
import { Turns } from '../nouns/turns.ts'
import { decodeKey, encodeKey, endOfPrefix } from './record-keys.ts'

/** A range of encoded keys of one kind: `from` inclusive, `to` exclusive. */
export interface Range {
  readonly from: string
  readonly to: string | undefined
  readonly limit: number | undefined
}

/** What an adapter offers: committed records and claims, as JSON text by encoded key. */
export interface Committed {
  get(scope: Scope, kind: Kind, key: string): string | LinedText | undefined
  /** In key order, as they are when it is called. May be gone through once, in turns. */
  list(scope: Scope, kind: Kind, range: Range): Iterable<Pair>
  claimed(space: string, name: string): string | undefined
}

/** A record's encoded key and its JSON. */
export type Pair = readonly [key: string, json: string | LinedText]

/** One record to put (`json`) or to delete (`undefined`). */
export interface Write {
  readonly kind: Kind
  readonly key: string
  readonly json: string | LinedText | undefined
}

/** One claim to take (`value`) or to release (`undefined`). */
export interface ClaimWrite {
  readonly space: string
  readonly name: string
  readonly value: string | undefined
}

export interface Commit {
  readonly scope: Scope
  readonly writes: readonly Write[]
  readonly claims: readonly ClaimWrite[]
}

function rangeOf(prefix: Key, page: Page | undefined): Range {
  const start = encodeKey(prefix)
  // A key is never a prefix of its sibling's text (each part ends in `/`), so appending the smallest character skips exactly it.
  const from = page?.after === undefined ? start : `${encodeKey(page.after)}\u0000`
  return { from, to: endOfPrefix(start), limit: page?.limit }
}

function parse<K extends Kind>(json: string): Records[K] {
  return JSON.parse(json) as Records[K]
}

/** A large record, which was written with `putLarge`, is read in turns. */
async function parseAny<K extends Kind>(json: string | LinedText, takers?: Takers): Promise<Records[K]> {
  if (typeof json !== 'string') return (await readLined(json, takers)) as Records[K]
  if (isLined(json)) return (await readLined({ pieces: [json] }, takers)) as Records[K]
  const record = parse<K>(json)
  return takers === undefined ? record : (takeFrom(record, takers) as Records[K])
}

/** How many records are read before others get a turn: watchers, which read few, then see a change at once. */
const entriesPerTurn = 64

/** A large API has tens of thousands of records. */
async function entries<K extends Kind>(pairs: Iterable<Pair>): Promise<readonly Entry<K>[]> {
  const turns = new Turns()
  const parsed: Entry<K>[] = []
  for (const [key, json] of pairs) {
    const record = typeof json === 'string' ? parse<K>(json) : await parseAny<K>(json)
    parsed.push({ key: decodeKey(key), record })
    const others = parsed.length % entriesPerTurn === 0 ? turns.next() : undefined
    if (others !== undefined) await others
  }
  return parsed
}

/** So many are fetched at a time for who goes through all. */
const pairsPerPage = 256

/** As `committed.list`, a page at a time. */
function* pages(committed: Committed, scope: Scope, kind: Kind, { from, to }: Range): Generator<Pair> {
  let start: string | undefined = from
  while (start !== undefined) {
    const page: readonly Pair[] = [...committed.list(scope, kind, { from: start, to, limit: pairsPerPage })]
    yield* page
    const last: string | undefined = page[pairsPerPage - 1]?.[0]
    start = last === undefined ? undefined : `${last}\u0000`
  }
}

function* parsed<K extends Kind>(pairs: Iterable<Pair>): Generator<Entry<K>> {
  for (const [key, json] of pairs) {
    const text = typeof json === 'string' ? json : [...json.pieces].join('')
    yield { key: decodeKey(key), record: parse<K>(text) }
  }
}

/** Two lists in key order as one; where both have a key, the right one counts, and without JSON it takes the key away. */
function* merged(left: Iterable<Pair>, right: readonly Write[]): Generator<Pair> {
  let next = 0
  for (const pair of left) {
    let own = right[next]
    while (own !== undefined && own.key < pair[0]) {
      if (own.json !== undefined) yield [own.key, own.json]
      own = right[++next]
    }
    if (own?.key !== pair[0]) yield pair
  }
  for (const { key, json } of right.slice(next)) if (json !== undefined) yield [key, json]
}

function* first(count: number, pairs: Iterable<Pair>): Generator<Pair> {
  let left = count
  for (const pair of pairs) {
    if (left-- <= 0) return
    yield pair
  }
}

/** Reads of what is committed. */
export function committedReader(committed: Committed, scope: Scope): Reader {
  return {
    get: async (kind, key) => {
      const json = committed.get(scope, kind, encodeKey(key))
      return json === undefined ? undefined : parseAny(json)
    },
    list: async (kind, prefix, page) => entries(committed.list(scope, kind, rangeOf(prefix, page))),
    each: (kind, prefix) => parsed(pages(committed, scope, kind, rangeOf(prefix, undefined))),
    getTaking: async (kind, key, takers) => {
      const json = committed.get(scope, kind, encodeKey(key))
      return json === undefined ? undefined : parseAny(json, takers)
    },
    claimed: async (space, name) => committed.claimed(space, name),
  }
}

export class BufferedTransaction implements Transaction {
  private readonly writes = new Map<Kind, Map<string, Write>>()
  private readonly claims = new Map<string, ClaimWrite>()
  private readonly committed: Committed
  private readonly scope: Scope

  constructor(committed: Committed, scope: Scope) {
    this.committed = committed
    this.scope = scope
  }

  async get<K extends Kind>(kind: K, key: Key): Promise<Records[K] | undefined> {
    const json = this.json(kind, key)
    return json === undefined ? undefined : parseAny<K>(json)
  }

  async getTaking<K extends Kind>(kind: K, key: Key, takers: Takers): Promise<Records[K] | undefined> {
    const json = this.json(kind, key)
    return json === undefined ? undefined : parseAny<K>(json, takers)
  }

  async list<K extends Kind>(kind: K, prefix: Key, page?: Page): Promise<readonly Entry<K>[]> {
    const range = rangeOf(prefix, page)
    const own = this.writes.get(kind)
    if (own === undefined) return entries(this.committed.list(this.scope, kind, range))
    const { from, to, limit } = range
    const committed = this.committed.list(this.scope, kind, { from, to, limit: undefined })
    return entries(first(limit ?? Infinity, merged(committed, this.ownIn(kind, range))))
  }

  each<K extends Kind>(kind: K, prefix: Key): IteratorObject<Entry<K>> {
    const range = rangeOf(prefix, undefined)
    return parsed(merged(pages(this.committed, this.scope, kind, range), this.ownIn(kind, range)))
  }

  put<K extends Kind>(kind: K, key: Key, record: Records[K]): void {
    this.write(kind, encodeKey(key), JSON.stringify(record))
  }

  putLarge(kind: Kind, key: Key, text: LinedText): void {
    this.write(kind, encodeKey(key), text)
  }

  delete(kind: Kind, key: Key): void {
    this.write(kind, encodeKey(key), undefined)
  }

  async claimed(space: string, name: string): Promise<string | undefined> {
    const own = this.claims.get(claimKey(space, name))
    return own === undefined ? this.committed.claimed(space, name) : own.value
  }

  async claim(space: string, name: string, value: string): Promise<boolean> {
    if ((await this.claimed(space, name)) !== undefined) return false
    this.claims.set(claimKey(space, name), { space, name, value })
    return true
  }

  release(space: string, name: string): void {
    this.claims.set(claimKey(space, name), { space, name, value: undefined })
  }

  /** What is to be written; `undefined` when nothing is. */
  commit(): Commit | undefined {
    if (this.writes.size === 0 && this.claims.size === 0) return undefined
    const writes = [...this.writes.values()].flatMap((own) => [...own.values()])
    return { scope: this.scope, writes, claims: [...this.claims.values()] }
  }

  private json(kind: Kind, key: Key): string | LinedText | undefined {
    const encoded = encodeKey(key)
    const own = this.writes.get(kind)?.get(encoded)
    return own === undefined ? this.committed.get(this.scope, kind, encoded) : own.json
  }

  /** The transaction's own writes of a kind in key order. */
  private ownIn(kind: Kind, { from, to }: Range): readonly Write[] {
    const own = [...(this.writes.get(kind)?.values() ?? [])]
    const inRange = own.filter(({ key }) => key >= from && (to === undefined || key < to))
    return inRange.sort((left, right) => (left.key < right.key ? -1 : 1))
  }

  private write(kind: Kind, key: string, json: Write['json']): void {
    let own = this.writes.get(kind)
    if (own === undefined) this.writes.set(kind, (own = new Map()))
    own.set(key, { kind, key, json })
  }
}

function claimKey(space: string, name: string): string {
  return `${space}\n${name}`
}
