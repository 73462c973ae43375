// Pages: whatever the limit, the pages one after the other are the whole collection, and nothing else is a position.
import fc from 'fast-check'
import { expect, test } from 'vitest'
// oxlint-disable-next-line no-restricted-imports -- tests run on a real adapter, not on a stand-in
import { createMemoryStore } from '../adapters/memory-store.ts'
import { pageOfList, pageOfRecords } from './page.ts'

const scope = { account: '000000000000', region: 'us-east-1' }

test('pages of a list give the list', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 10 }), (list, limit) => {
      const seen: number[] = []
      let position: string | undefined
      do {
        const page = pageOfList(list, { limit, position })
        seen.push(...page.items)
        position = page.position
      } while (position !== undefined)
      expect(seen).toEqual(list)
    }),
  )
})

test('pages of records give the records in key order', async () => {
  const store = createMemoryStore()
  const names = ['b', '__proto__', 'a', 'c/d', 'ü']
  await store.transact(scope, async (transaction) => {
    for (const name of names) transaction.put('Model', ['api', name], { name })
    transaction.put('Model', ['other', 'x'], { name: 'x' })
  })
  const reader = store.read(scope)
  const seen: (string | undefined)[] = []
  let position: string | undefined
  do {
    const page = await pageOfRecords(reader, 'Model', ['api'], { limit: 2, position })
    seen.push(...page.items.map(({ record }) => record.name))
    position = page.position
  } while (position !== undefined)
  expect(seen.toSorted()).toEqual(names.toSorted())
  expect(seen).toHaveLength(names.length)
})

test('refuses positions it did not give and limits below one', () => {
  for (const position of ['x', '', 'bnVsbA', 'WyJhIl0']) {
    expect(() => pageOfList([1, 2], { position })).toThrow('Invalid position specified')
  }
  expect(() => pageOfList([1], { limit: 0 })).toThrow('Invalid limit specified')
  expect(pageOfList(Array.from({ length: 600 }), { limit: 1000 }).items).toHaveLength(500)
  expect(pageOfList(Array.from({ length: 600 }), {}).items).toHaveLength(25)
})
