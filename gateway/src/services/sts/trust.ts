// Decides whether a principal may assume a role: by the role's trust policy together with the caller's own policies.
import { evaluate, parsePolicy, type ContextValue, type PolicySet, type Principal } from '@sluice/iam-policy'
import type { RoleRecord } from '../../nouns/identity-records.ts'
import type { Store } from '../../ports/store.ts'
import { callContext, policiesOf } from '../authorization.ts'
import type { Call } from '../call.ts'

/** A role, and the account that it belongs to. */
export interface FoundRole {
  readonly role: RoleRecord
  readonly account: string
}

const roleArn = /^arn:aws(?:-[a-z-]+)?:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/

/** The role with this ARN, in any account. */
export async function findRole(store: Store, arn: string): Promise<FoundRole | undefined> {
  const [, account = '', name = ''] = roleArn.exec(arn) ?? []
  const role = await store.read({ account, region: 'global' }).get('Role', [name])
  return role === undefined || role.arn !== arn ? undefined : { role, account }
}

/** The principal that asks for a role, and the condition keys of its request. */
export interface Applicant {
  readonly principal: Principal
  readonly policies: Omit<PolicySet, 'sameAccount' | 'resource'>
  readonly keys: readonly (readonly [name: string, value: ContextValue])[]
}

/** The caller of a signed call as an applicant. An unknown key stands for the account's root, which may do everything in its account. */
export function applicantOf({ principal: { known, account, arn, userId } }: Call, keys: Applicant['keys']): Applicant {
  if (known === undefined) {
    return { principal: { type: 'Account', account, arn, userId }, policies: { identity: [] }, keys }
  }
  // AWS: a role can only be assumed when its trust policy allows it, whatever the caller's own policies say.
  return { principal: known.principal, policies: { ...policiesOf(known), resourceMustAllow: true }, keys }
}

/** Whether the applicant may perform `action`, `sts:AssumeRole` or the like, on the role. */
export function isTrusted({ role, account }: FoundRole, action: string, applicant: Applicant, call: Call): boolean {
  const { principal, policies, keys } = applicant
  const tags = Object.entries(role.tags).flatMap(
    ([key, value]) =>
      [
        [`aws:ResourceTag/${key}`, value],
        [`iam:ResourceTag/${key}`, value],
      ] as const,
  )
  const { nowMs, sourceIp, userAgent, origin, scope } = call
  const { decision } = evaluate(
    {
      ...policies,
      resource: parsePolicy(role.assumeRolePolicyDocument, { kind: 'trust' }),
      sameAccount: account === (principal.account ?? account),
    },
    {
      principal,
      action,
      resource: role.arn,
      context: callContext(principal, { nowMs, sourceIp, userAgent, origin, region: scope.region }, [...keys, ...tags]),
    },
  )
  return decision === 'allow'
}
