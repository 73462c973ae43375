// Inline policies: documents that belong to one role, user or group.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/iam'
import type { InlinePolicies } from '../../nouns/identity-records.ts'
import type { Call } from '../call.ts'
import { checkPolicy, limitExceeded, noSuchEntity } from './faults.ts'
import { foundHolder, type Holder } from './holder.ts'
import { pageOf } from './page.ts'
import { encodedDocument } from './shown.ts'

type Names =
  | 'PutRolePolicy'
  | 'GetRolePolicy'
  | 'ListRolePolicies'
  | 'DeleteRolePolicy'
  | 'PutUserPolicy'
  | 'GetUserPolicy'
  | 'ListUserPolicies'
  | 'DeleteUserPolicy'
  | 'PutGroupPolicy'
  | 'GetGroupPolicy'
  | 'ListGroupPolicies'
  | 'DeleteGroupPolicy'

/** IAM quotas: characters of all inline policies of one holder, white space not counted. */
const mostCharacters: Readonly<Record<Holder, number>> = { Role: 10_240, User: 2_048, Group: 5_120 }

export const inlinePolicy: Handlers<Operations, Names, Call> = {
  PutRolePolicy: ({ RoleName, ...policy }, call) => put(call, 'Role', RoleName, policy),
  GetRolePolicy: async ({ RoleName, PolicyName }, call) => ({
    RoleName,
    PolicyName,
    PolicyDocument: await documentOf(call, 'Role', RoleName, PolicyName),
  }),
  ListRolePolicies: async ({ RoleName, ...page }, call) => {
    const { inlinePolicies } = await foundHolder(call, 'Role', RoleName)
    const { items, rest } = pageOf(Object.keys(inlinePolicies), (name) => name, page)
    return { PolicyNames: items, ...rest }
  },
  DeleteRolePolicy: ({ RoleName, PolicyName }, call) => remove(call, 'Role', RoleName, PolicyName),

  PutUserPolicy: ({ UserName, ...policy }, call) => put(call, 'User', UserName, policy),
  GetUserPolicy: async ({ UserName, PolicyName }, call) => ({
    UserName,
    PolicyName,
    PolicyDocument: await documentOf(call, 'User', UserName, PolicyName),
  }),
  ListUserPolicies: async ({ UserName, ...page }, call) => {
    const { inlinePolicies } = await foundHolder(call, 'User', UserName)
    const { items, rest } = pageOf(Object.keys(inlinePolicies), (name) => name, page)
    return { PolicyNames: items, ...rest }
  },
  DeleteUserPolicy: ({ UserName, PolicyName }, call) => remove(call, 'User', UserName, PolicyName),

  PutGroupPolicy: ({ GroupName, ...policy }, call) => put(call, 'Group', GroupName, policy),
  GetGroupPolicy: async ({ GroupName, PolicyName }, call) => ({
    GroupName,
    PolicyName,
    PolicyDocument: await documentOf(call, 'Group', GroupName, PolicyName),
  }),
  ListGroupPolicies: async ({ GroupName, ...page }, call) => {
    const { inlinePolicies } = await foundHolder(call, 'Group', GroupName)
    const { items, rest } = pageOf(Object.keys(inlinePolicies), (name) => name, page)
    return { PolicyNames: items, ...rest }
  },
  DeleteGroupPolicy: ({ GroupName, PolicyName }, call) => remove(call, 'Group', GroupName, PolicyName),
}

interface NamedPolicy {
  readonly PolicyName: string
  readonly PolicyDocument: string
}

async function put(call: Call, kind: Holder, name: string, { PolicyName, PolicyDocument }: NamedPolicy): Promise<void> {
  const record = await foundHolder(call, kind, name)
  checkPolicy(PolicyDocument, 'identity')
  // Not an assignment: a policy may be called `__proto__`.
  const others = Object.entries(record.inlinePolicies).filter(([other]) => other !== PolicyName)
  const inlinePolicies: InlinePolicies = Object.fromEntries([...others, [PolicyName, PolicyDocument]])
  const characters = Object.values(inlinePolicies).join('').replace(/\s/g, '').length
  if (characters > mostCharacters[kind]) {
    throw limitExceeded(
      `Maximum policy size of ${mostCharacters[kind]} bytes exceeded for ${kind.toLowerCase()} ${name}`,
    )
  }
  call.store.put(kind, [name], { ...record, inlinePolicies })
}

async function documentOf(call: Call, kind: Holder, name: string, policyName: string): Promise<string> {
  const { inlinePolicies } = await foundHolder(call, kind, name)
  return encodedDocument(found(inlinePolicies, kind, policyName))
}

async function remove(call: Call, kind: Holder, name: string, policyName: string): Promise<void> {
  const record = await foundHolder(call, kind, name)
  found(record.inlinePolicies, kind, policyName)
  const others = Object.entries(record.inlinePolicies).filter(([other]) => other !== policyName)
  call.store.put(kind, [name], { ...record, inlinePolicies: Object.fromEntries(others) })
}

function found(policies: InlinePolicies, kind: Holder, policyName: string): string {
  const document = Object.hasOwn(policies, policyName) ? policies[policyName] : undefined
  if (document !== undefined) return document
  throw noSuchEntity(`The ${kind.toLowerCase()} policy with name ${policyName} cannot be found.`)
}
