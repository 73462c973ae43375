// AssumeRole: gives the credentials of a role to callers that its trust policy and their own policies allow.
import type { AssumeRoleRequest, AssumeRoleResponse } from '@sluice/aws-protocol/sts'
import type { Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { notAuthorized, refuseDevices, validationError } from './faults.ts'
import { refusedAction, roleCredentials, type RoleRequest } from './role-grant.ts'
import { sessionTags } from './session-tags.ts'
import { applicantOf, findRole, type FoundRole } from './trust.ts'

/** Throws ServiceFault in AWS's words; a role that is not there is refused like one that does not trust the caller. */
export async function assumeRole(store: Store, input: AssumeRoleRequest, call: Call): Promise<AssumeRoleResponse> {
  if (input.ProvidedContexts !== undefined && input.ProvidedContexts.length > 0) {
    throw validationError('ProvidedContexts is not available in Sluice yet. See docs/compatibility.md.')
  }
  refuseDevices(input)
  const before = call.principal.known?.session
  const sourceIdentity = input.SourceIdentity ?? before?.sourceIdentity
  const request: RoleRequest = { origin: 'AssumeRole', input, tags: sessionTags(input, before), sourceIdentity, before }
  const found = await findRole(store, input.RoleArn)
  const refused = found === undefined ? 'sts:AssumeRole' : refusal(request, input, found, call)
  if (found === undefined || refused !== undefined) {
    throw notAuthorized(call.principal.arn, refused ?? 'sts:AssumeRole', input.RoleArn)
  }
  return roleCredentials(store, request, found, call)
}

/** The first action that the caller may not take; undefined when it may have the role. */
function refusal(request: RoleRequest, input: AssumeRoleRequest, found: FoundRole, call: Call): string | undefined {
  const { before, sourceIdentity, tags } = request
  // AWS: federated users may call GetCallerIdentity alone.
  if (before?.origin === 'GetFederationToken') return 'sts:AssumeRole'
  const applicant = applicantOf(call, [
    ['sts:ExternalId', input.ExternalId],
    ['sts:RoleSessionName', input.RoleSessionName],
    ['sts:SourceIdentity', sourceIdentity],
    ...tags.keys,
  ])
  const refused = refusedAction(request, found, applicant, call)
  // AWS: a source identity, once set, stays for the whole chain of sessions.
  const isChanged = before?.sourceIdentity !== undefined && before.sourceIdentity !== sourceIdentity
  return refused ?? (isChanged ? 'sts:SetSourceIdentity' : undefined)
}
