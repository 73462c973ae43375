// Step `authorize` of HTTP API routes with a JWT authorizer: who brings a token of the issuer, for the audience, in its time. HTTP 11.
import type { Admitted } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import type { HttpRouted, HttpStage } from '../../nouns/http.ts'
import type { Step } from '../pipeline.ts'
import { compileIdentity } from './http-identity.ts'
import type { Issuers, VerifiedToken } from './issuers.ts'
import { checkAudience, checkTimes } from './jwt-claims.ts'
import { TokenFault } from './jwt-token.ts'
import { verifiedToken } from './jwt-verification.ts'

export interface JwtSettings {
  readonly stage: HttpStage
  /** `$request.header.Authorization`, or another header or query parameter. */
  readonly identitySource: string
  readonly issuer: string
  readonly audience: readonly string[]
  /** The route's scopes: one of them must be the token's. Empty: none is needed. */
  readonly scopes: readonly string[]
}

export function authorizeJwt(settings: JwtSettings, issuers: Issuers): Step<HttpRouted, Admitted> {
  const { scopes } = settings
  const { clock } = issuers
  const identity = compileIdentity([settings.identitySource], settings.stage)
  const keys = issuers.keysOf(settings.issuer)
  const audience = new Set(settings.audience)
  const refusals = compileRefusals(scopes)

  /** The checks that depend on the authorizer, the route and the time, for a token with a right signature. */
  const admit = ({ listener, receivedAtMs }: HttpRouted, token: VerifiedToken): Admitted => {
    checkAudience(token.claims, audience)
    checkTimes(token, clock.now())
    const granted = scopes.length === 0 ? undefined : token.scopes.filter((scope) => scopes.includes(scope))
    if (granted?.length === 0) throw refusals.scope()
    listener?.decided({
      step: 'authorize',
      verdict: 'allowed',
      reason: { issuer: keys.issuer, subject: token.claims['sub'], granted },
      atMs: receivedAtMs,
    })
    return { caller: { claims: token.claimTexts, scopes: granted } }
  }
  const decide = (exchange: HttpRouted, token: string): Admitted | Promise<Admitted> => {
    const verified = verifiedToken(token, keys, issuers)
    return verified instanceof Promise ? verified.then((found) => admit(exchange, found)) : admit(exchange, verified)
  }

  return {
    name: 'authorize',
    run: (exchange) => {
      const token = identity(exchange)?.[0]
        ?.replace(/^Bearer(?: +|$)/i, '')
        .trim()
      if (token === undefined || token === '') throw refusals.missing()
      try {
        const admitted = decide(exchange, token)
        return admitted instanceof Promise ? admitted.catch((error: unknown) => refusals.rethrow(error)) : admitted
      } catch (error) {
        return refusals.rethrow(error)
      }
    },
  }
}

interface Refusals {
  readonly missing: () => HttpFault
  readonly scope: () => HttpFault
  /** Throws the answer to an invalid token; any other error as it is. */
  readonly rethrow: (error: unknown) => never
}

/** The answers of RFC 6750 in AWS's spelling: parameters parted by blanks, `scope` even when it is empty. HTTP 11.3. */
function compileRefusals(scopes: readonly string[]): Refusals {
  const scope = `Bearer scope="${scopes.join(' ')}"`
  const described = (error: string, description: string): string[] => [
    'www-authenticate',
    `${scope} error="${error}" error_description="${description}"`,
  ]
  return {
    missing: () =>
      new HttpFault(401, 'Unauthorized', {
        headers: ['www-authenticate', 'Bearer'],
        log: 'missing: token not provided',
      }),
    scope: () => {
      const log = 'the token does not have the required scopes'
      return new HttpFault(403, 'Forbidden', { headers: described('insufficient_scope', log), log })
    },
    rethrow: (error) => {
      if (!(error instanceof TokenFault)) throw error
      const { message } = error
      throw new HttpFault(401, 'Unauthorized', {
        headers: described('invalid_token', message),
        log: message,
        cause: error,
      })
    },
  }
}
