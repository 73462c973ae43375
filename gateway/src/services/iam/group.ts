// Groups of users, who have the group's policies.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/iam'
import type { GroupRecord } from '../../nouns/identity-records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { uniqueId } from './credentials.ts'
import { deleteConflict } from './faults.ts'
import { checkNewHolder, foundHolder, identityArn } from './holder.ts'

export const group: Handlers<
  Operations,
  'CreateGroup' | 'DeleteGroup' | 'AddUserToGroup' | 'RemoveUserFromGroup',
  Call
> = {
  CreateGroup: async ({ GroupName, Path = '/' }, call) => {
    await checkNewHolder(call, 'Group', GroupName)
    const record: GroupRecord = {
      groupName: GroupName,
      groupId: uniqueId('AGPA'),
      path: Path,
      arn: identityArn(call, 'Group', Path, GroupName),
      createDate: nowSeconds(call),
      userNames: [],
      inlinePolicies: {},
      attachedPolicyArns: [],
    }
    call.store.put('Group', [GroupName], record)
    const { groupId: GroupId, arn: Arn, createDate: CreateDate } = record
    return { Group: { Path, GroupName, GroupId, Arn, CreateDate } }
  },
  DeleteGroup: async ({ GroupName }, call) => {
    const { userNames, attachedPolicyArns, inlinePolicies } = await foundHolder(call, 'Group', GroupName)
    if (userNames.length > 0) throw deleteConflict('remove users from group')
    if (attachedPolicyArns.length > 0) throw deleteConflict('detach all policies')
    if (Object.keys(inlinePolicies).length > 0) throw deleteConflict('delete policies')
    call.store.delete('Group', [GroupName])
  },
  AddUserToGroup: async ({ GroupName, UserName }, call) => {
    const record = await foundHolder(call, 'Group', GroupName)
    await foundHolder(call, 'User', UserName)
    const others = record.userNames.filter((name) => name !== UserName)
    call.store.put('Group', [GroupName], { ...record, userNames: [...others, UserName] })
  },
  RemoveUserFromGroup: async ({ GroupName, UserName }, call) => {
    const record = await foundHolder(call, 'Group', GroupName)
    await foundHolder(call, 'User', UserName)
    const userNames = record.userNames.filter((name) => name !== UserName)
    call.store.put('Group', [GroupName], { ...record, userNames })
  },
}
