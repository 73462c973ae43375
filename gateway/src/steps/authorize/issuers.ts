// Every token issuer that authorizers name, and the tokens found right so far: one for a whole gateway.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { TokenTimes } from './jwt-claims.ts'
import { IssuerKeys, type KeySet } from './jwt-keys.ts'

/** A token whose signature and issuer were found right, by keys that may be replaced. */
export interface VerifiedToken extends TokenTimes {
  readonly issuer: IssuerKeys
  readonly keySet: KeySet
  readonly claims: Readonly<Record<string, unknown>>
  readonly claimTexts: Readonly<Record<string, string>>
  readonly scopes: readonly string[]
}

/** Remembered tokens: so many, and so many bytes, by an estimate from their length. */
const maximumTokens = 10_000
const maximumTokenBytes = 32 * 1024 * 1024
/** A token, its claims as values and as texts, each shorter than the token, and what holds them. */
const bytesOf = (_: VerifiedToken, token: string): number => token.length * 4 + 512

export class Issuers {
  readonly clock: Clock
  readonly verified = new LRUCache<string, VerifiedToken>({
    max: maximumTokens,
    maxSize: maximumTokenBytes,
    sizeCalculation: bytesOf,
  })
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
}
