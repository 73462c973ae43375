// The signing keys of one token issuer: discovered, fetched, kept for two hours, fetched again for a key they lack. HTTP 11.2.
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { utf8 } from '../../nouns/bytes.ts'
import type { Clock } from '../../ports/clock.ts'
import { UpstreamFault, type Upstream, type UpstreamAnswer } from '../../ports/upstream.ts'
import { TokenFault } from './jwt-token.ts'

/** An issuer's keys as one fetch found them. */
export interface KeySet {
  /** The RSA key of an id and algorithm; undefined when the issuer has none such. */
  readonly find: (keyId: string, algorithm: string) => KeyObject | undefined
  readonly fetchedAtMs: number
}

/** HTTP 21: discovery and JWKS have 1500 ms each; a JWKS has 150,000 bytes. */
const fetchTimeoutMs = 1500
const maximumBytes = 150_000
/** AWS keeps keys for two hours at most; from half of that on they are fetched anew behind a request's back. */
const keepMs = 7_200_000
const refreshMs = 3_600_000
/** Own: a token with an unknown key, or an issuer that does not answer, is no reason to ask more often than this. */
const refetchMs = 10_000

/** RFC 7518 3.3: RSA keys have 2048 bits at least. */
const minimumModulusBits = 2048

export class IssuerKeys {
  readonly issuer: string
  private readonly upstream: Upstream
  private readonly clock: Clock
  private keys: KeySet | undefined
  private fetching: Promise<KeySet> | undefined
  private triedAtMs = Number.NEGATIVE_INFINITY
  private failure: TokenFault | undefined

  constructor(issuer: string, upstream: Upstream, clock: Clock) {
    this.issuer = issuer
    this.upstream = upstream
    this.clock = clock
  }

  /** The keys that are at hand and not too old. */
  current(): KeySet | undefined {
    const { keys } = this
    if (keys === undefined) return undefined
    const ageMs = this.clock.now() - keys.fetchedAtMs
    // An age below 0 means that the clock was set back: how old the keys are is not known.
    if (ageMs >= keepMs || ageMs < 0) return undefined
    if (ageMs >= refreshMs && this.mayAsk()) this.fetch().catch(() => {})
    return keys
  }

  /**
   * The keys, asked for anew unless that was tried a moment ago: for keys that are missing, too old or lack one.
   * Throws TokenFault when the issuer cannot be asked.
   */
  async renewed(): Promise<KeySet> {
    if (this.fetching !== undefined || this.mayAsk()) return this.fetch()
    const keys = this.current()
    if (keys !== undefined) return keys
    throw this.failure ?? new TokenFault(unreachable)
  }

  private mayAsk(): boolean {
    const sinceMs = this.clock.now() - this.triedAtMs
    return sinceMs >= refetchMs || sinceMs < 0
  }

  /** One fetch at a time: who comes meanwhile waits for the same. */
  private fetch(): Promise<KeySet> {
    this.fetching ??= this.ask().finally(() => (this.fetching = undefined))
    return this.fetching
  }

  private async ask(): Promise<KeySet> {
    this.triedAtMs = this.clock.now()
    try {
      const { keys } = await this.read(await this.discover())
      this.failure = undefined
      return (this.keys = keySet(keys, this.clock.now()))
    } catch (error) {
      this.failure = error instanceof TokenFault ? error : new TokenFault(unreachable)
      throw this.failure
    }
  }

  /** Where the issuer's keys are. Throws when it cannot be asked, or says that it is another. */
  async discover(): Promise<string> {
    const base = this.issuer.endsWith('/') ? this.issuer : `${this.issuer}/`
    const discovery = await this.read(`${base}.well-known/openid-configuration`)
    if (discovery['issuer'] !== this.issuer) throw new TokenFault(otherIssuer)
    return keysUrl(discovery['jwks_uri'], this.issuer)
  }

  /** A JSON object by GET. Redirects are not followed. */
  private async read(url: string): Promise<Readonly<Record<string, unknown>>> {
    const { origin, host, pathname, search } = new URL(url)
    const answer = await this.upstream.to(origin).request({
      method: 'GET',
      target: pathname + search,
      headers: ['Host', host, 'Accept', 'application/json'],
      body: undefined,
      timeoutMs: fetchTimeoutMs,
    })
    return objectOf(answer)
  }
}

const unreachable = 'OIDC discovery endpoint communication error'
const otherIssuer = 'the issuer in the OIDC discovery endpoint does not match the configured issuer'

function objectOf({ status, body }: UpstreamAnswer): Readonly<Record<string, unknown>> {
  const bytes = body.reduce((sum, chunk) => sum + chunk.length, 0)
  if (status !== 200 || bytes > maximumBytes) throw new UpstreamFault('broken', `status ${status}, ${bytes} bytes`)
  const value = JSON.parse(utf8(Buffer.concat(body))) as unknown
  if (typeof value !== 'object' || value === null) throw new UpstreamFault('broken', 'no JSON object')
  return value as Readonly<Record<string, unknown>>
}

/** Keys of an issuer with https are never fetched without TLS. */
function keysUrl(uri: unknown, issuer: string): string {
  const scheme = issuer.startsWith('https:') ? /^https:\/\//i : /^https?:\/\//i
  if (typeof uri !== 'string' || !scheme.test(uri)) throw new UpstreamFault('broken', 'no usable jwks_uri')
  return uri
}

/** Keys are imported when a token first names them. */
function keySet(keys: unknown, fetchedAtMs: number): KeySet {
  const imported = new Map<string, { readonly key: KeyObject; readonly algorithm: unknown } | undefined>()
  const given = new Map<string, Readonly<Record<string, unknown>>>()
  for (const key of Array.isArray(keys) ? (keys as readonly unknown[]) : []) {
    if (typeof key !== 'object' || key === null) continue
    const jwk = key as Readonly<Record<string, unknown>>
    if (typeof jwk['kid'] === 'string' && isVerificationKey(jwk) && !given.has(jwk['kid'])) given.set(jwk['kid'], jwk)
  }
  return {
    fetchedAtMs,
    find: (keyId, algorithm) => {
      if (!imported.has(keyId) && given.has(keyId)) imported.set(keyId, importKey(given.get(keyId)))
      const found = imported.get(keyId)
      return found !== undefined && (found.algorithm ?? algorithm) === algorithm ? found.key : undefined
    },
  }
}

/** A key of another type or use never verifies a token, whatever the token says of itself. */
function isVerificationKey(jwk: Readonly<Record<string, unknown>>): boolean {
  return jwk['kty'] === 'RSA' && (jwk['use'] === undefined || jwk['use'] === 'sig')
}

function importKey(
  jwk: Readonly<Record<string, unknown>> | undefined,
): { readonly key: KeyObject; readonly algorithm: unknown } | undefined {
  const { n, e, alg } = jwk ?? {}
  if (typeof n !== 'string' || typeof e !== 'string') return undefined
  try {
    const key = createPublicKey({ key: { kty: 'RSA', n, e } satisfies JsonWebKey, format: 'jwk' })
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
    return modulusLength < minimumModulusBits ? undefined : { key, algorithm: alg }
  } catch {
    return undefined
  }
}
