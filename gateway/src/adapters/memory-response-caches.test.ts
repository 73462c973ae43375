// Response caches in memory: bounded in time and bytes, also when the clock is set.
import { expect, test } from 'vitest'
import type { ResponseCache } from '../ports/response-cache.ts'
import { VirtualClock } from './clocks.ts'
import { createMemoryResponseCaches } from './memory-response-caches.ts'

const answer = { status: 200, headers: [], body: 'kept', traceAt: 0 }
const hour = 3_600_000

function cacheOf(clock: VirtualClock): ResponseCache {
  return createMemoryResponseCaches(clock).of({ stage: 'a:prod', bytes: 1_000, flushId: '' })
}

test('an answer is kept for its time to live', () => {
  const clock = new VirtualClock(0)
  const cache = cacheOf(clock)
  cache.set('k', answer, { bytes: 10, ttlMs: 1_000 })
  clock.advance(999)
  expect(cache.get('k')).toBe(answer)
  clock.advance(1)
  expect(cache.get('k')).toBeUndefined()
})

test('a clock that is set back makes no answer live longer, and one that is set ahead ends it', () => {
  const clock = new VirtualClock(10 * hour)
  const cache = cacheOf(clock)
  cache.set('k', answer, { bytes: 10, ttlMs: 1_000 })
  clock.set(9 * hour)
  expect(cache.get('k')).toBeUndefined()
  cache.set('k', answer, { bytes: 10, ttlMs: 1_000 })
  expect(cache.get('k')).toBe(answer)
  clock.set(10 * hour)
  expect(cache.get('k')).toBeUndefined()
})

test('beyond its bytes the least used go', () => {
  const cache = cacheOf(new VirtualClock(0))
  for (let index = 0; index < 20; index++) cache.set(`k${index}`, answer, { bytes: 100, ttlMs: hour })
  expect(Array.from({ length: 20 }, (_, index) => cache.get(`k${index}`)).filter(Boolean)).toHaveLength(10)
})
