// Tallies: exact counts and sums, percentiles within their promise, merges that lose nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketMiddle, bucketOf, Tally } from './tally.ts'

const tallyOf = (values: readonly number[]): Tally => {
  const tally = new Tally()
  for (const value of values) tally.add(value)
  return tally
}

describe('buckets', () => {
  test('whole numbers below 128 have a bucket of their own', () => {
    for (let value = 0; value < 128; value++) expect(bucketMiddle(bucketOf(value))).toBe(value)
  })

  test('a bucket’s middle is within 0.8 % of every value in it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (value) => {
        expect(Math.abs(bucketMiddle(bucketOf(value)) - value) / value).toBeLessThanOrEqual(0.008)
      }),
    )
  })

  test('larger values have larger buckets', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (left, right) => {
        if (left < right) expect(bucketOf(left)).toBeLessThanOrEqual(bucketOf(right))
      }),
    )
  })
})

describe('tallies', () => {
  test('count, sum and bounds are exact', () => {
    const { count, sum, minimum, maximum } = tallyOf([5, 100_001, 7])
    expect({ count, sum, minimum, maximum }).toEqual({ count: 3, sum: 100_013, minimum: 5, maximum: 100_001 })
  })

  test('percentiles are the nearest rank', () => {
    const tally = tallyOf(Array.from({ length: 100 }, (_, index) => index + 1))
    expect([0, 1, 50, 90, 99, 99.9, 100].map((percent) => tally.percentile(percent))).toEqual([
      1, 1, 50, 90, 99, 100, 100,
    ])
  })

  test('nothing counted has no percentile', () => {
    expect(new Tally().percentile(50)).toBeUndefined()
  })

  test('a merge of records counts as if all had been added to one', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000)), fc.array(fc.nat(1_000_000)), (left, right) => {
        const merged = new Tally()
        merged.merge(tallyOf(left).record())
        merged.merge(tallyOf(right).record())
        expect(merged.record()).toEqual(tallyOf([...left, ...right]).record())
      }),
    )
  })
})
