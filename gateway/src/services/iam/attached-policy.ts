// Attaching managed policies to roles, users and groups.
import type { Handlers } from '@sluice/aws-protocol'
import type { AttachedPolicy, Operations } from '@sluice/aws-protocol/iam'
import type { Call } from '../call.ts'
import { limitExceeded, noSuchEntity } from './faults.ts'
import { foundHolder, type Holder } from './holder.ts'
import { isAttachable } from './managed-policy-rules.ts'
import { pageOf, type PageInput, type PageOutput } from './page.ts'

type Names =
  | 'AttachRolePolicy'
  | 'DetachRolePolicy'
  | 'ListAttachedRolePolicies'
  | 'AttachUserPolicy'
  | 'DetachUserPolicy'
  | 'ListAttachedUserPolicies'
  | 'AttachGroupPolicy'
  | 'DetachGroupPolicy'
  | 'ListAttachedGroupPolicies'

/** IAM quotas: policies attached to one holder. */
const mostPolicies = 10

export const attachedPolicy: Handlers<Operations, Names, Call> = {
  AttachRolePolicy: ({ RoleName, PolicyArn }, call) => attach(call, 'Role', RoleName, PolicyArn),
  DetachRolePolicy: ({ RoleName, PolicyArn }, call) => detach(call, 'Role', RoleName, PolicyArn),
  ListAttachedRolePolicies: async ({ RoleName, ...page }, call) => {
    const { items, rest } = await list(call, 'Role', RoleName, page)
    return { AttachedPolicies: items, ...rest }
  },
  AttachUserPolicy: ({ UserName, PolicyArn }, call) => attach(call, 'User', UserName, PolicyArn),
  DetachUserPolicy: ({ UserName, PolicyArn }, call) => detach(call, 'User', UserName, PolicyArn),
  ListAttachedUserPolicies: async ({ UserName, ...page }, call) => {
    const { items, rest } = await list(call, 'User', UserName, page)
    return { AttachedPolicies: items, ...rest }
  },
  AttachGroupPolicy: ({ GroupName, PolicyArn }, call) => attach(call, 'Group', GroupName, PolicyArn),
  DetachGroupPolicy: ({ GroupName, PolicyArn }, call) => detach(call, 'Group', GroupName, PolicyArn),
  ListAttachedGroupPolicies: async ({ GroupName, ...page }, call) => {
    const { items, rest } = await list(call, 'Group', GroupName, page)
    return { AttachedPolicies: items, ...rest }
  },
}

/** Attaches a policy; nothing changes when it is attached already. */
async function attach(call: Call, kind: Holder, name: string, arn: string): Promise<void> {
  const record = await foundHolder(call, kind, name)
  if (!(await isAttachable(call, arn))) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
  if (record.attachedPolicyArns.includes(arn)) return
  if (record.attachedPolicyArns.length >= mostPolicies) {
    throw limitExceeded(`Cannot exceed quota for PoliciesPer${kind}: ${mostPolicies}`)
  }
  call.store.put(kind, [name], { ...record, attachedPolicyArns: [...record.attachedPolicyArns, arn] })
}

async function detach(call: Call, kind: Holder, name: string, arn: string): Promise<void> {
  const record = await foundHolder(call, kind, name)
  if (!record.attachedPolicyArns.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`)
  const attachedPolicyArns = record.attachedPolicyArns.filter((other) => other !== arn)
  call.store.put(kind, [name], { ...record, attachedPolicyArns })
}

async function list(
  call: Call,
  kind: Holder,
  name: string,
  { PathPrefix = '/', ...page }: PageInput & { readonly PathPrefix?: string | undefined },
): Promise<PageOutput<AttachedPolicy>> {
  const { attachedPolicyArns } = await foundHolder(call, kind, name)
  const wanted = attachedPolicyArns.filter((arn) => partsOf(arn).path.startsWith(PathPrefix))
  const { items, rest } = pageOf(wanted, (arn) => arn, page)
  return { items: shownAttached(items), rest }
}

/** Policies of a holder as listings name them. */
export function shownAttached(arns: readonly string[]): readonly AttachedPolicy[] {
  return arns.map((PolicyArn) => ({ PolicyName: partsOf(PolicyArn).name, PolicyArn }))
}

/** `arn:aws:iam::aws:policy/service-role/Name` → path `/service-role/`, name `Name`. */
function partsOf(arn: string): { readonly path: string; readonly name: string } {
  const resource = arn.slice(arn.indexOf(':policy/') + ':policy'.length)
  const cut = resource.lastIndexOf('/') + 1
  return { path: resource.slice(0, cut), name: resource.slice(cut) }
}
