// Step `authorize` of HTTP API routes with a JWT authorizer: who brings a token of the issuer, for the audience, in its time. HTTP 11.
import type { Admitted, Caller } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import type { HttpRouted, HttpStage } from '../../nouns/http.ts'
import type { Step } from '../pipeline.ts'
import { compileIdentity } from './http-identity.ts'
import type { Issuers, VerifiedToken } from './issuers.ts'
import { checkAudience, checkTimes } from './jwt-claims.ts'
import { TokenFault } from './jwt-token.ts'
import { verifiedToken } from './jwt-verification.ts'
import { tellMissingIdentity, tellRefusedToken } from './telling.ts'

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
  const identity = compileIdentity([settings.identitySource], settings.stage)
  const keys = issuers.keysOf(settings.issuer)
  const audience = new Set(settings.audience)
  const refusals = compileRefusals(scopes)

  /** The checks that depend on the authorizer, the route and the time, for a token with a right signature. */
  const admit = ({ listener, receivedAtMs }: HttpRouted, token: VerifiedToken): Admitted => {
    checkAudience(token, audience)
    checkTimes(token, receivedAtMs)
    const granted = scopes.length === 0 ? undefined : token.scopes.filter((scope) => scopes.includes(scope))
    if (granted?.length === 0) throw new ScopeFault(scopes, token.scopes)
    listener?.decided({
      step: 'authorize',
      verdict: 'allowed',
      reason: { issuer: keys.issuer, subject: token.claims['sub'], granted },
      atMs: receivedAtMs,
    })
    return { caller: new TokenCaller(token, granted) }
  }
  const decide = (exchange: HttpRouted, token: string): Admitted | Promise<Admitted> => {
    const verified = verifiedToken(token, keys, issuers)
    return verified instanceof Promise ? verified.then((found) => admit(exchange, found)) : admit(exchange, verified)
  }
  const refuse = (exchange: HttpRouted, error: unknown): never => {
    if (!(error instanceof TokenFault)) throw error
    tellRefusedToken(exchange, error, { issuer: keys.issuer })
    throw error instanceof ScopeFault ? refusals.scope(error) : refusals.token(error)
  }

  return {
    name: 'authorize',
    run: (exchange) => {
      const given = identity(exchange)?.[0]
      const token = given === undefined ? '' : tokenIn(given)
      if (token === '') {
        tellMissingIdentity(exchange, settings.identitySource)
        throw refusals.missing()
      }
      try {
        const admitted = decide(exchange, token)
        return admitted instanceof Promise ? admitted.catch((error: unknown) => refuse(exchange, error)) : admitted
      } catch (error) {
        return refuse(exchange, error)
      }
    },
  }
}

/** Whoever brought a token. */
class TokenCaller implements Caller {
  readonly scopes: readonly string[] | undefined
  private readonly token: VerifiedToken

  constructor(token: VerifiedToken, granted: readonly string[] | undefined) {
    this.token = token
    this.scopes = granted
  }

  get claims(): VerifiedToken['claimTexts'] {
    return this.token.claimTexts
  }
}

const usualScheme = 'Bearer '

/** The token behind the scheme (`Bearer `), or the whole text without one. The usual form is recognised by its beginning alone. */
function tokenIn(given: string): string {
  if (given.startsWith(usualScheme) && given.charCodeAt(usualScheme.length) > 0x20 && !given.endsWith(' ')) {
    return given.slice(usualScheme.length)
  }
  return given.replace(/^Bearer(?: +|$)/i, '').trim()
}

/** A token that is right, without a scope of the route. */
class ScopeFault extends TokenFault {
  constructor(expected: readonly string[], found: readonly string[]) {
    super('the token does not have the required scopes', { claim: 'scope', expected, found })
  }
}

interface Refusals {
  readonly missing: () => HttpFault
  readonly scope: (fault: TokenFault) => HttpFault
  readonly token: (fault: TokenFault) => HttpFault
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
    scope: ({ message }) => {
      return new HttpFault(403, 'Forbidden', { headers: described('insufficient_scope', message), log: message })
    },
    token: (error) => {
      const { message } = error
      const headers = described('invalid_token', message)
      return new HttpFault(401, 'Unauthorized', { headers, log: message, cause: error })
    },
  }
}
