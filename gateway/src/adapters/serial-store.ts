// The part of a store that every one-process adapter has: transactions one after the other, and watchers told in order.
import { isTold, type Scope } from '../nouns/records.ts'
import { Turns } from '../nouns/turns.ts'
import type { Change, Reader, Store, Transaction } from '../ports/store.ts'
import { BufferedTransaction, committedReader, type Commit, type Committed } from './buffered-transaction.ts'
import { decodeKey } from './record-keys.ts'

/** What an adapter adds to reading: making a commit durable (and visible to `Committed`), and closing. */
export interface Journal extends Committed {
  /** Resolves when the commit is durable, with the sequence number of its last change. */
  append(commit: Commit): Promise<number>
  scopes(): readonly Scope[]
  close(): Promise<void>
}

/** A commit of tens of thousands of records, an import for example, is told in turns. */
const changesPerTelling = 100

export class SerialStore implements Store {
  private readonly journal: Journal
  private readonly listeners = new Set<(changes: readonly Change[]) => void>()
  private last: Promise<unknown> = Promise.resolve()
  private closed = false

  constructor(journal: Journal) {
    this.journal = journal
  }

  read(scope: Scope): Reader {
    return committedReader(this.journal, scope)
  }

  transact<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => this.run(scope, work))
    this.last = turn.catch(() => undefined)
    return turn
  }

  async scopes(): Promise<readonly Scope[]> {
    return this.journal.scopes()
  }

  watch(listener: (changes: readonly Change[]) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.closed = true
    await this.last
    await this.journal.close()
  }

  private async run<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (this.closed) throw new Error('the store is closed')
    const transaction = new BufferedTransaction(this.journal, scope)
    const result = await work(transaction)
    const commit = transaction.commit()
    if (commit !== undefined) await this.tell(commit, await this.journal.append(commit))
    return result
  }

  private async tell(commit: Commit, lastSequence: number): Promise<void> {
    if (this.listeners.size === 0) return
    const told = commit.writes.filter(isTold)
    if (told.length === 0) return
    const first = lastSequence - told.length + 1
    const turns = new Turns()
    for (let from = 0; from < told.length; from += changesPerTelling) {
      const changes = told.slice(from, from + changesPerTelling).map(({ kind, key, json }, index): Change => ({
        sequence: first + from + index,
        scope: commit.scope,
        kind,
        key: decodeKey(key),
        isDeleted: json === undefined,
      }))
      for (const listener of this.listeners) listener(changes)
      // Few changes, as most commits are, act before anybody else has a turn.
      const others = from + changesPerTelling < told.length ? turns.next() : undefined
      if (others !== undefined) await others
    }
  }
}
