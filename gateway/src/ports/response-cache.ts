// The response cache port: what a stage answered, for as long as it is to be remembered, within so many bytes. REST 11.
import type { Answer } from '../nouns/exchange.ts'

/** An answer that is complete: its headers without ids and trace. */
export interface StoredAnswer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Exclude<Answer['body'], AsyncIterable<Uint8Array>>
  /** The index in `headers` of the trace id, which differs with each request; 0 where there is none. */
  readonly traceAt: number
}

/** The cache of one stage. */
export interface ResponseCache {
  get(key: string): StoredAnswer | undefined
  /** `bytes`: about how much memory key and answer take. */
  set(key: string, answer: StoredAnswer, size: { readonly bytes: number; readonly ttlMs: number }): void
}

/** A stage's cache as it is configured: another size, or another flush, is another cache. */
export interface CacheSettings {
  /** Unique over all accounts. */
  readonly stage: string
  readonly bytes: number
  readonly flushId: string
}

export interface ResponseCaches {
  /** The stage's cache, with what is in it while the settings stay the same. */
  of(settings: CacheSettings): ResponseCache
}
