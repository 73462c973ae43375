// Users, roles, keys and policies through the real IAM and STS clients.
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteGroupCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListUsersCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGateway, type EmbeddedGateway } from '../../index.ts'

let gateway: EmbeddedGateway
let iam: IAMClient

const startAtMs = 1_750_000_000_000

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})
const allowInvoke = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
})

beforeEach(() => {
  gateway = createGateway({ logLevel: 'silent', startAtMs })
  iam = new IAMClient({ ...gateway.clientConfig, maxAttempts: 1 })
})

afterEach(async () => {
  iam.destroy()
  await gateway.close()
})

describe('roles', () => {
  test('are made with a path, an id and an encoded trust policy', async () => {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'pets',
        Path: '/zoo/',
        AssumeRolePolicyDocument: trust,
        Tags: [{ Key: 'team', Value: 'zoo' }],
      }),
    )
    expect(Role).toMatchObject({
      RoleName: 'pets',
      Path: '/zoo/',
      Arn: 'arn:aws:iam::000000000000:role/zoo/pets',
      CreateDate: new Date(startAtMs),
      MaxSessionDuration: 3600,
      Tags: [{ Key: 'team', Value: 'zoo' }],
    })
    expect(Role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/)
    const read = await iam.send(new GetRoleCommand({ RoleName: 'pets' }))
    expect(decodeURIComponent(read.Role?.AssumeRolePolicyDocument ?? '')).toBe(trust)
  })

  test('are missed and refused in AWS’s words', async () => {
    await expect(iam.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      Code: 'NoSuchEntity',
      message: 'The role with name nobody cannot be found.',
      $metadata: { httpStatusCode: 404 },
    })
    const create = (RoleName: string, AssumeRolePolicyDocument: string): Promise<unknown> =>
      iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
    await create('pets', trust)
    await expect(create('PETS', trust)).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'Role with name PETS already exists.',
      $metadata: { httpStatusCode: 409 },
    })
    await expect(create('other', '{')).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
      $metadata: { httpStatusCode: 400 },
    })
  })

  test('cannot be deleted before their policies', async () => {
    await iam.send(new CreateRoleCommand({ RoleName: 'pets', AssumeRolePolicyDocument: trust }))
    const aws = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'pets', PolicyArn: aws }))
    await iam.send(new PutRolePolicyCommand({ RoleName: 'pets', PolicyName: 'invoke', PolicyDocument: allowInvoke }))
    const drop = (): Promise<unknown> => iam.send(new DeleteRoleCommand({ RoleName: 'pets' }))
    await expect(drop()).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must detach all policies first.',
      $metadata: { httpStatusCode: 409 },
    })
    expect(await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'pets' }))).toMatchObject({
      AttachedPolicies: [{ PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: aws }],
      IsTruncated: false,
    })
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'pets', PolicyArn: aws }))
    await expect(drop()).rejects.toMatchObject({ message: 'Cannot delete entity, must delete policies first.' })
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'pets', PolicyName: 'invoke' }))
    await drop()
    await expect(drop()).rejects.toMatchObject({ message: 'The role with name pets cannot be found.' })
  })

  test('are listed in pages and by path', async () => {
    for (const [RoleName, Path] of [
      ['a', '/'],
      ['b', '/zoo/'],
      ['c', '/zoo/'],
    ] as const) {
      await iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: trust }))
    }
    const first = await iam.send(new ListRolesCommand({ MaxItems: 1, PathPrefix: '/zoo/' }))
    expect(first.Roles?.map(({ RoleName }) => RoleName)).toEqual(['b'])
    expect(first.IsTruncated).toBe(true)
    const second = await iam.send(new ListRolesCommand({ MaxItems: 1, PathPrefix: '/zoo/', Marker: first.Marker }))
    expect(second.Roles?.map(({ RoleName }) => RoleName)).toEqual(['c'])
    expect(second.IsTruncated).toBe(false)
    await expect(iam.send(new ListRolesCommand({ Marker: 'mine' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Invalid Marker.',
    })
  })
})

describe('inline policies', () => {
  test('are kept by name, whatever the name, and given back encoded', async () => {
    await iam.send(new CreateRoleCommand({ RoleName: 'pets', AssumeRolePolicyDocument: trust }))
    for (const PolicyName of ['invoke', '__proto__']) {
      await iam.send(new PutRolePolicyCommand({ RoleName: 'pets', PolicyName, PolicyDocument: allowInvoke }))
    }
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: 'pets' }))
    expect(PolicyNames).toEqual(['__proto__', 'invoke'])
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: 'pets', PolicyName: '__proto__' }))
    expect(PolicyDocument).toContain('%22Resource%22%3A%22%2A%22')
    expect(decodeURIComponent(PolicyDocument ?? '')).toBe(allowInvoke)
    await expect(iam.send(new GetRolePolicyCommand({ RoleName: 'pets', PolicyName: 'other' }))).rejects.toMatchObject({
      message: 'The role policy with name other cannot be found.',
    })
  })

  test('of one user may have 2,048 characters in all', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'Tom' }))
    const put = (PolicyName: string, length: number): Promise<unknown> => {
      const statement = { Effect: 'Allow', Action: 'a:b', Resource: `arn:aws:s3:::${'x'.repeat(length)}` }
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
      return iam.send(new PutUserPolicyCommand({ UserName: 'Tom', PolicyName, PolicyDocument }))
    }
    await put('one', 1_000)
    await expect(put('two', 1_000)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Maximum policy size of 2048 bytes exceeded for user Tom',
    })
  })
})

describe('users', () => {
  test('are made, read, listed, and deleted last', async () => {
    const { User } = await iam.send(new CreateUserCommand({ UserName: 'Tom' }))
    expect(User).toMatchObject({ UserName: 'Tom', Path: '/', Arn: 'arn:aws:iam::000000000000:user/Tom' })
    expect(User?.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/)
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'Tom' }))
    expect((await iam.send(new ListUsersCommand({}))).Users?.map(({ UserName }) => UserName)).toEqual(['Tom'])
    await expect(iam.send(new DeleteUserCommand({ UserName: 'Tom' }))).rejects.toMatchObject({
      message: 'Cannot delete entity, must delete access keys first.',
    })
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'Tom', AccessKeyId: AccessKey?.AccessKeyId ?? '' }))
    await iam.send(new DeleteUserCommand({ UserName: 'Tom' }))
    await expect(iam.send(new GetUserCommand({ UserName: 'Tom' }))).rejects.toMatchObject({
      message: 'The user with name Tom cannot be found.',
    })
  })

  test('have at most two access keys, which can be switched off', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'Tom' }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'Tom' }))
    expect(AccessKey?.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(AccessKey?.SecretAccessKey).toHaveLength(40)
    await iam.send(new CreateAccessKeyCommand({ UserName: 'Tom' }))
    await expect(iam.send(new CreateAccessKeyCommand({ UserName: 'Tom' }))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for AccessKeysPerUser: 2',
    })
    const AccessKeyId = AccessKey?.AccessKeyId ?? ''
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'Tom', AccessKeyId, Status: 'Inactive' }))
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'Tom' }))
    expect(AccessKeyMetadata?.find((key) => key.AccessKeyId === AccessKeyId)?.Status).toBe('Inactive')
  })

  test('belong to groups', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'Tom' }))
    const { Group } = await iam.send(new CreateGroupCommand({ GroupName: 'cats' }))
    expect(Group?.Arn).toBe('arn:aws:iam::000000000000:group/cats')
    await iam.send(new PutGroupPolicyCommand({ GroupName: 'cats', PolicyName: 'p', PolicyDocument: allowInvoke }))
    await iam.send(new AddUserToGroupCommand({ GroupName: 'cats', UserName: 'Tom' }))
    await expect(iam.send(new DeleteUserCommand({ UserName: 'Tom' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    })
    await iam.send(new RemoveUserFromGroupCommand({ GroupName: 'cats', UserName: 'Tom' }))
    await iam.send(new DeleteUserCommand({ UserName: 'Tom' }))
    await expect(iam.send(new DeleteGroupCommand({ GroupName: 'cats' }))).rejects.toMatchObject({
      message: 'Cannot delete entity, must delete policies first.',
    })
  })
})

describe('managed policies', () => {
  test('count what they are attached to, and cannot be deleted before', async () => {
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'invoke', PolicyDocument: allowInvoke }))
    const PolicyArn = 'arn:aws:iam::000000000000:policy/invoke'
    expect(Policy).toMatchObject({ Arn: PolicyArn, DefaultVersionId: 'v1', AttachmentCount: 0, IsAttachable: true })
    expect(Policy?.PolicyId).toMatch(/^ANPA[A-Z2-7]{17}$/)
    await iam.send(new CreateUserCommand({ UserName: 'Tom' }))
    await iam.send(new CreateGroupCommand({ GroupName: 'cats' }))
    await iam.send(new AttachUserPolicyCommand({ UserName: 'Tom', PolicyArn }))
    await iam.send(new AttachGroupPolicyCommand({ GroupName: 'cats', PolicyArn }))
    expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.AttachmentCount).toBe(2)
    expect((await iam.send(new ListPoliciesCommand({ OnlyAttached: true }))).Policies).toHaveLength(1)
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      message: 'Cannot delete a policy attached to entities.',
    })
    await expect(
      iam.send(new CreatePolicyCommand({ PolicyName: 'Invoke', PolicyDocument: allowInvoke })),
    ).rejects.toMatchObject({
      message: 'A policy called Invoke already exists. Duplicate names are not allowed.',
    })
    const other = `${PolicyArn}2`
    await expect(iam.send(new AttachUserPolicyCommand({ UserName: 'Tom', PolicyArn: other }))).rejects.toMatchObject({
      message: `Policy ${other} does not exist or is not attachable.`,
    })
  })
})

test('GetCallerIdentity tells the root of the account that the key names', async () => {
  const credentials = { accessKeyId: '111111111111', secretAccessKey: 'x' }
  const sts = new STSClient({ ...gateway.clientConfig, credentials })
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '111111111111',
    UserId: '111111111111',
    Arn: 'arn:aws:iam::111111111111:root',
  })
})
