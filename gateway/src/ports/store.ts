// The store port: records in AWS's own shapes, claims for uniqueness, and a change feed; every adapter passes store.contract.ts.
import type { LinedText, Takers } from '../nouns/lined-json.ts'
import type { Key, Kind, Records, Scope } from '../nouns/records.ts'

/** One stored record with its key, as `list` gives it. */
export interface Entry<K extends Kind> {
  readonly key: Key
  readonly record: Records[K]
}

/** A page of a listing: what comes after `after` (exclusive) in key order, at most `limit` entries. */
export interface Page {
  readonly after?: Key | undefined
  readonly limit?: number | undefined
}

/** Reads within one account and region. What is returned is a copy: changing it changes nothing. */
export interface Reader {
  get<K extends Kind>(kind: K, key: Key): Promise<Records[K] | undefined>
  /** All records of a kind below a key prefix (`[]`: all of the scope), in key order. */
  list<K extends Kind>(kind: K, prefix: Key, page?: Page): Promise<readonly Entry<K>[]>
  /** As `list`, but each record is read when it is its turn: there may be tens of thousands. Only a transaction sees no commit of others meanwhile. */
  each<K extends Kind>(kind: K, prefix: Key): IteratorObject<Entry<K>>
  /** As `get`, but the entries of the record's lists go to their takers one after the other, in turns; the record's own lists are empty then. */
  getTaking<K extends Kind>(kind: K, key: Key, takers: Takers): Promise<Records[K] | undefined>
  /** What a claimed name stands for, across all accounts and regions. */
  claimed(space: string, name: string): Promise<string | undefined>
}

/** Reads and writes that happen together or not at all. Reads see the transaction's own writes. */
export interface Transaction extends Reader {
  put<K extends Kind>(kind: K, key: Key, record: Records[K]): void
  /** As `put`, for a record whose lists are long, which `linedJson` has written. It is read in turns. */
  putLarge(kind: Kind, key: Key, text: LinedText): void
  /** Forgets a record; absent ones are fine. */
  delete(kind: Kind, key: Key): void
  /** Takes a name that is unique in its space across all accounts and regions; false when somebody has it. */
  claim(space: string, name: string, value: string): Promise<boolean>
  release(space: string, name: string): void
}

/** One record that a commit put or deleted. */
export interface Change {
  readonly sequence: number
  readonly scope: Scope
  readonly kind: Kind
  readonly key: Key
  readonly isDeleted: boolean
}

export interface Store {
  /** Reads outside a transaction: each read sees the newest commit. */
  read(scope: Scope): Reader
  /**
   * Runs `work`, then commits all that it wrote; when `work` throws, nothing is written. Transactions of one store run
   * one after the other. Resolves when the commit is durable and every watcher has been told.
   */
  transact<T>(scope: Scope, work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Every scope that holds a record. */
  scopes(): Promise<readonly Scope[]>
  /** Tells a listener every commit, before `transact` resolves, in order. The returned function ends it. */
  watch(listener: (changes: readonly Change[]) => void): () => void
  /** Waits for what is under way, then lets go of files and threads. */
  close(): Promise<void>
}
