// AssumeRoleWithWebIdentity: the credentials of a role for a token of an identity provider that the role trusts.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
import {
  ExpiredTokenException,
  IDPCommunicationErrorException,
  IDPRejectedClaimException,
  InvalidIdentityTokenException,
  type AssumeRoleWithWebIdentityRequest,
  type AssumeRoleWithWebIdentityResponse,
} from '@sluice/aws-protocol/sts'
import { WebTokenFault, type TokenClaims, type WebTokens } from '../../ports/web-tokens.ts'
import type { Call } from '../call.ts'
import { accessDenied, validationError } from './faults.ts'
import type { StsParts } from './parts.ts'
import { findRole, type FoundRole } from './trust.ts'
import { audienceOf, textClaim } from './web-identity-claims.ts'
import { webIdentityCredentials } from './web-identity-grant.ts'
import { providerOf, type Provider } from './web-identity-providers.ts'

/** Throws ServiceFault in AWS's words: InvalidIdentityToken, ExpiredTokenException, IDPRejectedClaim, AccessDenied … */
export async function assumeRoleWithWebIdentity(
  parts: StsParts,
  input: AssumeRoleWithWebIdentityRequest,
  call: Call,
): Promise<AssumeRoleWithWebIdentityResponse> {
  // AWS: only tokens of OAuth 2.0, not of OpenID Connect, name their provider.
  if (input.ProviderId !== undefined) {
    throw validationError('ProviderId is for OAuth 2.0 access tokens, which Sluice does not take.')
  }
  const { store, webTokens } = parts
  const found = await findRole(store, input.RoleArn)
  if (found === undefined) throw notTrusted()
  const { claims, provider } = await identified(parts, found, input.WebIdentityToken)
  await checkToken({ claims, provider, webTokens }, input.WebIdentityToken, call.nowMs)
  const answer = await webIdentityCredentials(store, { found, provider, claims, input }, call)
  if (answer === undefined) throw notTrusted()
  return {
    ...answer,
    SubjectFromWebIdentityToken: textClaim(claims, 'sub'),
    Provider: provider.host === provider.name ? provider.host : provider.issuer,
    Audience: audienceOf(claims)[0],
  }
}

/**
 * The unverified claims of a token, and the provider that they name. Throws InvalidIdentityToken for a text that is no
 * token, and for unknown providers.
 */
async function identified(
  parts: StsParts,
  { account }: FoundRole,
  token: string,
): Promise<{ readonly claims: TokenClaims; readonly provider: Provider }> {
  const claims = parts.webTokens.read(token)
  if (claims === undefined) {
    throw new InvalidIdentityTokenException(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    )
  }
  const issuer = textClaim(claims, 'iss') ?? ''
  const provider = await providerOf(parts, account, issuer)
  if (provider !== undefined) return { claims, provider }
  throw new InvalidIdentityTokenException(`No OpenIDConnect provider found in your account for ${issuer}`)
}

interface Presented {
  readonly claims: TokenClaims
  readonly provider: Provider
  readonly webTokens: WebTokens
}

/** Claims that must be there, signature, times, audience. Throws AWS's faults for each. */
async function checkToken({ claims, provider, webTokens }: Presented, token: string, nowMs: number): Promise<void> {
  for (const name of ['aud', 'sub']) {
    if (claims[name] === undefined) throw new InvalidIdentityTokenException(`Missing a required claim: ${name}`)
  }
  try {
    await webTokens.verify(token, provider.issuer)
  } catch (error) {
    throw error instanceof WebTokenFault ? unverified(error) : error
  }
  const [now, expires] = [Math.floor(nowMs / 1000), Number(claims['exp'])]
  if (expires <= now) {
    throw new ExpiredTokenException(
      `Token expired: current date/time ${now} must be before the expiration date/time ${expires}`,
    )
  }
  if (Number(claims['nbf'] ?? 0) > now || Number(claims['iat'] ?? 0) > now) {
    throw new IDPRejectedClaimException('The token is not valid yet')
  }
  const { audience } = provider
  if (audience !== undefined && !audienceOf(claims).some((each) => audience.includes(each))) {
    throw new InvalidIdentityTokenException('Incorrect token audience')
  }
}

/** The two blanks are AWS's. */
function unverified({ reason }: WebTokenFault): Error {
  const message =
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
  return reason === 'unreachable'
    ? new IDPCommunicationErrorException(message)
    : new InvalidIdentityTokenException(message)
}

function notTrusted(): Error {
  return accessDenied('Not authorized to perform sts:AssumeRoleWithWebIdentity')
}
