// The context of a call that handlers get beside their input: the transaction, the caller, and a few facts about the gateway.
import type { Backends } from '../nouns/backends.ts'
import type { Ids } from '../nouns/ids.ts'
import type { AdjustableLimits } from '../nouns/limits.ts'
import type { Scope } from '../nouns/records.ts'
import type { Documents } from '../ports/documents.ts'
import type { Objects } from '../ports/objects.ts'
import type { KnownPrincipal } from '../ports/principals.ts'
import type { Transaction } from '../ports/store.ts'
import type { Demand } from './authorization.ts'

/** The caller of a control-plane call. In `dev` any credentials are the account's root. */
export interface Principal {
  readonly account: string
  /** `arn:aws:iam::ACCOUNT:root`, `…:user/NAME`, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
  readonly arn: string
  readonly userId: string
  readonly accessKeyId: string
  /** The owner of the key and what its policies say; absent for a key that nobody knows, and for a call without one. */
  readonly known?: KnownPrincipal | undefined
}

/** Addresses that answers contain. */
export interface Addresses {
  /** `http://{apiId}.execute-api.{domain}:{port}` for a v2 API's `apiEndpoint`. */
  readonly apiEndpoint: (apiId: string) => string
}

/** The stage through whose URL `@connections` was called, with the API's account and region. */
export interface ConnectionsTarget extends Scope {
  readonly apiId: string
  readonly stageName: string
}

export interface Call {
  readonly scope: Scope
  readonly principal: Principal
  readonly requestId: string
  /** How the caller reached this gateway: `http://127.0.0.1:4566`. */
  readonly origin: string
  /** The caller's IP address, for policies that depend on it. */
  readonly sourceIp?: string | undefined
  readonly userAgent?: string | undefined
  /** Epoch milliseconds on the product's clock. AWS's timestamps are seconds: see `nowSeconds`. */
  readonly nowMs: number
  readonly ids: Ids
  readonly addresses: Addresses
  /** Reads and writes of this call, committed together when the handler returns. */
  readonly store: Transaction
  /** Reads documents that are imported. */
  readonly documents: Documents
  /** The objects that `s3://` URLs name; absent when there are none. */
  readonly objects?: Objects | undefined
  /** Whether the tag `_custom_id_` may choose a new resource's id (`dev` only). */
  readonly customIds: boolean
  readonly limits: AdjustableLimits
  /** The addresses that stand for ARNs of listeners and Cloud Map services. */
  readonly backends: Backends
  /** The token issuers named in this call whose metadata could not be read. Empty when issuers are not asked. */
  readonly unreachableIssuers: ReadonlySet<string>
  /** Logs a warning for the operator about something that the call stored and that will not work. */
  readonly warn: (facts: Readonly<Record<string, unknown>>, sentence: string) => void
  /**
   * Throws ServiceFault unless the caller has a permission that the call needs besides its own action; absent when
   * permissions are not checked.
   */
  readonly require?: ((permission: Omit<Demand, 'region'>) => void) | undefined
  /** The API and stage whose URL `@connections` was called by; undefined on a URL that names no API. */
  readonly connectionsOf?: ConnectionsTarget | undefined
}

/** The call's time as AWS stores it: whole epoch seconds. */
export function nowSeconds(call: Call): number {
  return Math.floor(call.nowMs / 1000)
}
