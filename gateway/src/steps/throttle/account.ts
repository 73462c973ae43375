// The bucket that all requests of an account share, whichever kind of API they call. S E.
import type { Scope } from '../../nouns/records.ts'
import type { BucketLimit, Rate } from '../../ports/counters.ts'

/** No bucket where the account has no limit. */
export function accountBucket({ account, region }: Scope, rate: Rate | undefined): readonly BucketLimit[] {
  return rate === undefined
    ? []
    : [{ kind: 'bucket', key: `account ${account} ${region}`, rate: rate.rate, burst: rate.burst }]
}
