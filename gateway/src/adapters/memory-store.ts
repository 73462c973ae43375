// The store in memory: what `sluice dev` and tests use when nothing has to outlive the process.
import type { LinedText } from '../nouns/lined-json.ts'
import { isTold, type Kind, type Scope } from '../nouns/records.ts'
import { Turns } from '../nouns/turns.ts'
import type { Store } from '../ports/store.ts'
import type { Commit, Range, Write } from './buffered-transaction.ts'
import { OpenBlocks, PackedLines, packPiece, RecordBlocks, type Draft, type Kept } from './record-blocks.ts'
import { SerialStore, type Journal } from './serial-store.ts'

/** The parts of an API. There may be tens of thousands, and requests never read them: they are served by snapshots. */
const packedKinds = new Set<Kind>([
  'Resource',
  'Method',
  'Model',
  'DocumentationPart',
  'V2Route',
  'V2RouteResponse',
  'V2Integration',
  'V2IntegrationResponse',
  'V2Model',
])

/** How many blocks of those kinds stay unpacked: about half a megabyte, so that small APIs are never packed. */
const openBlocks = 16

class MemoryJournal implements Journal {
  private readonly shelves = new Map<string, Map<Kind, RecordBlocks>>()
  private readonly claims = new Map<string, string>()
  private readonly open = new OpenBlocks(openBlocks)
  private sequence = 0

  get(scope: Scope, kind: Kind, key: string): Kept | undefined {
    return this.shelves.get(scopeKey(scope))?.get(kind)?.get(key)
  }

  list(scope: Scope, kind: Kind, range: Range): Iterable<readonly [string, Kept]> {
    return this.shelves.get(scopeKey(scope))?.get(kind)?.list(range) ?? []
  }

  claimed(space: string, name: string): string | undefined {
    return this.claims.get(`${space}\n${name}`)
  }

  /** Everything is made ready in turns, and then shows at once. */
  async append({ scope, writes, claims }: Commit): Promise<number> {
    const changed = await this.changed(scope, writes)
    const kinds = this.shelves.get(scopeKey(scope)) ?? new Map<Kind, RecordBlocks>()
    this.shelves.set(scopeKey(scope), kinds)
    for (const [kind, records] of changed) kinds.set(kind, records)
    for (const { space, name, value } of claims) {
      if (value === undefined) this.claims.delete(`${space}\n${name}`)
      else this.claims.set(`${space}\n${name}`, value)
    }
    for (const write of writes) if (isTold(write)) this.sequence++
    return this.sequence
  }

  scopes(): readonly Scope[] {
    return [...this.shelves.keys()].map((key) => {
      const [account = '', region = ''] = key.split('\n')
      return { account, region }
    })
  }

  async close(): Promise<void> {}

  /** The records of the kinds that are written to, as they will be. */
  private async changed(scope: Scope, writes: readonly Write[]): Promise<readonly (readonly [Kind, RecordBlocks])[]> {
    const drafts = new Map<Kind, Draft>()
    const turns = new Turns()
    for (const { kind, key, json } of writes) {
      const draft = drafts.get(kind) ?? this.records(scope, kind).draft()
      drafts.set(kind, draft)
      if (json === undefined) draft.delete(key)
      else draft.put(key, typeof json === 'string' ? json : await packedLines(json))
      const others = turns.next()
      if (others !== undefined) await others
    }
    const changed: (readonly [Kind, RecordBlocks])[] = []
    for (const [kind, draft] of drafts) changed.push([kind, await draft.finished()])
    return changed
  }

  private records(scope: Scope, kind: Kind): RecordBlocks {
    const known = this.shelves.get(scopeKey(scope))?.get(kind)
    return known ?? new RecordBlocks(packedKinds.has(kind) ? this.open : undefined)
  }
}

/** Snapshots are read once for each plan: they are kept packed. */
async function packedLines({ pieces }: LinedText): Promise<PackedLines> {
  const turns = new Turns()
  const packed: Uint8Array[] = []
  for (const piece of pieces) {
    packed.push(packPiece(piece))
    const others = turns.next()
    if (others !== undefined) await others
  }
  return new PackedLines(packed)
}

function scopeKey({ account, region }: Scope): string {
  return `${account}\n${region}`
}

/** A new, empty store. */
export function createMemoryStore(): Store {
  return new SerialStore(new MemoryJournal())
}
