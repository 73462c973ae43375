// Values of one metric counted over some time: how many, their sum, their bounds, and a histogram for percentiles.

/** Bits of a value that a bucket keeps: with seven, a bucket's middle is within 0.8 % of every value in it. */
const exactBelow = 128
const halfBuckets = exactBelow / 2

/** The bucket of a value. Below 128 a bucket holds one whole number; above, 64 buckets share each power of two. */
export function bucketOf(value: number): number {
  const whole = value >= maximum ? maximum : Math.round(value)
  if (whole < exactBelow) return whole > 0 ? whole : 0
  const shift = 25 - Math.clz32(whole)
  return halfBuckets * shift + (whole >> shift)
}

/** The value that stands for all values of a bucket: the middle. */
export function bucketMiddle(bucket: number): number {
  if (bucket < exactBelow) return bucket
  const shift = Math.floor(bucket / halfBuckets) - 1
  const low = (bucket - halfBuckets * shift) * 2 ** shift
  return low + (2 ** shift - 1) / 2
}

/** Larger values count in the bucket of this one; bounds and sum stay exact. */
const maximum = 2 ** 31 - 1

/** A tally as it is kept: `[bucket, count]` pairs of the buckets that are not empty. */
export interface TallyRecord {
  readonly count: number
  readonly sum: number
  readonly minimum: number
  readonly maximum: number
  readonly buckets: readonly (readonly [bucket: number, count: number])[]
}

export class Tally {
  count = 0
  sum = 0
  minimum = Number.POSITIVE_INFINITY
  maximum = Number.NEGATIVE_INFINITY
  private buckets = new Uint32Array(16)

  /** `value`: not negative; the metric's unit is the caller's business. */
  add(value: number): void {
    this.count++
    this.sum += value
    if (value < this.minimum) this.minimum = value
    if (value > this.maximum) this.maximum = value
    const bucket = bucketOf(value)
    if (bucket >= this.buckets.length) this.grow(bucket)
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1
  }

  /** Adds all that another tally counted. */
  merge(other: TallyRecord): void {
    this.count += other.count
    this.sum += other.sum
    this.minimum = Math.min(this.minimum, other.minimum)
    this.maximum = Math.max(this.maximum, other.maximum)
    for (const [bucket, count] of other.buckets) {
      if (bucket >= this.buckets.length) this.grow(bucket)
      this.buckets[bucket] = (this.buckets[bucket] ?? 0) + count
    }
  }

  record(): TallyRecord {
    const buckets: [number, number][] = []
    for (const [bucket, count] of this.buckets.entries()) if (count > 0) buckets.push([bucket, count])
    return { count: this.count, sum: this.sum, minimum: this.minimum, maximum: this.maximum, buckets }
  }

  /** The value that `percent` % of the values do not exceed, within 0.8 %; undefined when nothing was counted. */
  percentile(percent: number): number | undefined {
    if (this.count === 0) return undefined
    if (percent <= 0) return this.minimum
    if (percent >= 100) return this.maximum
    const rank = Math.ceil((percent / 100) * this.count)
    let seen = 0
    for (const [bucket, count] of this.buckets.entries()) {
      seen += count
      if (seen >= rank) return Math.min(this.maximum, Math.max(this.minimum, bucketMiddle(bucket)))
    }
    return this.maximum
  }

  private grow(bucket: number): void {
    const larger = new Uint32Array(Math.max(bucket + 1, this.buckets.length * 2))
    larger.set(this.buckets)
    this.buckets = larger
  }
}
