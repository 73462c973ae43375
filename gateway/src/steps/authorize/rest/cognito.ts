// Step `authorize` of REST methods with a Cognito user pool authorizer: who brings a token of one of its pools. Security C.5.
import type { Admitted } from '../../../nouns/exchange.ts'
import { tellAuthorized, tellAuthorizer, tellUnauthorized } from '../../../nouns/execution-lines.ts'
import { fault, type GatewayFault } from '../../../nouns/faults.ts'
import type { RestRouted } from '../../../nouns/rest.ts'
import type { Step } from '../../pipeline.ts'
import type { Issuers, VerifiedToken } from '../issuers.ts'
import { checkTimes, ExpiredFault } from '../jwt-claims.ts'
import { parseToken, TokenFault } from '../jwt-token.ts'
import { verifiedToken } from '../jwt-verification.ts'
import { tellAuthorize, tellMissingIdentity, tellRefusedToken } from '../telling.ts'
import { cognitoClaims } from './cognito-claims.ts'
import type { ResourceGuard } from './resource-policy.ts'

export interface CognitoSettings {
  readonly authorizerId: string
  /** `method.request.header.Authorization`, or another header. */
  readonly identitySource: string
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
    const known = issuers.verified.get(token)
    const parsed = known === undefined ? parseToken(token) : undefined
    const issuer = known?.issuer.issuer ?? parsed?.claims['iss']
    const keys = keysByIssuer.get(typeof issuer === 'string' ? issuer : '')
    if (keys === undefined) throw otherIssuer(settings.issuers, issuer)
    return verifiedToken(token, keys, issuers, parsed)
  }
  const admit = (exchange: RestRouted, token: VerifiedToken): Admitted => {
    checkTimes(token, clock.now())
    const scopes = checkUse(token, settings)
    const caller = { claims: cognitoClaims(token.claims), scopes }
    guard.requireGrant(exchange, caller)
    const { issuer } = token.issuer
    tellAuthorize(exchange, 'allowed', { issuer, subject: token.claims['sub'], scopes })
    if (exchange.listener !== undefined) tellAuthorized(exchange, undefined)
    return { caller }
  }
  return {
    name: 'authorize',
    run: (exchange) => {
      const token = settings
        .token(exchange)
        ?.replace(/^Bearer(?: +|$)/i, '')
        .trim()
      if (token === undefined || token === '') {
        tellMissingIdentity(exchange, settings.identitySource)
        throw unauthorized('the token is missing')
      }
      if (exchange.listener !== undefined) tellAuthorizer(exchange, settings.authorizerId, token)
      try {
        const found = verified(token)
        return found instanceof Promise
          ? found.then((each) => admit(exchange, each)).catch((error: unknown) => refuse(exchange, error))
          : admit(exchange, found)
      } catch (error) {
        return refuse(exchange, error)
      }
    },
  }
}

function otherIssuer(expected: readonly string[], found: unknown): TokenFault {
  return new TokenFault('issuer does not match', { claim: 'iss', expected, found })
}

/** The scopes of the method that the token has; undefined when the method has none. Throws TokenFault. */
function checkUse(
  { claims, scopes: granted }: VerifiedToken,
  { scopes, audience }: CognitoSettings,
): readonly string[] | undefined {
  const { aud, token_use: use } = claims as { readonly [claim in 'aud' | 'token_use']?: unknown }
  const wanted = scopes.length === 0 ? 'id' : 'access'
  if (use !== wanted) {
    throw new TokenFault('the token is of another use', { claim: 'token_use', expected: wanted, found: use })
  }
  if (audience !== undefined && !(typeof aud === 'string' && audience(aud))) {
    const expected = 'the authorizer’s identityValidationExpression'
    throw new TokenFault('the token does not have a valid audience', { claim: 'aud', expected, found: aud })
  }
  if (scopes.length === 0) return undefined
  const shared = granted.filter((scope) => scopes.includes(scope))
  if (shared.length > 0) return shared
  throw new TokenFault('the token does not have the required scopes', {
    claim: 'scope',
    expected: scopes,
    found: granted,
  })
}

/** Throws the answer to an invalid token; any other error as it is. */
function refuse(exchange: RestRouted, error: unknown): never {
  if (!(error instanceof TokenFault)) throw error
  tellRefusedToken(exchange, error, {})
  tellUnauthorized(exchange)
  // AWS: a token that is too old is told so; all else is one sentence.
  if (error instanceof ExpiredFault) {
    throw fault('UNAUTHORIZED', { message: 'The incoming token has expired', log: error.message, cause: error })
  }
  throw unauthorized(error.message, error)
}

function unauthorized(log: string, cause?: unknown): GatewayFault {
  return fault('UNAUTHORIZED', { log, cause })
}
