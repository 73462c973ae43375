// Keys in blocks against keys in one sorted list.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderedKeys } from './ordered-keys.ts'

test('any range of any keys, added and deleted in any order, is that of one sorted list', () => {
  // Few values, many keys: blocks are cut, emptied and filled anew.
  const key = fc.nat(4_000).map((value) => value.toString(36))
  const steps = fc.array(fc.tuple(fc.nat(3), key), { minLength: 1_500, maxLength: 6_000 })
  fc.assert(
    fc.property(steps, key, key, fc.nat(50), (writes, from, to, limit) => {
      const keys = new OrderedKeys()
      const expected = new Set<string>()
      for (const [kind, each] of writes) {
        if (kind === 0) {
          keys.delete(each)
          expected.delete(each)
        } else if (!expected.has(each)) {
          keys.add(each)
          expected.add(each)
        }
      }
      const sorted = [...expected].sort()
      expect(keys.range('', undefined)).toEqual(sorted)
      const between = sorted.filter((each) => each >= from && each < to)
      expect(keys.range(from, to)).toEqual(between)
      expect(keys.range(from, to, limit)).toEqual(between.slice(0, limit))
      for (const each of sorted) keys.delete(each)
      expect(keys.range('', undefined)).toEqual([])
    }),
    { numRuns: 20 },
  )
})
