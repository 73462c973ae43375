// One process uses a data folder: a lock that ends with its process, however that ends.
import { accessSync, constants, opendirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder } from './make-folder.ts'

export interface FolderLock {
  readonly close: () => void
}

/** A process that is about to end gets this long to let go. */
const patienceMs = 2000
/** SQLITE_BUSY */
const busy = 5

/**
 * Locks `folder` for this process; makes the folder when it is missing. The lock is the operating system's, taken by SQLite on an
 * empty file: no kill leaves a stale one. Throws an Error of one sentence when the folder is in use, and what the system says when it
 * is none, or may not be written.
 */
export function lockFolder(folder: string): FolderLock {
  makeFolder(folder)
  // SQLite would say nothing but "unable to open database file" of a folder that is none or may not be written.
  opendirSync(folder).closeSync()
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: patienceMs })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== busy) throw error
    throw new Error('another process of Sluice uses it; stop that one, or name another folder', { cause: error })
  }
  return { close: () => database.close() }
}
