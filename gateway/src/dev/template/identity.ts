// `AWS::IAM::Role` and `AWS::IAM::Policy`: recorded in IAM, where authorization reads them.
import { ServiceFault } from '@sluice/aws-protocol'
import { itemsOf, jsonText, member, textOf } from '@sluice/cloudformation'
import type { MapNode, Node } from '@sluice/cloudformation'
import type { AwsCall } from '../client.ts'
import { found } from './found.ts'
import { nameOf } from './ids.ts'
import { textMember, textProperty, textsProperty } from './input.ts'
import { PropertyFault, type ResourceKind } from './resource-kind.ts'
import { quietly } from './row-kind.ts'

export const role: ResourceKind = {
  put: async (wanted, deployment) => {
    const { call } = deployment
    const { properties } = wanted
    const RoleName = textOf(member(properties, 'RoleName')) ?? nameOf(deployment, wanted)
    const document = documentOf(properties, 'AssumeRolePolicyDocument')
    const isThere = (await found(call('iam', 'GetRole', { RoleName }))) !== undefined
    if (isThere) await call('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument: document })
    else {
      const Path = textOf(member(properties, 'Path'))
      await call('iam', 'CreateRole', { RoleName, Path, AssumeRolePolicyDocument: document })
    }
    await dropPolicies(call, RoleName)
    for (const PolicyArn of textsProperty(properties, 'ManagedPolicyArns')) await attach(call, { RoleName, PolicyArn })
    for (const { name, node } of inlinePolicies(properties)) {
      await call('iam', 'PutRolePolicy', {
        RoleName,
        PolicyName: name,
        PolicyDocument: documentOf(node, 'PolicyDocument'),
      })
    }
    const { Role } = (await call('iam', 'GetRole', { RoleName })) as {
      readonly Role: Readonly<Record<string, unknown>>
    }
    return {
      physicalId: RoleName,
      ref: RoleName,
      attributes: { Arn: textMember(Role, 'Arn'), RoleId: textMember(Role, 'RoleId') },
      input: {},
      remove: async (call) => {
        await dropPolicies(call, RoleName)
        await call('iam', 'DeleteRole', { RoleName })
      },
    }
  },
}

/** Attaches a policy; AWS's own are not stored here, so a role goes without them. */
async function attach(call: AwsCall, at: { readonly RoleName: string; readonly PolicyArn: string }): Promise<void> {
  try {
    await call('iam', 'AttachRolePolicy', at)
  } catch (error) {
    if (!(error instanceof ServiceFault) || error.status !== 404 || !at.PolicyArn.includes(':iam::aws:')) throw error
  }
}

async function dropPolicies(call: AwsCall, RoleName: string): Promise<void> {
  const inline = await call('iam', 'ListRolePolicies', { RoleName })
  for (const PolicyName of (inline['PolicyNames'] ?? []) as readonly string[]) {
    await call('iam', 'DeleteRolePolicy', { RoleName, PolicyName })
  }
  const attached = await call('iam', 'ListAttachedRolePolicies', { RoleName })
  for (const { PolicyArn } of (attached['AttachedPolicies'] ?? []) as readonly { readonly PolicyArn: string }[]) {
    await call('iam', 'DetachRolePolicy', { RoleName, PolicyArn })
  }
}

function inlinePolicies(properties: MapNode): readonly { readonly name: string; readonly node: MapNode }[] {
  return itemsOf(member(properties, 'Policies')).map((node) => {
    const name = textOf(member(node, 'PolicyName'))
    if (name === undefined || node.kind !== 'map') throw new PropertyFault('A policy needs PolicyName', node)
    return { name, node }
  })
}

/** The holders of a policy: the property that lists them, and the operations that attach and detach it. */
const holders = [
  { property: 'Roles', member: 'RoleName', put: 'PutRolePolicy', remove: 'DeleteRolePolicy' },
  { property: 'Users', member: 'UserName', put: 'PutUserPolicy', remove: 'DeleteUserPolicy' },
  { property: 'Groups', member: 'GroupName', put: 'PutGroupPolicy', remove: 'DeleteGroupPolicy' },
] as const

export const policy: ResourceKind = {
  put: async (wanted, { call }) => {
    const { properties } = wanted
    const PolicyName = textProperty(wanted, 'PolicyName')
    const PolicyDocument = documentOf(properties, 'PolicyDocument')
    const given = holders.flatMap((holder) =>
      textsProperty(properties, holder.property).map((name) => ({
        ...holder,
        at: { [holder.member]: name, PolicyName },
      })),
    )
    for (const { put, at } of given) await call('iam', put, { ...at, PolicyDocument })
    return {
      physicalId: JSON.stringify(given.map(({ at }) => at)),
      ref: PolicyName,
      attributes: {},
      input: {},
      remove: async (call) => {
        for (const { remove, at } of given) await quietly(call('iam', remove, at))
      },
    }
  },
}

function documentOf(properties: MapNode, name: string): string {
  const document: Node | undefined = member(properties, name)
  if (document === undefined) throw new PropertyFault(`A ${name} is needed`, properties)
  return textOf(document) ?? jsonText(document)
}
