// The store in memory: what `sluice dev` and tests use when nothing has to outlive the process.
import { isTold, type Kind, type Scope } from '../nouns/records.ts'
import type { Store } from '../ports/store.ts'
import type { Commit, Range } from './buffered-transaction.ts'
import { SerialStore, type Journal } from './serial-store.ts'

/** Records of one kind in one scope: JSON by key, and the keys in order. */
class Shelf {
  readonly json = new Map<string, string>()
  private readonly keys: string[] = []

  put(key: string, json: string): void {
    if (!this.json.has(key)) this.keys.splice(this.position(key), 0, key)
    this.json.set(key, json)
  }

  delete(key: string): void {
    if (this.json.delete(key)) this.keys.splice(this.position(key), 1)
  }

  list({ from, to, limit }: Range): (readonly [string, string])[] {
    const start = this.position(from)
    const end = to === undefined ? this.keys.length : this.position(to)
    const keys = this.keys.slice(start, limit === undefined ? end : Math.min(end, start + limit))
    return keys.map((key) => [key, this.json.get(key) ?? ''] as const)
  }

  /** The index of the first key that is not before `key`. */
  private position(key: string): number {
    let low = 0
    let high = this.keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.keys[middle] ?? '') < key) low = middle + 1
      else high = middle
    }
    return low
  }
}

class MemoryJournal implements Journal {
  private readonly shelves = new Map<string, Map<Kind, Shelf>>()
  private readonly claims = new Map<string, string>()
  private sequence = 0

  get(scope: Scope, kind: Kind, key: string): string | undefined {
    return this.shelves.get(scopeKey(scope))?.get(kind)?.json.get(key)
  }

  list(scope: Scope, kind: Kind, range: Range): readonly (readonly [string, string])[] {
    return this.shelves.get(scopeKey(scope))?.get(kind)?.list(range) ?? []
  }

  claimed(space: string, name: string): string | undefined {
    return this.claims.get(`${space}\n${name}`)
  }

  async append({ scope, writes, claims }: Commit): Promise<number> {
    for (const { kind, key, json } of writes) {
      const shelf = this.shelf(scope, kind)
      if (json === undefined) shelf.delete(key)
      else shelf.put(key, json)
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
