// Chooses the role of an identity: the pool's role for guests or users, or the one that the token or a rule names.
// https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
import type { MappingRule, RoleMapping } from '@sluice/aws-protocol/cognito-identity'
import type { IdentityPoolRecord } from '../../nouns/identity-pool.ts'
import type { TokenClaims } from '../../ports/web-tokens.ts'
import { claimTexts } from './claim-texts.ts'
import { forbidden, misconfigured } from './faults.ts'
import type { VerifiedLogin } from './login.ts'

/** An identity that needs a role. */
export interface Candidate {
  readonly identityId: string
  readonly isGuest: boolean
  readonly logins: readonly VerifiedLogin[]
  /** The role that the caller asks for among those that it may have. */
  readonly customRole: string | undefined
}

/** The ARN of the chosen role. Throws NotAuthorizedException, and InvalidIdentityPoolConfigurationException when there is none. */
export function chosenRole({ roles, roleMappings }: IdentityPoolRecord, candidate: Candidate): string {
  const { isGuest, logins, customRole, identityId } = candidate
  const mapped = logins.find(({ mappedAs }) => Object.hasOwn(roleMappings, mappedAs))
  const mapping = mapped && roleMappings[mapped.mappedAs]
  const found = mapping && mappedRole(mapping, mapped.claims, candidate)
  const role = found ?? roles[isGuest ? 'unauthenticated' : 'authenticated']
  if (role === undefined) throw misconfigured()
  // Open choice (?): AWS's sentence about a role that the caller asks for and may not have.
  if (customRole !== undefined && customRole !== role) throw forbidden(identityId)
  return role
}

/** The role that the provider's mapping chooses; undefined for the pool's own. Throws NotAuthorizedException. */
function mappedRole(
  mapping: RoleMapping,
  claims: TokenClaims,
  { customRole, identityId }: Candidate,
): string | undefined {
  const { Type: type, AmbiguousRoleResolution: resolution } = mapping
  const allowed = type === 'Token' ? rolesOfToken(claims) : rolesOfRules(mapping, claims)
  const first = type === 'Token' ? claimTexts(claims, 'cognito:preferred_role')[0] : allowed[0]
  const role = customRole ?? first
  const isDenied =
    customRole === undefined ? role === undefined && resolution === 'Deny' : !allowed.includes(customRole)
  if (isDenied) throw forbidden(identityId)
  return role
}

/** The roles that a token names. AWS's documentation describes the claim as a text with commas; in tokens it is a list. */
function rolesOfToken(claims: TokenClaims): readonly string[] {
  return claimTexts(claims, 'cognito:roles').flatMap((text) => text.split(','))
}

function rolesOfRules({ RulesConfiguration: rules }: RoleMapping, claims: TokenClaims): readonly string[] {
  return (rules?.Rules ?? []).filter((rule) => isMatch(rule, claims)).map(({ RoleARN }) => RoleARN)
}

/** Whether a token's claim satisfies a rule. AWS: `NotEqual` does not match a missing claim. */
function isMatch({ Claim, MatchType, Value }: MappingRule, claims: TokenClaims): boolean {
  const texts = claimTexts(claims, Claim)
  switch (MatchType) {
    case 'Equals':
      return texts.includes(Value)
    case 'NotEqual':
      return texts.length > 0 && !texts.includes(Value)
    case 'StartsWith':
      return texts.some((text) => text.startsWith(Value))
    case 'Contains':
      return texts.some((text) => text.includes(Value))
  }
}
