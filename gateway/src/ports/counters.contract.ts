// What every adapter of the counters port does, with the store that it keeps quotas in.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseDay } from '../nouns/quota.ts'
import type { BucketLimit, Counters, Limit, QuotaLimit } from './counters.ts'
import type { Store } from './store.ts'

/** A clock that the suite moves. */
export interface MovableClock {
  readonly now: () => number
  readonly advance: (milliseconds: number) => void
  /** Sets it, forward or back, as somebody sets the time of a machine. */
  readonly set: (epochMs: number) => void
}

export interface CountersContract {
  readonly store: () => Store
  /** `startMs`: epoch milliseconds. */
  readonly clock: (startMs: number) => MovableClock
  /** Counters over a store; also a second time over the same, as after a restart. */
  readonly counters: (store: Store, clock: MovableClock) => Counters
}

/** A Friday. */
const startMs = Date.UTC(2026, 10, 20, 7, 13, 5)
const scope = { account: '000000000000', region: 'us-east-1' }
const quota: QuotaLimit = { kind: 'quota', scope, planId: 'p1', keyId: 'k1', limit: 3, period: 'DAY', offset: 0 }
const day = (text: string): number => parseDay(text) ?? Number.NaN

export function countersContract(name: string, create: CountersContract): void {
  describe(`counters: ${name}`, () => {
    let store: Store
    let clock: MovableClock
    let counters: Counters

    beforeEach(async () => {
      store = create.store()
      clock = create.clock(startMs)
      counters = create.counters(store, clock)
      await store.transact(scope, async (transaction) => {
        for (const keyId of ['k1', 'k2']) transaction.put('UsagePlanKey', ['p1', keyId], { id: keyId })
      })
    })

    afterEach(async () => {
      await counters.close()
      await store.close()
    })

    const bucket = (key: string, rate: number, burst: number): BucketLimit => ({ kind: 'bucket', key, rate, burst })
    const passes = async (limits: readonly Limit[], requests: number): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: requests }, async () => counters.admit(limits)))
      return answers.filter((index) => index === -1).length
    }

    test('a bucket gives its burst, then what flows in', async () => {
      const limits = [bucket('a', 4, 10)]
      expect(await passes(limits, 25)).toBe(10)
      clock.advance(249)
      expect(await passes(limits, 5)).toBe(0)
      clock.advance(1)
      expect(await passes(limits, 5)).toBe(1)
      clock.advance(1_000)
      expect(await passes(limits, 25)).toBe(4)
      clock.advance(1_000_000)
      expect(await passes(limits, 25)).toBe(10)
    })

    test('buckets of other keys are others', async () => {
      expect(await passes([bucket('a', 1, 2)], 5)).toBe(2)
      expect(await passes([bucket('b', 1, 2)], 5)).toBe(2)
    })

    test('a rate or a burst of 0 lets nothing through', async () => {
      expect(await passes([bucket('a', 0, 5)], 3)).toBe(0)
      expect(await passes([bucket('b', 5, 0)], 3)).toBe(0)
    })

    test('a limit that changes holds at once', async () => {
      expect(await passes([bucket('a', 1, 10)], 1)).toBe(1)
      expect(await passes([bucket('a', 1, 3)], 10)).toBe(3)
      expect(await passes([bucket('a', 1, 10)], 10)).toBe(0)
    })

    test('the first limit that has nothing left is told, and nothing is taken from the others', async () => {
      const [wide, narrow] = [bucket('wide', 1, 5), bucket('narrow', 1, 2)]
      expect(await passes([wide, quota, narrow], 10)).toBe(2)
      expect(await counters.admit([wide, quota, narrow])).toBe(2)
      expect(await passes([quota], 10)).toBe(1)
      expect(await counters.admit([wide, quota, narrow])).toBe(1)
      expect(await passes([wide], 10)).toBe(3)
      expect(await counters.admit([wide, quota, narrow])).toBe(0)
    })

    test('a quota lets exactly its limit pass in a period, also when requests come together', async () => {
      expect(await passes([{ ...quota, limit: 100 }], 250)).toBe(100)
      clock.advance(86_400_000)
      expect(await passes([{ ...quota, limit: 100 }], 250)).toBe(100)
    })

    test('a limit that is raised or lowered counts what was used', async () => {
      expect(await passes([quota], 2)).toBe(2)
      expect(await passes([{ ...quota, limit: 1 }], 2)).toBe(0)
      expect(await passes([{ ...quota, limit: 4 }], 9)).toBe(2)
    })

    test('weeks and months begin on their days', async () => {
      const week: QuotaLimit = { ...quota, period: 'WEEK', offset: 6 }
      expect(await passes([week], 9)).toBe(3)
      // Saturday: another week.
      clock.advance(86_400_000)
      expect(await passes([week], 9)).toBe(3)
      clock.advance(6 * 86_400_000)
      expect(await passes([week], 9)).toBe(0)
      const month: QuotaLimit = { ...quota, keyId: 'k2', period: 'MONTH' }
      expect(await passes([month], 9)).toBe(3)
      clock.advance(4 * 86_400_000)
      expect(await passes([month], 9)).toBe(3)
    })

    test('counts outlive a restart', async () => {
      expect(await passes([quota], 2)).toBe(2)
      await counters.close()
      counters = create.counters(store, clock)
      expect(await passes([quota], 9)).toBe(1)
    })

    test('a crash loses what the last second counted, and no more', async () => {
      expect(await passes([quota], 2)).toBe(2)
      clock.advance(1_000)
      await new Promise((resolve) => setImmediate(resolve))
      await store.transact(scope, async () => {})
      // Nothing is closed: the process is gone.
      counters = create.counters(store, clock)
      expect(await passes([quota], 9)).toBe(1)
    })

    test('days tell what was used and what was left', async () => {
      const week: QuotaLimit = { ...quota, period: 'WEEK', limit: 10 }
      await passes([week], 3)
      clock.advance(86_400_000)
      await passes([week], 2)
      expect([...(await counters.usage(week, day('2026-11-20'), day('2026-11-21')))]).toEqual([
        [day('2026-11-20'), { used: 3, granted: 0, remaining: 7 }],
        [day('2026-11-21'), { used: 2, granted: 0, remaining: 5 }],
      ])
      expect([...(await counters.usage(week, day('2026-11-01'), day('2026-11-20')))]).toEqual([
        [day('2026-11-20'), { used: 3, granted: 0, remaining: 7 }],
      ])
      expect((await counters.usage({ ...week, keyId: 'k2' }, day('2026-11-01'), day('2026-11-30'))).size).toBe(0)
    })

    test('tells how a limit stands, and changes nothing by it', async () => {
      const limit = bucket('a', 4, 10)
      await passes([limit, quota], 2)
      clock.advance(125)
      for (let times = 0; times < 2; times++) {
        expect(counters.state(limit)).toEqual({ tokens: 8.5 })
        expect(counters.state(quota)).toEqual({ used: 2, remaining: 1 })
      }
      expect(counters.state({ ...quota, keyId: 'k2' })).toBeUndefined()
    })

    test('a clock that is set back neither empties a bucket nor holds it up, and one that is set ahead fills it once', async () => {
      const limits = [bucket('a', 4, 10)]
      expect(await passes(limits, 25)).toBe(10)
      clock.set(startMs - 3_600_000)
      expect(await passes(limits, 5)).toBe(0)
      clock.advance(500)
      expect(await passes(limits, 5)).toBe(2)
      clock.set(startMs + 3_600_000)
      expect(await passes(limits, 25)).toBe(10)
      clock.set(startMs)
      expect(await passes(limits, 5)).toBe(0)
      clock.advance(250)
      expect(await passes(limits, 5)).toBe(1)
    })

    test('a clock that is set goes on with the quota of its day, and comes back to what was used', async () => {
      expect(await passes([quota], 2)).toBe(2)
      clock.set(startMs + 400 * 86_400_000)
      expect(await passes([quota], 9)).toBe(3)
      clock.set(startMs)
      expect(await passes([quota], 9)).toBe(1)
      clock.advance(86_400_000)
      expect(await passes([quota], 9)).toBe(3)
      clock.set(startMs + 400 * 86_400_000)
      expect(await passes([quota], 9)).toBe(0)
    })

    test('a clock that is set within a period gives nothing twice', async () => {
      const month: QuotaLimit = { ...quota, period: 'MONTH' }
      clock.advance(86_400_000)
      expect(await passes([month], 2)).toBe(2)
      clock.set(startMs)
      expect(await passes([month], 9)).toBe(1)
      clock.set(startMs + 86_400_000)
      expect(await passes([month], 9)).toBe(0)
    })

    test('days are kept for 90 days before the last one of use', async () => {
      const days = async (): Promise<readonly string[]> => {
        await counters.close()
        counters = create.counters(store, clock)
        return (await store.read(scope).list('UsageDay', ['p1', 'k1'])).map(({ key }) => key[2] ?? '')
      }
      await passes([quota], 1)
      clock.set(Date.UTC(2027, 1, 17))
      await passes([quota], 1)
      clock.advance(86_400_000)
      await passes([quota], 1)
      expect(await days()).toEqual(['2026-11-20', '2027-02-17', '2027-02-18'])
      clock.advance(86_400_000)
      await passes([quota], 1)
      expect(await days()).toEqual(['2026-11-20', '2027-02-17', '2027-02-18', '2027-02-19'])
      clock.advance(86_400_000)
      await passes([quota], 1)
      expect(await days()).toEqual(['2027-02-17', '2027-02-18', '2027-02-19', '2027-02-20'])
      // A clock that is set ahead by mistake forgets nothing.
      clock.set(Date.UTC(2040, 0, 1))
      await passes([quota], 1)
      clock.set(Date.UTC(2027, 1, 21))
      await passes([quota], 1)
      const kept = ['2027-02-17', '2027-02-18', '2027-02-19', '2027-02-20', '2027-02-21', '2040-01-01']
      expect(await days()).toEqual(kept)
    })

    test('what remains can be set, for the period only', async () => {
      await passes([quota], 3)
      await counters.setRemaining(quota, 5)
      expect(await passes([quota], 9)).toBe(5)
      clock.advance(86_400_000)
      expect(await passes([quota], 9)).toBe(3)
    })

    test('a key that leaves its plan leaves its counts', async () => {
      await passes([quota], 3)
      await counters.flush()
      await store.transact(scope, async (transaction) => {
        transaction.delete('UsagePlanKey', ['p1', 'k1'])
        for (const { key } of await transaction.list('UsageDay', ['p1', 'k1'])) transaction.delete('UsageDay', key)
      })
      await store.transact(scope, async (transaction) => transaction.put('UsagePlanKey', ['p1', 'k1'], { id: 'k1' }))
      expect(await passes([quota], 9)).toBe(3)
    })
  })
}
