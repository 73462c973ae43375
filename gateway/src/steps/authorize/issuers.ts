// Every token issuer that authorizers name, and the tokens found right so far: one for a whole gateway.
import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { TokenTimes } from './jwt-claims.ts'
import { IssuerKeys, type KeySet } from './jwt-keys.ts'
import { KnownTokens } from './known-tokens.ts'

/** A token whose signature and issuer were found right, by keys that may be replaced. */
export interface VerifiedToken extends TokenTimes {
  readonly issuer: IssuerKeys
  readonly keySet: KeySet
  /** Read from the token when somebody asks: most backends never see the claims, and a remembered token is small without them. */
  readonly claims: Readonly<Record<string, unknown>>
  /** Made when somebody first reads them. */
  readonly claimTexts: Readonly<Record<string, string>>
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
}

export class Issuers {
  readonly clock: Clock
  readonly verified = new KnownTokens()
  private readonly upstream: Upstream
  private readonly keys = new Map<string, IssuerKeys>()

  constructor(upstream: Upstream, clock: Clock) {
    this.upstream = upstream
    this.clock = clock
  }

  /** The keys of an issuer, shared by all authorizers that name it. */
  keysOf(issuer: string): IssuerKeys {
    let keys = this.keys.get(issuer)
    if (keys === undefined) this.keys.set(issuer, (keys = new IssuerKeys(issuer, this.upstream, this.clock)))
    return keys
  }

  /** Whether an issuer answers as one now; its keys are not fetched, and nothing is remembered. */
  reaches(issuer: string): Promise<boolean> {
    return new IssuerKeys(issuer, this.upstream, this.clock).discover().then(
      () => true,
      () => false,
    )
  }
}
