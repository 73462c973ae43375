// Renames users and groups: what belongs to them follows, and their unique ids stay.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_rename.html
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/iam'
import type { Call } from '../call.ts'
import { checkNewHolder, foundHolder, identityArn } from './holder.ts'

export const rename: Handlers<Operations, 'UpdateUser' | 'UpdateGroup', Call> = {
  UpdateUser: async ({ UserName: before, NewUserName: userName = before, NewPath }, call) => {
    const record = await foundHolder(call, 'User', before)
    const place = await newPlace(call, 'User', { record, before, after: userName, newPath: NewPath })
    call.store.delete('User', [before])
    call.store.put('User', [userName], { ...record, userName, ...place })
    await renameInTrust(call, record.arn, place.arn)
    if (userName === before) return
    for (const { key, record: accessKey } of await call.store.list('AccessKey', [])) {
      if (accessKey.userName === before) call.store.put('AccessKey', key, { ...accessKey, userName })
    }
    for (const { key, record: group } of await call.store.list('Group', [])) {
      if (!group.userNames.includes(before)) continue
      const userNames = group.userNames.map((name) => (name === before ? userName : name))
      call.store.put('Group', key, { ...group, userNames })
    }
  },
  UpdateGroup: async ({ GroupName: before, NewGroupName: groupName = before, NewPath }, call) => {
    const record = await foundHolder(call, 'Group', before)
    const place = await newPlace(call, 'Group', { record, before, after: groupName, newPath: NewPath })
    call.store.delete('Group', [before])
    call.store.put('Group', [groupName], { ...record, groupName, ...place })
  },
}

interface Renaming {
  readonly record: { readonly path: string }
  readonly before: string
  readonly after: string
  readonly newPath: string | undefined
}

/** The new place. AWS: the caller needs permission for the old name, which it has shown, and for the new one. */
async function newPlace(
  call: Call,
  kind: 'User' | 'Group',
  { record, before, after, newPath: path = record.path }: Renaming,
): Promise<{ readonly path: string; readonly arn: string }> {
  // A name may change in case alone: then it is not taken by another.
  if (before.toLowerCase() !== after.toLowerCase()) await checkNewHolder(call, kind, after)
  const arn = identityArn(call, kind, path, after)
  call.require?.({ action: `iam:Update${kind}`, resource: arn })
  return { path, arn }
}

/** AWS: policies that name a user as their principal follow it, those that name it as a resource do not. */
async function renameInTrust(call: Call, before: string, after: string): Promise<void> {
  for (const { key, record } of await call.store.list('Role', [])) {
    const assumeRolePolicyDocument = withPrincipal(record.assumeRolePolicyDocument, before, after)
    if (assumeRolePolicyDocument !== record.assumeRolePolicyDocument) {
      call.store.put('Role', key, { ...record, assumeRolePolicyDocument })
    }
  }
}

function withPrincipal(document: string, before: string, after: string): string {
  let isNamed = false
  const changed: unknown = JSON.parse(document, (key, value: unknown) => {
    if (key !== 'AWS') return value
    const all: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!all.includes(before)) return value
    isNamed = true
    const renamed = all.map((one) => (one === before ? after : one))
    return Array.isArray(value) ? renamed : renamed[0]
  })
  return isNamed ? JSON.stringify(changed) : document
}
