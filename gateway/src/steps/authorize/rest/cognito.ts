// Step `authorize` of REST methods with a Cognito user pool authorizer: who brings a token of one of its pools. S C.5.
import type { Admitted } from '../../../nouns/exchange.ts'
import { fault, type GatewayFault } from '../../../nouns/faults.ts'
import type { RestRouted } from '../../../nouns/rest.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Step } from '../../pipeline.ts'
import type { Issuers, VerifiedToken } from '../issuers.ts'
import { parseToken, TokenFault } from '../jwt-token.ts'
import { verifiedToken } from '../jwt-verification.ts'
import { cognitoClaims } from './cognito-claims.ts'
import type { ResourceGuard } from './resource-policy.ts'

export interface CognitoSettings {
  /** The header's value, `Bearer ` included if it is there. */
  readonly token: (exchange: RestRouted) => string | undefined
  /** Of the pools that the authorizer names: `https://cognito-idp.R.amazonaws.com/POOL`, or what stands in for it. */
  readonly issuers: readonly string[]
  /** Whether `aud` is as the authorizer wants it; undefined when it does not care. */
  readonly audience: ((value: string) => boolean) | undefined
  /** The method's scopes: with any, one must be an access token's; with none, it takes an ID token. */
  readonly scopes: readonly string[]
}

export function authorizeByCognito(
  settings: CognitoSettings,
  guard: ResourceGuard,
  issuers: Issuers,
): Step<RestRouted, Admitted> {
  const { clock } = issuers
  const keysByIssuer = new Map(settings.issuers.map((issuer) => [issuer, issuers.keysOf(issuer)]))
  const verified = (token: string): VerifiedToken | Promise<VerifiedToken> => {
    const issuer = issuers.verified.get(token)?.issuer.issuer ?? parseToken(token).claims['iss']
    const keys = keysByIssuer.get(typeof issuer === 'string' ? issuer : '')
    if (keys === undefined) throw new TokenFault('issuer does not match')
    return verifiedToken(token, keys, issuers)
  }
  const admit = (exchange: RestRouted, token: VerifiedToken): Admitted => {
    checkTimes(token, clock)
    const scopes = checkUse(token, settings)
    guard.requireGrant(exchange)
    exchange.listener?.decided({
      step: 'authorize',
      verdict: 'allowed',
      reason: { issuer: token.issuer.issuer, subject: token.claims['sub'], scopes },
      atMs: exchange.receivedAtMs,
    })
    return { caller: { claims: cognitoClaims(token.claims), scopes } }
  }
  return {
    name: 'authorize',
    run: (exchange) => {
      const token = settings
        .token(exchange)
        ?.replace(/^Bearer(?: +|$)/i, '')
        .trim()
      if (token === undefined || token === '') throw unauthorized('the token is missing')
      try {
        const found = verified(token)
        return found instanceof Promise
          ? found.then((each) => admit(exchange, each)).catch((error: unknown) => rethrow(error))
          : admit(exchange, found)
      } catch (error) {
        return rethrow(error)
      }
    },
  }
}

function checkTimes({ expiresAtMs, validFromMs }: VerifiedToken, clock: Clock): void {
  const nowMs = clock.now()
  if (expiresAtMs <= nowMs) throw fault('UNAUTHORIZED', { message: 'The incoming token has expired' })
  if (validFromMs > nowMs) throw new TokenFault('the token is not valid yet')
}

/** The scopes of the method that the token has; undefined when the method has none. Throws TokenFault. */
function checkUse(
  { claims, scopes: granted }: VerifiedToken,
  { scopes, audience }: CognitoSettings,
): readonly string[] | undefined {
  if (claims['token_use'] !== (scopes.length === 0 ? 'id' : 'access'))
    throw new TokenFault('the token is of another use')
  if (audience !== undefined && !(typeof claims['aud'] === 'string' && audience(claims['aud']))) {
    throw new TokenFault('the token does not have a valid audience')
  }
  if (scopes.length === 0) return undefined
  const shared = granted.filter((scope) => scopes.includes(scope))
  if (shared.length === 0) throw new TokenFault('the token does not have the required scopes')
  return shared
}

/** Throws the answer to an invalid token; any other error as it is. */
function rethrow(error: unknown): never {
  throw error instanceof TokenFault ? unauthorized(error.message, error) : error
}

function unauthorized(log: string, cause?: unknown): GatewayFault {
  return fault('UNAUTHORIZED', { log, cause })
}
