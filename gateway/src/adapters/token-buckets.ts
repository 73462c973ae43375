// Token buckets in memory. A bucket that is full again is forgotten: idle ones cost nothing.
import { Turns } from '../nouns/turns.ts'
import type { BucketLimit } from '../ports/counters.ts'
import type { Clock } from '../ports/clock.ts'

interface Bucket {
  tokens: number
  atMs: number
  /** When it will be full. */
  fullAtMs: number
}

/** Buckets that are full are looked for so often, and forgotten when nobody took from them for so long. */
const sweepMs = 10_000
/** Between two looks at the clock. */
const bucketsPerLook = 64
/** Tokens are fractions: what lacks less than this is whole. */
const rounding = 1e-9

export class TokenBuckets {
  private readonly clock: Clock
  private readonly buckets = new Map<string, Bucket>()
  /** Buckets of each client. Found by two names that stay the same objects: a text that is put together has to be read to be found. */
  private readonly clients = new Map<string, Map<string, Bucket>>()
  private stopSweeping: (() => void) | undefined
  private isClosed = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** How many buckets are not full. */
  get size(): number {
    return [...this.clients.values()].reduce((sum, { size }) => sum + size, this.buckets.size)
  }

  has(limit: BucketLimit, nowMs: number): boolean {
    return this.tokensOf(limit, nowMs) >= 1 - rounding
  }

  /** Takes a token that `has` found. */
  take(limit: BucketLimit, nowMs: number): void {
    const bucket = this.find(limit)
    const tokens = tokensIn(bucket, limit, nowMs) - 1
    const fullAtMs = nowMs + ((limit.burst - tokens) / limit.rate) * 1000
    if (bucket === undefined) {
      this.put(limit, { tokens, atMs: nowMs, fullAtMs })
      return
    }
    bucket.tokens = tokens
    bucket.atMs = nowMs
    bucket.fullAtMs = fullAtMs
  }

  /** What is in a bucket now. */
  tokensOf(limit: BucketLimit, nowMs: number): number {
    return tokensIn(this.find(limit), limit, nowMs)
  }

  close(): void {
    this.isClosed = true
    this.stopSweeping?.()
  }

  private find({ key, client }: BucketLimit): Bucket | undefined {
    return client === undefined ? this.buckets.get(key) : this.clients.get(key)?.get(client)
  }

  private put({ key, client }: BucketLimit, bucket: Bucket): void {
    if (client === undefined) {
      this.buckets.set(key, bucket)
    } else {
      const buckets = this.clients.get(key)
      if (buckets === undefined) this.clients.set(key, new Map([[client, bucket]]))
      else buckets.set(client, bucket)
    }
    this.sweepLater()
  }

  private sweepLater(): void {
    this.stopSweeping ??= this.clock.after(sweepMs, () => {
      void this.sweep()
    })
  }

  private async sweep(): Promise<void> {
    const turns = new Turns()
    let nowMs = this.clock.now()
    let looks = 0
    for (const buckets of [this.buckets, ...this.clients.values()]) {
      for (const [name, bucket] of buckets) {
        if (nowMs < bucket.atMs) setBack(bucket, nowMs)
        // One that is used all the time stays, however soon it is full.
        if (bucket.fullAtMs <= nowMs && bucket.atMs <= nowMs - sweepMs) buckets.delete(name)
        const others = ++looks % bucketsPerLook === 0 ? turns.next() : undefined
        if (others === undefined) continue
        await others
        nowMs = this.clock.now()
      }
    }
    for (const [key, { size }] of this.clients) if (size === 0) this.clients.delete(key)
    this.stopSweeping = undefined
    if (!this.isClosed && this.size > 0) this.sweepLater()
  }
}

function tokensIn(bucket: Bucket | undefined, { rate, burst }: BucketLimit, nowMs: number): number {
  // AWS: a limit of 0 lets nothing through, however large the other is.
  if (rate <= 0) return 0
  if (bucket === undefined) return burst
  if (nowMs < bucket.atMs) setBack(bucket, nowMs)
  return Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) * rate) / 1000)
}

/** A clock that was set back gives nothing and takes nothing: the bucket goes on filling from now, not from when it was. */
function setBack(bucket: Bucket, nowMs: number): void {
  bucket.fullAtMs -= bucket.atMs - nowMs
  bucket.atMs = nowMs
}
