// Roles. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations, Role } from '@sluice/aws-protocol/iam'
import type { RoleRecord } from '../../nouns/identity-records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { uniqueId } from './credentials.ts'
import { checkPolicy, deleteConflict } from './faults.ts'
import { checkNewHolder, foundHolder, identityArn } from './holder.ts'
import { checkBoundary } from './managed-policy-rules.ts'
import { pageOf } from './page.ts'
import { encodedDocument, shownBoundary, shownTags, tagsOf } from './shown.ts'

/** IAM quotas: the largest that can be asked for. */
const trustPolicyCharacters = 4_096

export const role: Handlers<
  Operations,
  | 'CreateRole'
  | 'GetRole'
  | 'ListRoles'
  | 'DeleteRole'
  | 'UpdateRole'
  | 'UpdateRoleDescription'
  | 'UpdateAssumeRolePolicy',
  Call
> = {
  CreateRole: async (input, call) => {
    checkPolicy(input.AssumeRolePolicyDocument, 'trust', trustPolicyCharacters)
    await checkNewHolder(call, 'Role', input.RoleName)
    await checkBoundary(call, input.PermissionsBoundary)
    const path = input.Path ?? '/'
    const record: RoleRecord = {
      roleName: input.RoleName,
      roleId: uniqueId('AROA'),
      path,
      arn: identityArn(call, 'Role', path, input.RoleName),
      createDate: nowSeconds(call),
      assumeRolePolicyDocument: input.AssumeRolePolicyDocument,
      description: input.Description,
      maxSessionDuration: input.MaxSessionDuration ?? 3600,
      permissionsBoundary: input.PermissionsBoundary,
      tags: tagsOf(input.Tags),
      inlinePolicies: {},
      attachedPolicyArns: [],
    }
    call.store.put('Role', [record.roleName], record)
    return { Role: { ...shownRole(record), ...shownTags(record.tags), ...shownBoundary(record.permissionsBoundary) } }
  },
  GetRole: async ({ RoleName }, call) => {
    const record = await foundHolder(call, 'Role', RoleName)
    return {
      Role: {
        ...shownRole(record),
        ...shownTags(record.tags),
        ...shownBoundary(record.permissionsBoundary),
        RoleLastUsed: {},
      },
    }
  },
  UpdateRole: async ({ RoleName, Description, MaxSessionDuration }, call) => {
    const record = await foundHolder(call, 'Role', RoleName)
    call.store.put('Role', [RoleName], {
      ...record,
      description: Description ?? record.description,
      maxSessionDuration: MaxSessionDuration ?? record.maxSessionDuration,
    })
    return {}
  },
  UpdateRoleDescription: async ({ RoleName, Description: description }, call) => {
    const record = { ...(await foundHolder(call, 'Role', RoleName)), description }
    call.store.put('Role', [RoleName], record)
    return { Role: shownRole(record) }
  },
  UpdateAssumeRolePolicy: async ({ RoleName, PolicyDocument }, call) => {
    checkPolicy(PolicyDocument, 'trust', trustPolicyCharacters)
    const record = await foundHolder(call, 'Role', RoleName)
    call.store.put('Role', [RoleName], { ...record, assumeRolePolicyDocument: PolicyDocument })
  },
  ListRoles: async (input, call) => {
    const roles = (await call.store.list('Role', [])).map(({ record }) => record)
    const wanted = roles.filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'))
    const { items, rest } = pageOf(wanted, ({ roleName }) => roleName, input)
    return { Roles: items.map(shownRole), ...rest }
  },
  DeleteRole: async ({ RoleName }, call) => {
    const { inlinePolicies, attachedPolicyArns } = await foundHolder(call, 'Role', RoleName)
    const profiles = await call.store.list('InstanceProfile', [])
    if (profiles.some(({ record }) => record.roleName === RoleName)) {
      throw deleteConflict('remove roles from instance profile')
    }
    if (attachedPolicyArns.length > 0) throw deleteConflict('detach all policies')
    if (Object.keys(inlinePolicies).length > 0) throw deleteConflict('delete policies')
    call.store.delete('Role', [RoleName])
  },
}

/** A role without what only its own answer shows. */
export function shownRole(record: RoleRecord): Role {
  return {
    Path: record.path,
    RoleName: record.roleName,
    RoleId: record.roleId,
    Arn: record.arn,
    CreateDate: record.createDate,
    AssumeRolePolicyDocument: encodedDocument(record.assumeRolePolicyDocument),
    ...(record.description !== undefined && { Description: record.description }),
    MaxSessionDuration: record.maxSessionDuration,
  }
}
