// The SQLite store's writer thread: one commit at a time, durable before it answers, so that an fsync never stalls a request.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { isTold } from '../nouns/records.ts'
import type { Commit } from './buffered-transaction.ts'

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

function write({ scope: { account, region }, writes, claims }: Commit): number {
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const written of writes) {
      const { kind, key, json } = written
      if (json === undefined) remove.run(account, region, kind, key)
      else put.run(account, region, kind, key, json)
      if (isTold(written)) change.run(account, region, kind, key)
    }
    for (const { space, name, value } of claims) {
      if (value === undefined) release.run(space, name)
      else claim.run(space, name, value)
    }
    const sequence = Number(lastChange.get()?.['sequence'])
    if (sequence % 1000 < writes.length) trim.run(sequence - keptChanges)
    database.exec('COMMIT')
    return sequence
  } catch (error) {
    // On a full disk SQLite has rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

parentPort?.on('message', (message: { id: number; commit: Commit } | 'close') => {
  if (message === 'close') {
    database.close()
    parentPort?.close()
    return
  }
  try {
    parentPort?.postMessage({ id: message.id, sequence: write(message.commit) })
  } catch (error) {
    parentPort?.postMessage({ id: message.id, error: error instanceof Error ? error.message : String(error) })
  }
})
