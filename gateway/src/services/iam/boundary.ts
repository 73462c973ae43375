// Permissions boundaries of roles and users. https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/iam'
import type { Call } from '../call.ts'
import { noSuchEntity } from './faults.ts'
import { foundHolder } from './holder.ts'
import { checkBoundary } from './managed-policy-rules.ts'

type Names =
  | 'PutRolePermissionsBoundary'
  | 'DeleteRolePermissionsBoundary'
  | 'PutUserPermissionsBoundary'
  | 'DeleteUserPermissionsBoundary'

export const boundary: Handlers<Operations, Names, Call> = {
  PutRolePermissionsBoundary: ({ RoleName, PermissionsBoundary }, call) =>
    put(call, 'Role', RoleName, PermissionsBoundary),
  DeleteRolePermissionsBoundary: ({ RoleName }, call) => remove(call, 'Role', RoleName),
  PutUserPermissionsBoundary: ({ UserName, PermissionsBoundary }, call) =>
    put(call, 'User', UserName, PermissionsBoundary),
  DeleteUserPermissionsBoundary: ({ UserName }, call) => remove(call, 'User', UserName),
}

async function put(call: Call, kind: 'Role' | 'User', name: string, permissionsBoundary: string): Promise<void> {
  const record = await foundHolder(call, kind, name)
  await checkBoundary(call, permissionsBoundary)
  call.store.put(kind, [name], { ...record, permissionsBoundary })
}

async function remove(call: Call, kind: 'Role' | 'User', name: string): Promise<void> {
  const record = await foundHolder(call, kind, name)
  if (record.permissionsBoundary === undefined) {
    throw noSuchEntity(`The ${kind.toLowerCase()} with name ${name} does not have a permissions boundary.`)
  }
  call.store.put(kind, [name], { ...record, permissionsBoundary: undefined })
}
