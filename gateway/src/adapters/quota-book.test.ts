// Counts in memory: how many stay.
import { expect, test } from 'vitest'
import type { QuotaLimit } from '../ports/counters.ts'
import { VirtualClock } from './clocks.ts'
import { createMemoryStore } from './memory-store.ts'
import { QuotaBook } from './quota-book.ts'

const scope = { account: '000000000000', region: 'us-east-1' }

const quotaOf = (planId: string, keyId: string): QuotaLimit => ({
  kind: 'quota',
  scope,
  planId,
  keyId,
  limit: 2,
  period: 'DAY',
  offset: 0,
})

test('counts beyond the most are let go once rows have them, and looked up when their keys come back', async () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20))
  const store = createMemoryStore()
  const book = new QuotaBook(store, clock, 100)
  const quotas = Array.from({ length: 500 }, (_, index) => quotaOf(`p${index % 3}`, `k${index}`))
  const take = async (quota: QuotaLimit): Promise<void> => {
    const nowMs = clock.now()
    while (!book.isOpen(quota, nowMs)) await book.open(quota, nowMs)
    expect(book.has(quota, nowMs)).toBe(true)
    book.take(quota, nowMs)
  }
  for (let round = 1; round <= 2; round++) {
    for (const quota of quotas) await take(quota)
    await book.flush()
    await take(quotaOf('p3', `other ${round}`))
    await expect.poll(() => book.size).toBeLessThanOrEqual(100)
  }
  for (const quota of quotas) {
    if (!book.isOpen(quota, clock.now())) await book.open(quota, clock.now())
    expect(book.state(quota, clock.now())).toEqual({ used: 2, remaining: 0 })
  }
  await book.close()
  expect((await store.read(scope).list('UsageDay', [])).length).toBe(502)
})
