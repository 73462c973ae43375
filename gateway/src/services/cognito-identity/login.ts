// Logins: verifies the tokens that an app brings from its users' providers, by the keys of their issuers.
// https://docs.aws.amazon.com/cognito/latest/developerguide/external-identity-providers.html
import {
  ExternalServiceException,
  InvalidParameterException,
  NotAuthorizedException,
} from '@sluice/aws-protocol/cognito-identity'
import { cognitoIdentityHost } from '../../nouns/cognito-identity.ts'
import type { Login } from '../../nouns/identity-pool.ts'
import { WebTokenFault, type TokenClaims, type WebTokens } from '../../ports/web-tokens.ts'
import { audienceOf, textClaim } from '../sts/web-identity-claims.ts'
import { invalidToken } from './faults.ts'
import type { FoundPool } from './found.ts'
import type { CognitoIdentityParts } from './parts.ts'

export interface VerifiedLogin extends Login {
  readonly claims: TokenClaims
  /** The name of the login in the claim `amr` of the pool's tokens, after the provider. */
  readonly method: string
  /** The provider's name in role mappings. */
  readonly mappedAs: string
}

/** A provider whose tokens the pool accepts. */
interface TrustedProvider {
  readonly issuer: string
  /** The reason why a token is not for this pool; undefined when it is. */
  readonly refusal: (claims: TokenClaims) => Error | undefined
  readonly methodOf: (subject: string) => string
  readonly mappedAs: (claims: TokenClaims) => string
}

/** Verifies all tokens. Throws NotAuthorizedException and the like in AWS's words for the first that is wrong. */
export async function verifiedLogins(
  parts: CognitoIdentityParts,
  found: FoundPool,
  logins: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<readonly VerifiedLogin[]> {
  const verified: VerifiedLogin[] = []
  for (const [provider, token] of Object.entries(logins)) {
    const trusted = await trustedProvider(parts, found, provider)
    const claims = await verifiedClaims(parts.webTokens, { issuer: trusted.issuer, token, nowMs })
    const refusal = trusted.refusal(claims)
    if (refusal !== undefined) throw refusal
    const subject = textClaim(claims, 'sub') ?? ''
    const method = trusted.methodOf(subject)
    verified.push({ provider, subject, claims, method, mappedAs: trusted.mappedAs(claims) })
  }
  return verified
}

const userPool = /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/([\w-]+)$/

async function trustedProvider(
  { store, cognitoIssuers }: CognitoIdentityParts,
  { record: { pool } }: FoundPool,
  provider: string,
): Promise<TrustedProvider> {
  const clients = (pool.CognitoIdentityProviders ?? []).filter(({ ProviderName }) => ProviderName === provider)
  const poolId = userPool.exec(provider)?.[1]
  if (poolId !== undefined && clients.length > 0) {
    const clientIds = clients.map(({ ClientId = '' }) => ClientId)
    return {
      issuer: cognitoIssuers.get(poolId) ?? `https://${provider}`,
      refusal: (claims) => {
        // A configured issuer that replaces a user pool may leave `token_use` out.
        if ((textClaim(claims, 'token_use') ?? 'id') !== 'id') return invalidToken('Not a Cognito token.')
        // AWS: another client of the pool is another provider — in SDK issue reports.
        return clientOf(claims, clientIds) === undefined ? unsupportedProvider() : undefined
      },
      methodOf: (subject) => `${provider}:CognitoSignIn:${subject}`,
      mappedAs: (claims) => `${provider}:${clientOf(claims, clientIds) ?? ''}`,
    }
  }
  const arn = (pool.OpenIdConnectProviderARNs ?? []).find((each) => each.split(':oidc-provider/', 2)[1] === provider)
  const account = arn?.split(':', 5)[4] ?? ''
  const known = arn && (await store.read({ account, region: 'global' }).get('OpenIdProvider', [arn]))
  if (known) {
    return {
      issuer: known.url,
      refusal: (claims) =>
        clientOf(claims, known.clientIds) === undefined ? invalidToken('Incorrect token audience.') : undefined,
      // Open choice (?): AWS does not document the name of these providers' logins.
      methodOf: (subject) => `${known.arn}:OIDC:${subject}`,
      mappedAs: () => provider,
    }
  }
  throw unusableProvider(pool, provider)
}

function unusableProvider(
  { SupportedLoginProviders = {}, SamlProviderARNs = [], DeveloperProviderName }: FoundPool['record']['pool'],
  provider: string,
): Error {
  if (provider === DeveloperProviderName || provider === cognitoIdentityHost) {
    return new InvalidParameterException('Please provide a valid public provider.')
  }
  // Own: these providers cannot be served, because their tokens are no JWTs, or only their maker can read them.
  const isKept = Object.hasOwn(SupportedLoginProviders, provider) || SamlProviderARNs.includes(provider)
  return isKept ? invalidToken("Couldn't verify signed token.") : unsupportedProvider()
}

function unsupportedProvider(): Error {
  return new NotAuthorizedException('Token is not from a supported provider of this identity pool.')
}

/** The pool's client id that a token is for, if there is one. */
function clientOf(claims: TokenClaims, clientIds: readonly string[]): string | undefined {
  return audienceOf(claims).find((each) => clientIds.includes(each))
}

/** A token, and the issuer that it must be from. */
interface Presented {
  readonly issuer: string
  readonly token: string
  readonly nowMs: number
}

/**
 * The claims of a token whose issuer, required claims, signature and times are right. Throws NotAuthorizedException and
 * ExternalServiceException.
 */
export async function verifiedClaims(webTokens: WebTokens, { issuer, token, nowMs }: Presented): Promise<TokenClaims> {
  const claims = webTokens.read(token)
  if (claims === undefined) throw invalidToken('Not a valid OpenId Connect identity token.')
  if (textClaim(claims, 'iss') !== issuer) throw invalidToken("Issuer doesn't match providerName")
  // AWS: an access token of a user pool has no `aud`.
  if (audienceOf(claims).length === 0) throw invalidToken('Missing a required claim: aud')
  if (textClaim(claims, 'sub') === undefined) throw invalidToken('Missing a required claim: sub')
  try {
    await webTokens.verify(token, issuer)
  } catch (error) {
    throw error instanceof WebTokenFault ? unverified(error, issuer) : error
  }
  const [now, expires] = [Math.floor(nowMs / 1000), Number(claims['exp'])]
  if (expires <= now) throw invalidToken(`Token expired: ${now} >= ${expires}`)
  if (Number(claims['nbf'] ?? 0) > now) throw invalidToken('Token is not valid yet.')
  return claims
}

function unverified({ reason }: WebTokenFault, issuer: string): Error {
  return reason === 'unreachable'
    ? new ExternalServiceException(`The keys of ${issuer} could not be retrieved.`)
    : invalidToken("Couldn't verify signed token.")
}
