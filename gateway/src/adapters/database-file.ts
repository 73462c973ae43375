// A SQLite file of the data folder: opened once it is known to be whole, and named when it is not.
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** SQLITE_CORRUPT and SQLITE_NOTADB: the low byte of a code; the rest says more of the same. */
const damaged = new Set([11, 26])
/** SQLITE_READONLY */
const readOnly = 8

/** A file up to this size is read whole before it is used: some 60 ms. */
const checkedBytes = 64 * 1024 * 1024

/**
 * Opens `file`, or makes it, and prepares it (tables, pragmas). Throws an Error of one sentence that names it when it is damaged;
 * the connection is closed then, whatever `prepare` throws.
 */
export function openDatabaseFile(file: string, prepare: (database: DatabaseSync) => void): DatabaseSync {
  const database = new DatabaseSync(file)
  try {
    prepare(database)
    return database
  } catch (error) {
    database.close()
    throw namedDamage(file, error)
  }
}

/**
 * Reads all pages of a file that is there, and throws as `openDatabaseFile` does when they do not fit together. A large one is
 * read only when its process did not end in order: what it left in `-wal` becomes part of the file then, even where that is of
 * another one. The file stays as it is: a connection that may not write does not take over what is in `-wal`.
 */
export function checkDatabaseFile(file: string, check: (database: DatabaseSync) => void): void {
  const bytes = sizeOf(file)
  if (bytes === 0) return
  const hasLog = sizeOf(`${file}-wal`) > 0
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    check(database)
    if (bytes > checkedBytes && !hasLog) return
    const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
    if (found !== 'ok') throw damage(file, 'its pages do not fit together', hasLog)
  } catch (error) {
    // Its first process ended within its first write, which only one that may write can take back.
    if (primaryCode(error) !== readOnly) throw namedDamage(file, error, hasLog)
  } finally {
    database.close()
  }
}

function namedDamage(file: string, error: unknown, hasLog = false): unknown {
  return damaged.has(primaryCode(error)) ? damage(file, (error as Error).message, hasLog, error) : error
}

function primaryCode(error: unknown): number {
  return ((error as { errcode?: number }).errcode ?? 0) & 0xff
}

function damage(file: string, why: string, hasLog: boolean, cause?: unknown): Error {
  const leftover = hasLog ? `, and remove ${file}-wal and ${file}-shm` : ''
  return new Error(`${file} is damaged (${why}); put a backup in its place${leftover}`, { cause })
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
