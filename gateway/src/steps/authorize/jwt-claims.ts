// The claims of a token whose signature is right: issuer, audience, times and scopes, and how claims are handed on. HTTP 11.
import { TokenFault, type ClaimFinding } from './jwt-token.ts'

type Claims = Readonly<Record<string, unknown>>

/** The times of a token, in epoch milliseconds. */
export interface TokenTimes {
  readonly expiresAtMs: number
  /** The later of `nbf` and `iat`: before it the token does not count. */
  readonly validFromMs: number
}

/** `iss` must be the issuer's text exactly; a slash at the end matters. Throws TokenFault. */
export function checkIssuer(claims: Claims, issuer: string): void {
  const found = own(claims, 'iss')
  if (found !== issuer) throw new TokenFault('issuer does not match', { claim: 'iss', expected: issuer, found })
}

/** Whom a token is for: the texts of `aud`, or of `client_id` where there is no `aud`. */
export function audiencesOf(claims: Claims): readonly string[] {
  const found = own(claims, audienceClaim(claims))
  const values: readonly unknown[] = Array.isArray(found) ? found : [found]
  return values.filter((value) => typeof value === 'string')
}

function audienceClaim(claims: Claims): string {
  return (own(claims, 'aud') ?? undefined) === undefined ? 'client_id' : 'aud'
}

/** One of a token's audiences must be expected. Throws TokenFault. */
export function checkAudience(
  token: { readonly audiences: readonly string[]; readonly claims: Claims },
  audience: ReadonlySet<string>,
): void {
  for (const each of token.audiences) if (audience.has(each)) return
  const { claims } = token
  const claim = audienceClaim(claims)
  const finding = { claim, expected: [...audience], found: own(claims, claim) }
  throw new TokenFault('the token does not have a valid audience', finding)
}

/** Reads `exp`, which must be there, `nbf` and `iat`. Throws TokenFault for what is no number. */
export function timesOf(claims: Claims): TokenTimes {
  const expires = own(claims, 'exp')
  const from = [own(claims, 'nbf'), own(claims, 'iat')].filter((time) => time !== undefined)
  if (!isTime(expires) || !from.every(isTime)) throw new TokenFault('the token is malformed')
  return { expiresAtMs: expires * 1000, validFromMs: Math.max(0, ...from.map((time) => time * 1000)) }
}

/** A token whose time is over. */
export class ExpiredFault extends TokenFault {}

/** No leeway: `exp` lies ahead, `nbf` and `iat` do not. Throws TokenFault. */
export function checkTimes({ expiresAtMs, validFromMs }: TokenTimes, nowMs: number): void {
  if (expiresAtMs <= nowMs) {
    throw new ExpiredFault('the token has expired', timeFinding('exp', `after ${timeText(nowMs)}`, expiresAtMs))
  }
  if (validFromMs > nowMs) {
    const expected = `until ${timeText(nowMs)}`
    throw new TokenFault('the token is not valid yet', timeFinding('nbf or iat', expected, validFromMs))
  }
}

function timeFinding(claim: string, expected: string, foundMs: number): ClaimFinding {
  return { claim, expected, found: timeText(foundMs) }
}

/** A time beyond what dates can say is told as its number. */
function timeText(epochMs: number): string {
  return Math.abs(epochMs) <= 8.64e15 ? new Date(epochMs).toISOString() : String(epochMs)
}

/** The scopes of `scope` (separated by blanks), else of `scp` (a list or a text like `scope`). */
export function scopesOf(claims: Claims): readonly string[] {
  const claimed = own(claims, 'scope') ?? own(claims, 'scp')
  if (typeof claimed === 'string') return claimed.split(' ').filter((scope) => scope !== '')
  return Array.isArray(claimed) ? claimed.filter((scope) => typeof scope === 'string') : []
}

/** Every claim as a text, as events and `$context.authorizer.claims.*` have it. How claims that are no texts are written is an open choice. HTTP 11.4. */
export function claimTexts(claims: Claims): Readonly<Record<string, string>> {
  // Without a prototype, because `__proto__` is a name like any other.
  const texts = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(claims)) texts[name] = claimText(value)
  return texts
}

/** Lists are `[a b c]`; numbers are decimal, however large. */
function claimText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value).toString()
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`
  return JSON.stringify(value)
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}
