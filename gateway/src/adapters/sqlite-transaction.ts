// A transaction of one SQLite connection: all that the work wrote, or nothing.
import type { DatabaseSync } from 'node:sqlite'

/** Throws what the work throws, and the disk's own error when it is full. */
export function transact(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN')
  try {
    work()
    database.exec('COMMIT')
  } catch (error) {
    // A full disk has ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
