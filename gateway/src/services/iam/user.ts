// Users. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations, User } from '@sluice/aws-protocol/iam'
import type { UserRecord } from '../../nouns/identity-records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { callerName } from './caller.ts'
import { uniqueId } from './credentials.ts'
import { deleteConflict } from './faults.ts'
import { checkNewHolder, foundHolder, identityArn } from './holder.ts'
import { checkBoundary } from './managed-policy-rules.ts'
import { pageOf } from './page.ts'
import { shownBoundary, shownTags, tagsOf } from './shown.ts'

export const user: Handlers<Operations, 'CreateUser' | 'GetUser' | 'ListUsers' | 'DeleteUser', Call> = {
  CreateUser: async (input, call) => {
    await checkNewHolder(call, 'User', input.UserName)
    await checkBoundary(call, input.PermissionsBoundary)
    const path = input.Path ?? '/'
    const record: UserRecord = {
      userName: input.UserName,
      userId: uniqueId('AIDA'),
      path,
      arn: identityArn(call, 'User', path, input.UserName),
      createDate: nowSeconds(call),
      permissionsBoundary: input.PermissionsBoundary,
      tags: tagsOf(input.Tags),
      inlinePolicies: {},
      attachedPolicyArns: [],
    }
    call.store.put('User', [record.userName], record)
    return { User: whole(record) }
  },
  GetUser: async ({ UserName }, call) => {
    const name = UserName ?? callerName(call)
    if (name !== undefined) return { User: whole(await foundHolder(call, 'User', name)) }
    const { account, arn } = call.principal
    return { User: { Path: '/', UserName: 'root', UserId: account, Arn: arn, CreateDate: 0 } }
  },
  ListUsers: async (input, call) => {
    const users = (await call.store.list('User', [])).map(({ record }) => record)
    const wanted = users.filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'))
    const { items, rest } = pageOf(wanted, ({ userName }) => userName, input)
    return { Users: items.map(shownUser), ...rest }
  },
  DeleteUser: async ({ UserName }, call) => {
    const { inlinePolicies, attachedPolicyArns } = await foundHolder(call, 'User', UserName)
    const keys = await call.store.list('AccessKey', [])
    if (keys.some(({ record }) => record.userName === UserName)) throw deleteConflict('delete access keys')
    if (attachedPolicyArns.length > 0) throw deleteConflict('detach all policies')
    if (Object.keys(inlinePolicies).length > 0) throw deleteConflict('delete policies')
    const groups = await call.store.list('Group', [])
    if (groups.some(({ record }) => record.userNames.includes(UserName))) {
      throw deleteConflict('remove users from group')
    }
    call.store.delete('User', [UserName])
  },
}

/** A user without what only its own answer shows. */
export function shownUser(record: UserRecord): User {
  return {
    Path: record.path,
    UserName: record.userName,
    UserId: record.userId,
    Arn: record.arn,
    CreateDate: record.createDate,
  }
}

function whole(record: UserRecord): User {
  return { ...shownUser(record), ...shownBoundary(record.permissionsBoundary), ...shownTags(record.tags) }
}
