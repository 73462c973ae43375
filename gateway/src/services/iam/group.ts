// Groups of users, who have the group's policies.
import type { Handlers } from '@sluice/aws-protocol'
import type { Group, Operations } from '@sluice/aws-protocol/iam'
import type { GroupRecord } from '../../nouns/identity-records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { uniqueId } from './credentials.ts'
import { deleteConflict } from './faults.ts'
import { checkNewHolder, foundHolder, identityArn } from './holder.ts'
import { pageOf } from './page.ts'
import { shownUser } from './user.ts'

type Names =
  | 'CreateGroup'
  | 'GetGroup'
  | 'ListGroups'
  | 'ListGroupsForUser'
  | 'DeleteGroup'
  | 'AddUserToGroup'
  | 'RemoveUserFromGroup'

export const group: Handlers<Operations, Names, Call> = {
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
    return { Group: shownGroup(record) }
  },
  GetGroup: async ({ GroupName, ...page }, call) => {
    const record = await foundHolder(call, 'Group', GroupName)
    const { items, rest } = pageOf(record.userNames, (name) => name, page)
    const users = await Promise.all(items.map((name) => foundHolder(call, 'User', name)))
    return { Group: shownGroup(record), Users: users.map(shownUser), ...rest }
  },
  ListGroups: async (input, call) => {
    const groups = (await call.store.list('Group', [])).map(({ record }) => record)
    const wanted = groups.filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'))
    const { items, rest } = pageOf(wanted, ({ groupName }) => groupName, input)
    return { Groups: items.map(shownGroup), ...rest }
  },
  ListGroupsForUser: async ({ UserName, ...page }, call) => {
    await foundHolder(call, 'User', UserName)
    const groups = (await call.store.list('Group', [])).map(({ record }) => record)
    const own = groups.filter(({ userNames }) => userNames.includes(UserName))
    const { items, rest } = pageOf(own, ({ groupName }) => groupName, page)
    return { Groups: items.map(shownGroup), ...rest }
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

export function shownGroup({ path, groupName, groupId, arn, createDate }: GroupRecord): Group {
  return { Path: path, GroupName: groupName, GroupId: groupId, Arn: arn, CreateDate: createDate }
}
