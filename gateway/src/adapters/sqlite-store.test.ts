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
