// Records in blocks against records in one sorted list, whatever is packed meanwhile.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OpenBlocks, RecordBlocks, type Draft, type Kept } from './record-blocks.ts'

/** From `''` to the end. */
const everything = { from: '', to: undefined, limit: undefined }

/** Few values, many records: blocks are cut, emptied and filled anew. */
const key = fc.nat(2_000).map((value) => value.toString(36))
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constant('x'.repeat(1_000)))
const writes = fc.array(fc.tuple(key, fc.option(text)), { minLength: 100, maxLength: 1_500 })

function write(draft: Draft, [key, record]: readonly [string, string | null]): void {
  if (record === null) draft.delete(key)
  else draft.put(key, record)
}

test.each([
  ['where blocks are packed', new OpenBlocks(2)],
  ['where none is', undefined],
])('every commit shows all that was written, in key order, and changes no earlier one: %s', async (_, openBlocks) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(writes, { minLength: 1, maxLength: 4 }),
      key,
      key,
      fc.nat(50),
      async (commits, from, to, limit) => {
        let records = new RecordBlocks(openBlocks)
        const expected = new Map<string, string>()
        const before: (readonly [Iterable<readonly [string, Kept]>, [string, string][]])[] = []
        const sorted = (): [string, string][] => [...expected].sort(([left], [right]) => (left < right ? -1 : 1))
        for (const commit of commits) {
          const draft = records.draft()
          for (const each of commit) write(draft, each)
          expect([...records.list(everything)]).toEqual(sorted())
          records = await draft.finished()
          for (const [key, record] of commit) {
            if (record === null) expected.delete(key)
            else expected.set(key, record)
          }
          before.push([records.list(everything), sorted()])
          const between = sorted().filter(([each]) => each >= from && each < to)
          expect([...records.list({ from, to, limit: undefined })]).toEqual(between)
          expect([...records.list({ from, to, limit })]).toEqual(between.slice(0, limit))
          for (const [key, record] of expected) expect(records.get(key)).toBe(record)
          expect(records.get(`${from}.`)).toBeUndefined()
        }
        for (const [list, then] of before) expect([...list]).toEqual(then)
      },
    ),
    { numRuns: 15 },
  )
})

test('a text that is not well-formed is given back as it is', async () => {
  const openBlocks = new OpenBlocks(0)
  const draft = new RecordBlocks(openBlocks).draft()
  draft.put('\uD800', 'one')
  draft.put('a', '\uDC00')
  const records = await draft.finished()
  expect(records.get('\uD800')).toBe('one')
  expect(records.get('a')).toBe('\uDC00')
})
