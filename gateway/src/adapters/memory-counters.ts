// Counters of one process: buckets in memory, quotas in memory and in the store.
import type { Clock } from '../ports/clock.ts'
import type { Counters, Limit, QuotaLimit } from '../ports/counters.ts'
import type { Store } from '../ports/store.ts'
import { QuotaBook } from './quota-book.ts'
import { TokenBuckets } from './token-buckets.ts'

export function createMemoryCounters(store: Store, clock: Clock): Counters & { readonly buckets: TokenBuckets } {
  const buckets = new TokenBuckets(clock)
  const quotas = new QuotaBook(store, clock)

  /** Nothing waits between the looking and the taking: requests that come together cannot take the same token. */
  const admitNow = (limits: readonly Limit[], nowMs: number): number => {
    for (let index = 0; index < limits.length; index++) {
      const limit = limits[index]
      if (limit === undefined) continue
      const has = limit.kind === 'bucket' ? buckets.has(limit, nowMs) : quotas.has(limit, nowMs)
      if (!has) return index
    }
    for (const limit of limits) {
      if (limit.kind === 'bucket') buckets.take(limit, nowMs)
      else quotas.take(limit, nowMs)
    }
    return -1
  }
  const closedIn = (limits: readonly Limit[], nowMs: number): QuotaLimit | undefined => {
    for (const limit of limits) if (limit.kind === 'quota' && !quotas.isOpen(limit, nowMs)) return limit
    return undefined
  }
  const openThen = async <Result>(limits: readonly Limit[], work: (nowMs: number) => Result): Promise<Result> => {
    // Another day may begin, or the key may leave its plan, while the count is looked up.
    for (;;) {
      const nowMs = clock.now()
      const closed = closedIn(limits, nowMs)
      if (closed === undefined) return work(nowMs)
      await quotas.open(closed, nowMs)
    }
  }

  return {
    buckets,
    admit: (limits) => {
      const nowMs = clock.now()
      if (closedIn(limits, nowMs) === undefined) return admitNow(limits, nowMs)
      return openThen(limits, (laterMs) => admitNow(limits, laterMs))
    },
    state: (limit) => {
      const nowMs = clock.now()
      if (limit.kind === 'bucket') return { tokens: buckets.tokensOf(limit, nowMs) }
      return quotas.isOpen(limit, nowMs) ? quotas.state(limit, nowMs) : undefined
    },
    setRemaining: async (quota, remaining) => {
      await openThen([quota], (nowMs) => quotas.setRemaining(quota, remaining, nowMs))
      await quotas.flush()
    },
    usage: (key, first, last) => quotas.days(key, first, last),
    flush: () => quotas.flush(),
    close: async () => {
      buckets.close()
      await quotas.close()
    },
  }
}
