// The identity provider of a token: one that the role's account has set up, or Cognito's identity pools, which everybody has.
import { cognitoIdentityHost } from '../../nouns/cognito-identity.ts'
import { providerArn, providerHost } from '../../nouns/oidc-provider.ts'
import type { StsParts } from './parts.ts'

export interface Provider {
  /** Its name in `Federated` of trust policies. */
  readonly name: string
  /** The issuer without its scheme: what its condition keys begin with. */
  readonly host: string
  /** The issuer in its tokens, where its keys are found. */
  readonly issuer: string
  /** The audiences that its tokens may have; absent when the trust policy alone decides. */
  readonly audience: readonly string[] | undefined
}

/** `account`: the role's. Undefined for an issuer that the account does not know. */
export async function providerOf(
  { store, identityPoolIssuer }: StsParts,
  account: string,
  issuer: string,
): Promise<Provider | undefined> {
  // Tokens of this gateway's pools name AWS's issuer, whichever issuer is configured for other pools.
  if (issuer === identityPoolIssuer || issuer === `https://${cognitoIdentityHost}`) {
    return { name: cognitoIdentityHost, host: cognitoIdentityHost, issuer, audience: undefined }
  }
  const host = providerHost(issuer)
  if (host === undefined) return undefined
  const arn = providerArn(account, host)
  const record = await store.read({ account, region: 'global' }).get('OpenIdProvider', [arn])
  return record?.url === issuer ? { name: arn, host, issuer, audience: record.clientIds } : undefined
}
