// A rate as the bucket that a request takes from.
import type { BucketLimit, Rate } from '../../ports/counters.ts'

/** None where there is no limit. */
export function bucketOf(key: string, rate: Rate | undefined): readonly BucketLimit[] {
  return rate === undefined ? [] : [{ kind: 'bucket', key, client: undefined, rate: rate.rate, burst: rate.burst }]
}
