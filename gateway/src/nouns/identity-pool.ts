// Identity pools of Cognito and the identities in them, as they are stored.
import type { IdentityPool, RoleMapping } from '@sluice/aws-protocol/cognito-identity'

export interface IdentityPoolRecord {
  /** As DescribeIdentityPool shows it. */
  readonly pool: IdentityPool
  /** `authenticated` and `unauthenticated` → the role's ARN. */
  readonly roles: Readonly<Record<string, string>>
  /** Provider, with `:` and the client for user pools → how it chooses the role. */
  readonly roleMappings: Readonly<Record<string, RoleMapping>>
  readonly tagMaps: readonly PrincipalTagMap[]
}

/** What sessions of a provider's users are tagged with. */
export interface PrincipalTagMap {
  readonly provider: string
  readonly usesDefaults: boolean
  /** Tag → claim. */
  readonly tags: Readonly<Record<string, string>>
}

/** Somebody as a provider knows them; the provider is the pool's own developer, too. */
export interface Login {
  /** `cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf`, `idp.example.com/realms/pets`, `login.zoo.example` */
  readonly provider: string
  readonly subject: string
}

export interface IdentityRecord {
  readonly identityId: string
  readonly identityPoolId: string
  /** None: a guest's. */
  readonly logins: readonly Login[]
  /** Epoch seconds. */
  readonly createdAt: number
  readonly modifiedAt: number
  /** Disabled: the identity that has its logins now. */
  readonly mergedInto?: string | undefined
}

/** Where ids are claimed over all accounts. Pool id → account; identity id → its pool's; a login → the identity's. */
export const poolClaims = 'identity-pool'
export const identityClaims = 'identity'
export const loginClaims = 'identity-login'

/** The name under which a login is claimed. */
export function loginName(identityPoolId: string, { provider, subject }: Login): string {
  return JSON.stringify([identityPoolId, provider, subject])
}

/** The region that the id of a pool or of an identity begins with. */
export function regionOfId(id: string): string {
  return id.split(':', 1)[0] ?? ''
}

export function identityPoolArn(
  { region, account }: { readonly region: string; readonly account: string },
  identityPoolId: string,
): string {
  return `arn:aws:cognito-identity:${region}:${account}:identitypool/${identityPoolId}`
}
