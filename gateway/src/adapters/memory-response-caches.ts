// Response caches in memory: one a stage, which lives as long as a plan uses it.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../ports/clock.ts'
import type { CacheSettings, ResponseCache, ResponseCaches, StoredAnswer } from '../ports/response-cache.ts'

interface Stored {
  readonly answer: StoredAnswer
  readonly bytes: number
  readonly sinceMs: number
  readonly ttlMs: number
}

export function createMemoryResponseCaches(clock: Clock): ResponseCaches {
  const caches = new Map<string, { readonly settings: CacheSettings; readonly cache: WeakRef<ResponseCache> }>()
  // When a stage is deleted its plan is collected, and its cache with it: what is left to forget is its name.
  const forget = new FinalizationRegistry<string>((stage) => {
    if (caches.get(stage)?.cache.deref() === undefined) caches.delete(stage)
  })
  return {
    of: (settings) => {
      const { stage, bytes, flushId } = settings
      const before = caches.get(stage)
      const kept = before?.cache.deref()
      if (kept !== undefined && before?.settings.bytes === bytes && before.settings.flushId === flushId) return kept
      const cache = newCache(bytes, clock)
      caches.set(stage, { settings, cache: new WeakRef(cache) })
      forget.register(cache, stage)
      return cache
    },
  }
}

function newCache(maximumBytes: number, clock: Clock): ResponseCache {
  const entries = new LRUCache<string, Stored>({ maxSize: maximumBytes, sizeCalculation: ({ bytes }) => bytes })
  return {
    get: (key) => {
      const stored = entries.get(key)
      if (stored === undefined) return undefined
      const ageMs = clock.now() - stored.sinceMs
      // A clock that was set back must not lengthen an answer's life.
      if (ageMs >= 0 && ageMs < stored.ttlMs) return stored.answer
      entries.delete(key)
      return undefined
    },
    set: (key, answer, { bytes, ttlMs }) => {
      entries.set(key, { answer, bytes, sinceMs: clock.now(), ttlMs })
    },
  }
}
