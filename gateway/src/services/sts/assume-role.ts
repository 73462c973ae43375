// AssumeRole: the credentials of a role, for whom its trust policy and the caller's own policies let have them.
import { ServiceFault } from '@sluice/aws-protocol'
import type { AssumeRoleRequest, AssumeRoleResponse } from '@sluice/aws-protocol/sts'
import { createContext, evaluate, parsePolicy, type Principal as PolicyPrincipal } from '@sluice/iam-policy'
import type { RoleRecord } from '../../nouns/identity-records.ts'
import type { Store } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { issueSession, roleSession } from './session.ts'

const roleArn = /^arn:aws(?:-[a-z-]+)?:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/

/** What would limit or mark the session, and is not served: refused, never ignored. */
const unserved = [
  'Policy',
  'PolicyArns',
  'ProvidedContexts',
  'SerialNumber',
  'SourceIdentity',
  'Tags',
  'TokenCode',
  'TransitiveTagKeys',
] as const satisfies readonly (keyof AssumeRoleRequest)[]

export async function assumeRole(store: Store, input: AssumeRoleRequest, call: Call): Promise<AssumeRoleResponse> {
  for (const member of unserved) {
    const value = input[member]
    if (value !== undefined && value.length > 0) {
      throw new ServiceFault(
        'ValidationError',
        400,
        `${member} is not available in Sluice yet. See docs/compatibility.md.`,
      )
    }
  }
  const [, account = '', name = ''] = roleArn.exec(input.RoleArn) ?? []
  const role = await store.read({ account, region: 'global' }).get('Role', [name])
  if (role === undefined || role.arn !== input.RoleArn || !mayAssume(role, account, input, call)) {
    throw new ServiceFault(
      'AccessDenied',
      403,
      `User: ${call.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`,
    )
  }
  const seconds = input.DurationSeconds ?? 3600
  if (seconds > role.maxSessionDuration) {
    throw new ServiceFault(
      'ValidationError',
      400,
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  }
  const session = roleSession(role, account, input.RoleSessionName, call.nowMs + seconds * 1000)
  return {
    Credentials: await issueSession(store, session),
    AssumedRoleUser: { Arn: session.arn, AssumedRoleId: session.userId },
  }
}

function mayAssume(role: RoleRecord, account: string, input: AssumeRoleRequest, call: Call): boolean {
  const { decision } = evaluate(
    {
      identity: (call.principal.policies ?? []).map((document) => parsePolicy(document)),
      resource: parsePolicy(role.assumeRolePolicyDocument, { kind: 'trust' }),
      sameAccount: account === call.principal.account,
    },
    {
      principal: policyPrincipal(call),
      action: 'sts:AssumeRole',
      resource: role.arn,
      context: createContext([
        ['sts:ExternalId', input.ExternalId],
        ['sts:RoleSessionName', input.RoleSessionName],
        ['aws:PrincipalArn', call.principal.arn],
        ['aws:PrincipalAccount', call.principal.account],
      ]),
    },
  )
  return decision === 'allow'
}

const sessionArn = /:assumed-role\/([^/]+)\//

function policyPrincipal({ principal: { account, arn, userId } }: Call): PolicyPrincipal {
  if (arn.endsWith(':root')) return { type: 'Account', account, arn, userId }
  const roleName = sessionArn.exec(arn)?.[1]
  if (roleName === undefined) return { type: 'User', account, arn, userId }
  return { type: 'AssumedRole', account, arn, userId, roleArn: `arn:aws:iam::${account}:role/${roleName}` }
}
