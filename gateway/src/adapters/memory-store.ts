// The store in memory: what `sluice dev` and tests use when nothing has to outlive the process.
import { promisify } from 'node:util'
import { deflateRaw, inflateRawSync } from 'node:zlib'
import { isTold, type Kind, type Scope } from '../nouns/records.ts'
import type { Store } from '../ports/store.ts'
import type { Commit, Range, Write } from './buffered-transaction.ts'
import { OrderedKeys } from './ordered-keys.ts'
import { SerialStore, type Journal } from './serial-store.ts'

const compress = promisify(deflateRaw)

/** Documents from this length on are kept compressed: snapshots above all, which are read once for each plan. */
const compressedChars = 16_384

/** A record: JSON, or JSON that is compressed. */
type Kept = string | Uint8Array

/** What is kept instead of the documents that are large, by the index of their write. */
async function keptOf(writes: readonly Write[]): Promise<ReadonlyMap<number, Uint8Array>> {
  const compressed = new Map<number, Uint8Array>()
  for (const [index, { json = '' }] of writes.entries()) {
    // Speed before size: what is large is repetitive, and any level makes a tenth of it.
    // A copy, because the result is a part of a larger buffer.
    if (json.length >= compressedChars) compressed.set(index, new Uint8Array(await compress(json, { level: 1 })))
  }
  return compressed
}

function textOf(record: Kept): string {
  return typeof record === 'string' ? record : inflateRawSync(record).toString()
}

/** Records of one kind in one scope by key, and the keys in order. */
class Shelf {
  private readonly records = new Map<string, Kept>()
  private readonly keys = new OrderedKeys()

  get(key: string): string | undefined {
    const record = this.records.get(key)
    return record === undefined ? undefined : textOf(record)
  }

  put(key: string, record: Kept): void {
    if (!this.records.has(key)) this.keys.add(key)
    this.records.set(key, record)
  }

  delete(key: string): void {
    if (this.records.delete(key)) this.keys.delete(key)
  }

  list({ from, to, limit }: Range): (readonly [string, string])[] {
    return this.keys.range(from, to, limit).map((key) => [key, this.get(key) ?? ''] as const)
  }
}

class MemoryJournal implements Journal {
  private readonly shelves = new Map<string, Map<Kind, Shelf>>()
  private readonly claims = new Map<string, string>()
  private sequence = 0

  get(scope: Scope, kind: Kind, key: string): string | undefined {
    return this.shelves.get(scopeKey(scope))?.get(kind)?.get(key)
  }

  list(scope: Scope, kind: Kind, range: Range): readonly (readonly [string, string])[] {
    return this.shelves.get(scopeKey(scope))?.get(kind)?.list(range) ?? []
  }

  claimed(space: string, name: string): string | undefined {
    return this.claims.get(`${space}\n${name}`)
  }

  async append({ scope, writes, claims }: Commit): Promise<number> {
    const records = await keptOf(writes)
    for (const [index, { kind, key, json }] of writes.entries()) {
      const shelf = this.shelf(scope, kind)
      if (json === undefined) shelf.delete(key)
      else shelf.put(key, records.get(index) ?? json)
    }
    for (const { space, name, value } of claims) {
      if (value === undefined) this.claims.delete(`${space}\n${name}`)
      else this.claims.set(`${space}\n${name}`, value)
    }
    return (this.sequence += writes.filter(isTold).length)
  }

  scopes(): readonly Scope[] {
    return [...this.shelves.keys()].map((key) => {
      const [account = '', region = ''] = key.split('\n')
      return { account, region }
    })
  }

  async close(): Promise<void> {}

  private shelf(scope: Scope, kind: Kind): Shelf {
    let kinds = this.shelves.get(scopeKey(scope))
    if (kinds === undefined) this.shelves.set(scopeKey(scope), (kinds = new Map()))
    let shelf = kinds.get(kind)
    if (shelf === undefined) kinds.set(kind, (shelf = new Shelf()))
    return shelf
  }
}

function scopeKey({ account, region }: Scope): string {
  return `${account}\n${region}`
}

/** A new, empty store. */
export function createMemoryStore(): Store {
  return new SerialStore(new MemoryJournal())
}
