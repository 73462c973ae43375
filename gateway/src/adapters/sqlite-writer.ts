// The SQLite store's writer thread: one commit at a time, durable before it answers, so that an fsync never stalls a request.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { isTold } from '../nouns/records.ts'
import type { Commit } from './buffered-transaction.ts'

/** Records of a commit that is sent in parts: receiving a message takes as long as it is large. */
export type CommitPart = Pick<Commit, 'scope' | 'writes'>

/** What comes after the last part: with it the commit is made, or none of it is. */
export type CommitEnd = Pick<Commit, 'claims'> & { readonly id: number }

const { file } = workerData as { file: string }
const database = new DatabaseSync(file)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')

const put = database.prepare(
  'INSERT INTO records (account, region, kind, key, doc) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc, version = version + 1',
)
const remove = database.prepare('DELETE FROM records WHERE account = ? AND region = ? AND kind = ? AND key = ?')
const claim = database.prepare(
  'INSERT INTO claims (space, name, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
)
const release = database.prepare('DELETE FROM claims WHERE space = ? AND name = ?')
const change = database.prepare('INSERT INTO changes (account, region, kind, key) VALUES (?, ?, ?, ?)')
const lastChange = database.prepare('SELECT coalesce(max(sequence), 0) AS sequence FROM changes')
/** The feed keeps this many changes; a node that fell further behind reads everything anew. */
const keptChanges = 100_000
const trim = database.prepare('DELETE FROM changes WHERE sequence <= ?')

/** How many records the open transaction has written. */
let written = 0
/** Why the commit that is being sent cannot be made. */
let failure: string | undefined

/** Runs a part of a commit; after one that fails, the others do nothing. */
function attempt<T>(part: () => T): T | undefined {
  if (failure !== undefined) return undefined
  try {
    if (!database.isTransaction) database.exec('BEGIN IMMEDIATE')
    return part()
  } catch (error) {
    // On a full disk SQLite has rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK')
    failure = error instanceof Error ? error.message : String(error)
    return undefined
  }
}

function write({ scope: { account, region }, writes }: CommitPart): void {
  for (const each of writes) {
    const { kind, key, json } = each
    if (json === undefined) remove.run(account, region, kind, key)
    else put.run(account, region, kind, key, typeof json === 'string' ? json : [...json.pieces].join(''))
    if (isTold(each)) change.run(account, region, kind, key)
  }
  written += writes.length
}

function finish({ claims }: CommitEnd): number {
  for (const { space, name, value } of claims) {
    if (value === undefined) release.run(space, name)
    else claim.run(space, name, value)
  }
  const sequence = Number(lastChange.get()?.['sequence'])
  if (sequence % 1000 < written) trim.run(sequence - keptChanges)
  database.exec('COMMIT')
  return sequence
}

parentPort?.on('message', (message: CommitPart | CommitEnd | 'close') => {
  if (message === 'close') {
    database.close()
    parentPort?.close()
  } else if ('writes' in message) {
    attempt(() => write(message))
  } else {
    const sequence = attempt(() => finish(message))
    parentPort?.postMessage({ id: message.id, sequence, error: failure })
    written = 0
    failure = undefined
  }
})
