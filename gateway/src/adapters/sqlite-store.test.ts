// The SQLite store against the store contract, and what only a store on disk must do.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { storeContract } from '../ports/store.contract.ts'
import { openSqliteStore } from './sqlite-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-store-'))
let count = 0
const newFile = (): string => join(folder, String(count++), 'sluice.db')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

storeContract('SQLite', () => openSqliteStore(newFile()))

const scope = { account: '000000000000', region: 'us-east-1' }

test('finds every record, claim and change number again after closing and opening', async () => {
  const file = newFile()
  const first = openSqliteStore(file)
  await first.transact(scope, async (transaction) => {
    transaction.put('Model', ['api', 'Pet'], { name: 'Pet' })
    await transaction.claim('api', 'abc', 'here')
  })
  await first.close()
  const second = openSqliteStore(file)
  expect(await second.read(scope).get('Model', ['api', 'Pet'])).toEqual({ name: 'Pet' })
  expect(await second.read(scope).claimed('api', 'abc')).toBe('here')
  const sequences: number[] = []
  second.watch((changes) => sequences.push(...changes.map(({ sequence }) => sequence)))
  await second.transact(scope, async (transaction) => transaction.put('Model', ['api', 'Cat'], { name: 'Cat' }))
  expect(sequences).toEqual([2])
  await second.close()
})

test('refuses a file of another format version with a sentence that names both', () => {
  const file = newFile()
  openSqliteStore(file)
  const database = new DatabaseSync(file)
  database.exec('PRAGMA user_version = 99')
  database.close()
  expect(() => openSqliteStore(file)).toThrow('format 99; this one reads 1')
})

test('writes nothing of a large commit whose end fails, and makes the next one', async () => {
  const file = newFile()
  const store = openSqliteStore(file)
  const database = new DatabaseSync(file)
  database.exec("CREATE TRIGGER refusing BEFORE DELETE ON claims BEGIN SELECT raise(ABORT, 'refused'); END")
  database.exec("INSERT INTO claims VALUES ('api', 'abc', 'here')")
  const putMany = (release: boolean): Promise<void> =>
    store.transact(scope, async (transaction) => {
      for (let index = 0; index < 2_000; index++) transaction.put('Model', ['api', String(index)], { name: 'Pet' })
      if (release) transaction.release('api', 'abc')
    })
  await expect(putMany(true)).rejects.toThrow('the data folder could not be written: refused')
  expect(await store.read(scope).list('Model', [])).toEqual([])
  await putMany(false)
  expect(await store.read(scope).list('Model', [])).toHaveLength(2_000)
  database.close()
  await store.close()
})
