// The buckets that all requests of an account share, whichever kind of API they call, and all its new connections. Security E.
import { accountBucketKey, connectionBucketKey } from '../../nouns/account-buckets.ts'
import type { Scope } from '../../nouns/records.ts'
import type { BucketLimit, Rate } from '../../ports/counters.ts'
import { bucketOf } from './bucket.ts'

/** No bucket where the account has no limit. */
export function accountBucket(scope: Scope, rate: Rate | undefined): readonly BucketLimit[] {
  return bucketOf(accountBucketKey(scope), rate)
}

/** What new WebSocket connections take from beside. No bucket where they have no limit. WebSocket 31.1. */
export function connectionBucket(scope: Scope, rate: Rate | undefined): readonly BucketLimit[] {
  return bucketOf(connectionBucketKey(scope), rate)
}
