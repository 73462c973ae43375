// Token buckets in memory. A bucket that is full again is forgotten: idle ones cost nothing.
import type { BucketLimit } from '../ports/counters.ts'
import type { Clock } from '../ports/clock.ts'

interface Bucket {
  tokens: number
  atMs: number
  /** When it will be full. */
  fullAtMs: number
}

/** How often buckets that are full are looked for. */
const sweepMs = 10_000
/** Tokens are fractions: what lacks less than this is whole. */
const rounding = 1e-9

export class TokenBuckets {
  private readonly clock: Clock
  private readonly buckets = new Map<string, Bucket>()
  private stopSweeping: (() => void) | undefined

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** How many buckets are not full. */
  get size(): number {
    return this.buckets.size
  }

  has(limit: BucketLimit, nowMs: number): boolean {
    return this.tokensOf(limit, nowMs) >= 1 - rounding
  }

  /** Takes a token that `has` found. */
  take(limit: BucketLimit, nowMs: number): void {
    const tokens = this.tokensOf(limit, nowMs) - 1
    const fullAtMs = nowMs + ((limit.burst - tokens) / limit.rate) * 1000
    const bucket = this.buckets.get(limit.key)
    if (bucket === undefined) {
      this.buckets.set(limit.key, { tokens, atMs: nowMs, fullAtMs })
      this.stopSweeping ??= this.clock.after(sweepMs, () => this.sweep())
      return
    }
    bucket.tokens = tokens
    bucket.atMs = nowMs
    bucket.fullAtMs = fullAtMs
  }

  /** What is in a bucket now. */
  tokensOf({ key, rate, burst }: BucketLimit, nowMs: number): number {
    // AWS: a limit of 0 lets nothing through, however large the other is.
    if (rate <= 0) return 0
    const bucket = this.buckets.get(key)
    if (bucket === undefined) return burst
    if (nowMs < bucket.atMs) setBack(bucket, nowMs)
    return Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) * rate) / 1000)
  }

  close(): void {
    this.stopSweeping?.()
  }

  private sweep(): void {
    this.stopSweeping = undefined
    const nowMs = this.clock.now()
    for (const [key, bucket] of this.buckets) {
      if (nowMs < bucket.atMs) setBack(bucket, nowMs)
      if (bucket.fullAtMs <= nowMs) this.buckets.delete(key)
    }
    if (this.buckets.size > 0) this.stopSweeping = this.clock.after(sweepMs, () => this.sweep())
  }
}

/** A clock that was set back gives nothing and takes nothing: the bucket goes on filling from now, not from when it was. */
function setBack(bucket: Bucket, nowMs: number): void {
  bucket.fullAtMs -= bucket.atMs - nowMs
  bucket.atMs = nowMs
}
