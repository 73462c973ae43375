// What a handler is given beside its input: the transaction, who calls, and the few facts of the place it runs in.
import type { Ids } from '../nouns/ids.ts'
import type { AdjustableLimits } from '../nouns/limits.ts'
import type { Scope } from '../nouns/records.ts'
import type { Objects } from '../ports/objects.ts'
import type { Transaction } from '../ports/store.ts'

/** Who made a control-plane call. In `dev` any credentials are the account's root. */
export interface Principal {
  readonly account: string
  /** `arn:aws:iam::ACCOUNT:root`, `…:user/NAME`, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
  readonly arn: string
  readonly userId: string
  readonly accessKeyId: string
  /** What the policies of the user or role say, as JSON texts; root needs none. */
  readonly policies?: readonly string[]
}

/** Addresses that answers hand out. */
export interface Addresses {
  /** `http://{apiId}.execute-api.{domain}:{port}` for a v2 API's `apiEndpoint`. */
  readonly apiEndpoint: (apiId: string) => string
}

/** The stage through whose URL `@connections` was called. */
export interface ConnectionsTarget {
  /** The account that the API belongs to. */
  readonly account: string
  readonly apiId: string
  readonly stageName: string
}

export interface Call {
  readonly scope: Scope
  readonly principal: Principal
  readonly requestId: string
  /** Epoch milliseconds on the product's clock. AWS's timestamps are seconds: see `nowSeconds`. */
  readonly nowMs: number
  readonly ids: Ids
  readonly addresses: Addresses
  /** Reads and writes of this call, committed together when the handler returns. */
  readonly store: Transaction
  /** What `s3://` names; absent: nothing. */
  readonly objects?: Objects | undefined
  /** Whether the tag `_custom_id_` may choose a new resource's id (`dev` only). */
  readonly customIds: boolean
  readonly limits: AdjustableLimits
  /** For `@connections` alone: whose URL it was; undefined on a URL that names no API. */
  readonly connectionsOf?: ConnectionsTarget | undefined
}

/** The call's time as AWS stores it: whole epoch seconds. */
export function nowSeconds(call: Call): number {
  return Math.floor(call.nowMs / 1000)
}
