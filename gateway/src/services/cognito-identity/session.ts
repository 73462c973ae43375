// Makes the credentials of the enhanced flow: those that AssumeRoleWithWebIdentity would give for the pool's token.
import { ServiceFault } from '@sluice/aws-protocol'
import type { Credentials } from '@sluice/aws-protocol/sts'
import { cognitoIdentityHost } from '../../nouns/cognito-identity.ts'
import type { TokenClaims } from '../../ports/web-tokens.ts'
import type { Call } from '../call.ts'
import { uniqueId } from '../iam/credentials.ts'
import { issueSession } from '../sts/session.ts'
import { sessionTags } from '../sts/session-tags.ts'
import { findRole } from '../sts/trust.ts'
import { identityKeys, passedByToken } from '../sts/web-identity-claims.ts'
import { webIdentityCredentials } from '../sts/web-identity-grant.ts'
import { misconfigured } from './faults.ts'
import { guestPolicy } from './guest-policy.ts'
import type { CognitoIdentityParts } from './parts.ts'

/** AWS's name of these sessions, in which `$context.identity.caller` and the session's ARN end. Security A.8. */
const RoleSessionName = 'CognitoIdentityCredentials'
const lifeMs = 3_600_000
/** The form of a role's ARN, checked because tokens may name anything as a role. */
const roleForm = /^arn:aws(?:-[a-z-]+)?:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/

/** The identity and the role that credentials are made for. */
export interface Assuming {
  readonly roleArn: string
  readonly claims: TokenClaims
  readonly isGuest: boolean
}

/** The credentials. AWS: any refusal of STS reaches the caller as InvalidIdentityPoolConfigurationException. */
export async function sessionCredentials(
  parts: CognitoIdentityParts,
  { roleArn, claims, isGuest }: Assuming,
  call: Call,
): Promise<Credentials> {
  const { store, trustsUnknownRoles } = parts
  const provider = { name: cognitoIdentityHost, host: cognitoIdentityHost }
  const policy = isGuest ? { Policy: guestPolicy } : {}
  try {
    const found = await findRole(store, roleArn)
    if (found === undefined && trustsUnknownRoles) {
      return await unknownRoleCredentials(parts, { roleArn, claims, isGuest }, call)
    }
    const input = { RoleSessionName, ...policy }
    const answer = found && (await webIdentityCredentials(store, { found, provider, claims, input }, call))
    if (answer?.Credentials !== undefined) return answer.Credentials
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error
  }
  throw misconfigured()
}

/** In `dev`, a session of a role that does not exist here, which may do what the account's root may. */
async function unknownRoleCredentials(
  { store }: CognitoIdentityParts,
  { roleArn, claims, isGuest }: Assuming,
  { nowMs }: Call,
): Promise<Credentials> {
  const [, account, roleName] = roleForm.exec(roleArn) ?? []
  if (account === undefined) throw misconfigured()
  const { tags } = sessionTags(passedByToken(claims).tags, undefined)
  return issueSession(store, {
    account,
    owner: { kind: 'Account', name: '', id: '' },
    arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${RoleSessionName}`,
    userId: `${uniqueId('AROA')}:${RoleSessionName}`,
    expiresAtMs: nowMs + lifeMs,
    issuedAtMs: nowMs,
    origin: 'AssumeRoleWithWebIdentity',
    ...(isGuest && { policy: guestPolicy }),
    tags,
    webIdentity: { provider: cognitoIdentityHost, keys: identityKeys(cognitoIdentityHost, claims) },
  })
}
