// AssumeRole: the credentials of a role, for whom its trust policy and the caller's own policies let have them.
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

/** The action that the caller may not take. */
function refusal(request: RoleRequest, input: AssumeRoleRequest, found: FoundRole, call: Call): string | undefined {
  const { before, sourceIdentity, tags } = request
  // AWS: of all that STS does, federated users may only ask who they are.
  if (before?.origin === 'GetFederationToken') return 'sts:AssumeRole'
  const applicant = applicantOf(call, [
    ['sts:ExternalId', input.ExternalId],
    ['sts:RoleSessionName', input.RoleSessionName],
    ['sts:SourceIdentity', sourceIdentity],
    ...tags.keys,
  ])
  const refused = refusedAction(request, found, applicant, call)
  // AWS: whoever set the source identity, it stays for the whole chain.
  const isChanged = before?.sourceIdentity !== undefined && before.sourceIdentity !== sourceIdentity
  return refused ?? (isChanged ? 'sts:SetSourceIdentity' : undefined)
}
