// Users and groups under new names and paths: what they have goes along.
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetGroupCommand,
  GetRoleCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  PutUserPolicyCommand,
  UpdateGroupCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGateway, type EmbeddedGateway } from '../../index.ts'

let gateway: EmbeddedGateway
let iam: IAMClient

beforeEach(async () => {
  gateway = createGateway({ logLevel: 'silent' })
  iam = new IAMClient({ ...gateway.clientConfig, maxAttempts: 1 })
  await iam.send(new CreateUserCommand({ UserName: 'Tom', Tags: [{ Key: 'team', Value: 'zoo' }] }))
})

afterEach(() => gateway.close())

const anything = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})

describe('a renamed user', () => {
  test('keeps its id, tags, policies, groups and keys, and has another ARN', async () => {
    const before = await iam.send(new GetUserCommand({ UserName: 'Tom' }))
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'all', PolicyDocument: anything }))
    const PolicyArn = Policy?.Arn
    await iam.send(new AttachUserPolicyCommand({ UserName: 'Tom', PolicyArn }))
    await iam.send(new PutUserPolicyCommand({ UserName: 'Tom', PolicyName: 'own', PolicyDocument: anything }))
    await iam.send(new CreateGroupCommand({ GroupName: 'cats' }))
    await iam.send(new AddUserToGroupCommand({ GroupName: 'cats', UserName: 'Tom' }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'Tom' }))

    await iam.send(new UpdateUserCommand({ UserName: 'Tom', NewUserName: 'Thomas', NewPath: '/zoo/' }))

    const { User } = await iam.send(new GetUserCommand({ UserName: 'Thomas' }))
    expect(User).toEqual({
      ...before.User,
      UserName: 'Thomas',
      Path: '/zoo/',
      Arn: 'arn:aws:iam::000000000000:user/zoo/Thomas',
    })
    await expect(iam.send(new GetUserCommand({ UserName: 'Tom' }))).rejects.toMatchObject({ Code: 'NoSuchEntity' })
    const UserName = 'Thomas'
    const { AttachedPolicies } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }))
    expect(AttachedPolicies).toEqual([{ PolicyName: 'all', PolicyArn }])
    expect(await iam.send(new GetUserPolicyCommand({ UserName, PolicyName: 'own' }))).toMatchObject({ UserName })
    const { Groups } = await iam.send(new ListGroupsForUserCommand({ UserName }))
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['cats'])
    const { Users } = await iam.send(new GetGroupCommand({ GroupName: 'cats' }))
    expect(Users?.map(({ Arn }) => Arn)).toEqual([User?.Arn])
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }))
    expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: AccessKey?.AccessKeyId, UserName, Status: 'Active' }])
  })

  test('is who its key and its sessions say, also those from before', async () => {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'Tom' }))
    const own = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
    const sts = new STSClient({ ...gateway.clientConfig, credentials: own })
    const { Credentials } = await sts.send(new GetSessionTokenCommand({}))
    const session = new STSClient({
      ...gateway.clientConfig,
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    })
    const arns = async (): Promise<unknown> => [
      (await sts.send(new GetCallerIdentityCommand({}))).Arn,
      (await session.send(new GetCallerIdentityCommand({}))).Arn,
    ]
    expect(await arns()).toEqual(['arn:aws:iam::000000000000:user/Tom', 'arn:aws:iam::000000000000:user/Tom'])
    await iam.send(new UpdateUserCommand({ UserName: 'Tom', NewUserName: 'Thomas' }))
    expect(await arns()).toEqual(['arn:aws:iam::000000000000:user/Thomas', 'arn:aws:iam::000000000000:user/Thomas'])
  })

  test('is trusted by the roles that trusted it, and by no others', async () => {
    const trusting = (AWS: unknown): string =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' }],
      })
    const [tom, root] = ['arn:aws:iam::000000000000:user/Tom', 'arn:aws:iam::000000000000:root']
    for (const [RoleName, AWS] of [
      ['one', tom],
      ['several', [root, tom]],
      ['other', `${tom}as`],
    ] as const) {
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting(AWS) }))
    }
    await iam.send(new UpdateUserCommand({ UserName: 'Tom', NewPath: '/zoo/' }))
    const trust = async (RoleName: string): Promise<string> =>
      decodeURIComponent((await iam.send(new GetRoleCommand({ RoleName }))).Role?.AssumeRolePolicyDocument ?? '')
    expect(await trust('one')).toBe(trusting('arn:aws:iam::000000000000:user/zoo/Tom'))
    expect(await trust('several')).toBe(trusting([root, 'arn:aws:iam::000000000000:user/zoo/Tom']))
    expect(await trust('other')).toBe(trusting(`${tom}as`))
  })

  test('may be written in other letters, but not as somebody else is', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'Ada' }))
    await iam.send(new UpdateUserCommand({ UserName: 'Tom', NewUserName: 'TOM' }))
    await expect(iam.send(new UpdateUserCommand({ UserName: 'TOM', NewUserName: 'ada' }))).rejects.toMatchObject({
      Code: 'EntityAlreadyExists',
      message: 'User with name ada already exists.',
      $metadata: { httpStatusCode: 409 },
    })
    await expect(iam.send(new UpdateUserCommand({ UserName: 'Tom', NewUserName: 'x' }))).rejects.toMatchObject({
      Code: 'NoSuchEntity',
      message: 'The user with name Tom cannot be found.',
    })
  })
})

test('a renamed group keeps its id and its users', async () => {
  await iam.send(new CreateGroupCommand({ GroupName: 'cats' }))
  await iam.send(new AddUserToGroupCommand({ GroupName: 'cats', UserName: 'Tom' }))
  const before = await iam.send(new GetGroupCommand({ GroupName: 'cats' }))
  await iam.send(new UpdateGroupCommand({ GroupName: 'cats', NewGroupName: 'lions', NewPath: '/zoo/' }))
  const { Group, Users } = await iam.send(new GetGroupCommand({ GroupName: 'lions' }))
  expect(Group).toEqual({
    ...before.Group,
    GroupName: 'lions',
    Path: '/zoo/',
    Arn: 'arn:aws:iam::000000000000:group/zoo/lions',
  })
  expect(Users?.map(({ UserName }) => UserName)).toEqual(['Tom'])
  const { Groups } = await iam.send(new ListGroupsForUserCommand({ UserName: 'Tom' }))
  expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['lions'])
  await expect(iam.send(new GetGroupCommand({ GroupName: 'cats' }))).rejects.toMatchObject({ Code: 'NoSuchEntity' })
})
