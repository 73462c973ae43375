// The steps that AssumeRole and AssumeRoleWithWebIdentity share: asking the trust policy, and making the credentials.
import type { AssumeRoleResponse } from '@sluice/aws-protocol/sts'
import type { Session } from '../../nouns/session.ts'
import type { Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { validationError } from './faults.ts'
import { packedPolicySize, sessionPolicies, type PassedPolicies } from './session-policies.ts'
import type { SessionTags } from './session-tags.ts'
import { issueSession, roleSession } from './session.ts'
import { isTrusted, type Applicant, type FoundRole } from './trust.ts'

/** AWS: a role that is assumed with another role's session lasts an hour at most. */
const mostChainedSeconds = 3_600

/** A request for a session. */
export interface RoleRequest {
  readonly origin: 'AssumeRole' | 'AssumeRoleWithWebIdentity'
  readonly input: PassedPolicies & {
    readonly RoleSessionName: string
    readonly DurationSeconds?: number | undefined
  }
  readonly tags: SessionTags
  readonly sourceIdentity: string | undefined
  readonly webIdentity?: Session['webIdentity']
  /** The caller's own session, if it has one. */
  readonly before?: Session | undefined
}

/** The first of the actions that the role's trust policy does not let the applicant take; undefined when it lets it take all. */
export function refusedAction(
  { origin, tags: { tags }, sourceIdentity }: RoleRequest,
  found: FoundRole,
  applicant: Applicant,
  call: Call,
): string | undefined {
  const actions = [`sts:${origin}`]
  if (Object.keys(tags).length > 0) actions.push('sts:TagSession')
  if (sourceIdentity !== undefined) actions.push('sts:SetSourceIdentity')
  return actions.find((action) => !isTrusted(found, action, applicant, call))
}

/** Makes the session. Throws ValidationError, MalformedPolicyDocument and PackedPolicyTooLarge. */
export async function roleCredentials(
  store: Store,
  request: RoleRequest,
  { role, account }: FoundRole,
  { nowMs }: Call,
): Promise<AssumeRoleResponse> {
  const { origin, input, sourceIdentity, webIdentity } = request
  const { tags, transitiveTagKeys } = request.tags
  const seconds = checkedDuration(request, role.maxSessionDuration)
  const session = {
    ...roleSession(role, account, input.RoleSessionName, nowMs + seconds * 1000),
    ...(await sessionPolicies(input, store.read({ account, region: 'global' }))),
    issuedAtMs: nowMs,
    origin,
    tags,
    transitiveTagKeys,
    sourceIdentity,
    webIdentity,
  }
  const packed = packedPolicySize(session)
  return {
    Credentials: await issueSession(store, session),
    AssumedRoleUser: { Arn: session.arn, AssumedRoleId: session.userId },
    ...(packed !== undefined && { PackedPolicySize: packed }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  }
}

/** The session's duration in seconds, by default an hour. Throws ValidationError for more than the role, or a chain of roles, allows. */
function checkedDuration({ input, before }: RoleRequest, mostSeconds: number): number {
  const { DurationSeconds: seconds = 3_600 } = input
  if (before?.owner.kind === 'Role' && seconds > mostChainedSeconds) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  }
  if (seconds > mostSeconds) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  }
  return seconds
}
