// The store in one SQLite file (WAL): point reads on this thread, durable writes on a thread of their own.
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import type { Kind, Scope } from '../nouns/records.ts'
import { Turns } from '../nouns/turns.ts'
import type { Store } from '../ports/store.ts'
import type { Commit, Range } from './buffered-transaction.ts'
import { checkDatabaseFile, openDatabaseFile } from './database-file.ts'
import { makeFolder } from './make-folder.ts'
import { SerialStore, type Journal } from './serial-store.ts'
import type { CommitEnd, CommitPart } from './sqlite-writer.ts'

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS records (
    account TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    doc TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (account, region, kind, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS claims (
    space TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (space, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL
  );
`

/** The version of the tables above. A file of another version is refused, not guessed at. */
const formatVersion = 1

/** A commit of tens of thousands of records, an import for example, goes to the writer in parts. */
const writesPerPart = 500

/** After every text that a key can be. */
const endOfKeys = '\u{10FFFF}'

class SqliteJournal implements Journal {
  private readonly database: DatabaseSync
  private readonly file: string
  private readonly statements: Record<'get' | 'list' | 'claimed' | 'scopes', StatementSync>
  private writer: Worker | undefined
  private nextId = 0
  private readonly waiting = new Map<number, { resolve: (sequence: number) => void; reject: (error: Error) => void }>()

  constructor(file: string) {
    makeFolder(dirname(file))
    this.file = file
    this.database = openDatabase(file)
    this.statements = {
      get: this.database.prepare('SELECT doc FROM records WHERE account = ? AND region = ? AND kind = ? AND key = ?'),
      list: this.database.prepare(
        'SELECT key, doc FROM records WHERE account = ? AND region = ? AND kind = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
      ),
      claimed: this.database.prepare('SELECT value FROM claims WHERE space = ? AND name = ?'),
      scopes: this.database.prepare('SELECT DISTINCT account, region FROM records'),
    }
  }

  get({ account, region }: Scope, kind: Kind, key: string): string | undefined {
    return this.statements.get.get(account, region, kind, key)?.['doc'] as string | undefined
  }

  list({ account, region }: Scope, kind: Kind, { from, to, limit }: Range): readonly (readonly [string, string])[] {
    const rows = this.statements.list.all(account, region, kind, from, to ?? endOfKeys, limit ?? -1)
    return rows.map((row) => [row['key'] as string, row['doc'] as string] as const)
  }

  claimed(space: string, name: string): string | undefined {
    return this.statements.claimed.get(space, name)?.['value'] as string | undefined
  }

  async append({ scope, writes, claims }: Commit): Promise<number> {
    const writer = (this.writer ??= this.startWriter())
    const turns = new Turns()
    for (let from = 0; from < writes.length; from += writesPerPart) {
      const part: CommitPart = { scope, writes: writes.slice(from, from + writesPerPart) }
      writer.postMessage(part)
      const others = turns.next()
      if (others !== undefined) await others
    }
    // It may have ended meanwhile, and nobody would answer.
    if (this.writer !== writer) throw new Error('the store’s writer thread ended')
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      const end: CommitEnd = { id, claims }
      writer.postMessage(end)
    })
  }

  scopes(): readonly Scope[] {
    return this.statements.scopes
      .all()
      .map((row) => ({ account: row['account'] as string, region: row['region'] as string }))
  }

  async close(): Promise<void> {
    const { writer } = this
    if (writer !== undefined) {
      const ended = new Promise((resolve) => writer.once('exit', resolve))
      writer.postMessage('close')
      await ended
    }
    this.database.close()
  }

  private startWriter(): Worker {
    // Beside this file stands the writer: as source when this runs as source, built when this is built.
    const name = import.meta.url.endsWith('.ts') ? './sqlite-writer.ts' : './sqlite-writer.js'
    const writer = new Worker(new URL(name, import.meta.url), { workerData: { file: this.file } })
    writer.on('message', ({ id, sequence, error }: { id: number; sequence?: number; error?: string }) => {
      const waiting = this.waiting.get(id)
      this.waiting.delete(id)
      if (sequence !== undefined) waiting?.resolve(sequence)
      else waiting?.reject(new Error(`the data folder could not be written: ${error}`))
    })
    writer.on('error', (cause) => this.fail(new Error('the store’s writer thread failed', { cause })))
    writer.on('exit', () => {
      this.writer = undefined
      this.fail(new Error('the store’s writer thread ended'))
    })
    return writer
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
  }
}

function openDatabase(file: string): DatabaseSync {
  checkDatabaseFile(file, (database) => checkVersion(database, file))
  return openDatabaseFile(file, (database) => {
    database.exec(`${schema} PRAGMA user_version = ${formatVersion}; PRAGMA busy_timeout = 5000`)
  })
}

function checkVersion(database: DatabaseSync, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version === 0 || version === formatVersion) return
  throw new Error(
    `${file} was written by another version of Sluice (format ${version}; this one reads ${formatVersion})`,
  )
}

/** Opens, or makes, the store in `file`. Its folder is made when it is missing. */
export function openSqliteStore(file: string): Store {
  return new SerialStore(new SqliteJournal(file))
}
