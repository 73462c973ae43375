// Files of the data folder that are damaged: found before they are used, named, and left as they are.
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { checkDatabaseFile, openDatabaseFile } from './database-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-database-'))
let count = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A file with 200 rows of a kilobyte, and what a process that was killed leaves beside it: 50 rows more. */
function leftByKill(text: string): string {
  const file = join(folder, `${count++}.db`)
  const database = openDatabaseFile(file, (opened) => {
    opened.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0')
    opened.exec('CREATE TABLE texts (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID')
  })
  const insert = database.prepare('INSERT INTO texts VALUES (?, ?)')
  const fill = (rows: number): void => {
    database.exec('BEGIN')
    for (let row = 0; row < rows; row++) insert.run(`${text} ${rows} ${row}`, text.repeat(1000))
    database.exec('COMMIT')
  }
  fill(200)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  fill(50)
  const left = join(folder, `${count++}.db`)
  for (const end of ['', '-wal']) cpSync(`${file}${end}`, `${left}${end}`)
  database.close()
  return left
}

const check = (file: string): void => checkDatabaseFile(file, () => {})

function rowsIn(file: string): unknown {
  const database = new DatabaseSync(file)
  const row = database.prepare('SELECT count(*) AS rows FROM texts').get()
  database.close()
  return row?.['rows']
}

test('a file that its process did not close is whole, with what stands beside it', () => {
  const file = leftByKill('a')
  check(file)
  expect(rowsIn(file)).toBe(250)
})

test('a file that is not there, or empty, is none that could be damaged', () => {
  check(join(folder, 'none.db'))
  const file = leftByKill('a')
  truncateSync(file)
  check(file)
})

test('what another database left beside a file is not taken over: both stay as they are', () => {
  const file = leftByKill('a')
  const other = join(folder, `${count++}.db`)
  const database = openDatabaseFile(other, (opened) => {
    opened.exec('PRAGMA journal_mode = WAL; CREATE TABLE other (number INTEGER PRIMARY KEY, text TEXT)')
    const insert = opened.prepare('INSERT INTO other (text) VALUES (?)')
    for (let row = 0; row < 100; row++) insert.run('b'.repeat(500))
  })
  database.close()
  cpSync(`${file}-wal`, `${other}-wal`)
  const before = [readFileSync(other), readFileSync(`${other}-wal`)]
  expect(() => check(other)).toThrow(
    new RegExp(`^${other} is damaged \\(.+\\); put a backup in its place, and remove ${other}-wal and ${other}-shm$`),
  )
  expect([readFileSync(other), readFileSync(`${other}-wal`)]).toEqual(before)
})

test('pages in the middle that were written over are found before they are read', () => {
  const file = leftByKill('a')
  expect(rowsIn(file)).toBe(250)
  const opened = openSync(file, 'r+')
  writeSync(opened, Buffer.alloc(16_384, 0xa5), 0, 16_384, Math.floor(statSync(file).size / 2 / 4096) * 4096)
  closeSync(opened)
  expect(() => check(file)).toThrow(new RegExp(`^${file} is damaged \\(.+\\); put a backup in its place$`))
})

test('what is no database is named when it is opened', () => {
  const file = join(folder, `${count++}.db`)
  writeFileSync(file, 'this is no database, and was never one. '.repeat(30))
  expect(() => openDatabaseFile(file, (database) => database.exec('CREATE TABLE a (b)'))).toThrow(
    `${file} is damaged (file is not a database); put a backup in its place`,
  )
})
