// A role for what a verified token says: by AssumeRoleWithWebIdentity, or by an identity pool in its stead.
import type { AssumeRoleResponse } from '@sluice/aws-protocol/sts'
import type { TokenClaims } from '../../ports/web-tokens.ts'
import type { Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { refusedAction, roleCredentials, type RoleRequest } from './role-grant.ts'
import { sessionTags } from './session-tags.ts'
import type { Applicant, FoundRole } from './trust.ts'
import { identityKeys, passedByToken } from './web-identity-claims.ts'
import type { Provider } from './web-identity-providers.ts'

export interface WebIdentityRequest {
  readonly found: FoundRole
  readonly provider: Pick<Provider, 'name' | 'host'>
  readonly claims: TokenClaims
  readonly input: RoleRequest['input']
}

/** Undefined when the role's trust policy does not let the provider have it. Throws as `roleCredentials` does. */
export async function webIdentityCredentials(
  store: Store,
  { found, provider, claims, input }: WebIdentityRequest,
  call: Call,
): Promise<AssumeRoleResponse | undefined> {
  const { tags: passed, sourceIdentity } = passedByToken(claims)
  const tags = sessionTags(passed, undefined)
  const webIdentity = { provider: provider.name, keys: identityKeys(provider.host, claims) }
  const request: RoleRequest = { origin: 'AssumeRoleWithWebIdentity', input, tags, sourceIdentity, webIdentity }
  const applicant: Applicant = {
    principal: { type: 'FederatedIdentity', arn: provider.name, provider: provider.name, account: found.account },
    policies: { identity: [], resourceMustAllow: true },
    keys: [
      ...Object.entries(webIdentity.keys),
      ['aws:FederatedProvider', provider.name],
      ['sts:RoleSessionName', input.RoleSessionName],
      ['sts:SourceIdentity', sourceIdentity],
      ...tags.keys,
    ],
  }
  return refusedAction(request, found, applicant, call) === undefined
    ? roleCredentials(store, request, found, call)
    : undefined
}
