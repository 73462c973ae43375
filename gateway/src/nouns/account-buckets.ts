// The token buckets that an account has in a region: both the data plane and `@connections` take from them, and mean the same by a name. Security E.
import type { Scope } from './records.ts'

/** What all requests share, whichever kind of API they call. */
export function accountBucketKey({ account, region }: Scope): string {
  return `account ${account} ${region}`
}

/** What all new WebSocket connections share. WebSocket 31.1. */
export function connectionBucketKey({ account, region }: Scope): string {
  return `connections ${account} ${region}`
}
