// Changing what IAM keeps: trust, tags, boundaries, versions of policies, and the policies of groups.
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeleteGroupPolicyCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteUserPermissionsBoundaryCommand,
  DetachGroupPolicyCommand,
  GetGroupCommand,
  GetGroupPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListGroupPoliciesCommand,
  ListGroupsCommand,
  ListGroupsForUserCommand,
  ListPolicyVersionsCommand,
  ListRoleTagsCommand,
  ListUserTagsCommand,
  PutGroupPolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutUserPermissionsBoundaryCommand,
  RemoveUserFromGroupCommand,
  SetDefaultPolicyVersionCommand,
  TagRoleCommand,
  TagUserCommand,
  UntagRoleCommand,
  UntagUserCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createGateway, type EmbeddedGateway } from '../../index.ts'

let gateway: EmbeddedGateway
let iam: IAMClient

beforeEach(() => {
  gateway = createGateway({ logLevel: 'silent' })
  iam = new IAMClient({ ...gateway.clientConfig, maxAttempts: 1 })
})

afterEach(() => gateway.close())

const trusting = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })
const allowing = (Action: string): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] })
const RoleName = 'pets'
const UserName = 'ada'

async function createPolicy(PolicyName: string): Promise<string> {
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: allowing('s3:*') }))
  return Policy?.Arn ?? ''
}

describe('a role', () => {
  beforeEach(() =>
    iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') })),
  )

  test('gets another trust policy, description and longest session', async () => {
    const PolicyDocument = trusting('apigateway.amazonaws.com')
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }))
    await iam.send(new UpdateRoleCommand({ RoleName, Description: 'for pets' }))
    await iam.send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 7_200 }))
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }))
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(PolicyDocument)
    expect(Role).toMatchObject({ Description: 'for pets', MaxSessionDuration: 7_200 })
    const bad = iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: allowing('*') }))
    await expect(bad).rejects.toMatchObject({ Code: 'MalformedPolicyDocument' })
  })

  test('gets a boundary and loses it', async () => {
    const PermissionsBoundary = await createPolicy('limit')
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }))
    const read = async (): Promise<unknown> =>
      (await iam.send(new GetRoleCommand({ RoleName }))).Role?.PermissionsBoundary
    expect(await read()).toEqual({
      PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
      PermissionsBoundaryArn: PermissionsBoundary,
    })
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }))
    expect(await read()).toBeUndefined()
    await expect(iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    })
    const missing = `${PermissionsBoundary}2`
    await expect(
      iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: missing })),
    ).rejects.toMatchObject({ message: `Scope ARN: ${missing} does not exist or is not attachable.` })
  })

  test('gets tags, replaces them in whatever case, and loses them', async () => {
    await iam.send(
      new TagRoleCommand({
        RoleName,
        Tags: [
          { Key: 'team', Value: 'zoo' },
          { Key: '__proto__', Value: 'x' },
        ],
      }),
    )
    await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'Team', Value: 'farm' }] }))
    expect((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags).toEqual([
      { Key: 'Team', Value: 'farm' },
      { Key: '__proto__', Value: 'x' },
    ])
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['TEAM', 'other'] }))
    expect((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags).toEqual([{ Key: '__proto__', Value: 'x' }])
    const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: '' }))
    await expect(iam.send(new TagRoleCommand({ RoleName, Tags }))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for TagsPerRole: 50',
    })
  })
})

test('a user gets tags and a boundary, and loses them', async () => {
  await iam.send(new CreateUserCommand({ UserName }))
  await iam.send(new TagUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'zoo' }] }))
  expect((await iam.send(new ListUserTagsCommand({ UserName }))).Tags).toEqual([{ Key: 'team', Value: 'zoo' }])
  await iam.send(new UntagUserCommand({ UserName, TagKeys: ['team'] }))
  const PermissionsBoundary = await createPolicy('limit')
  await iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }))
  const { User } = await iam.send(new GetUserCommand({ UserName }))
  expect([User?.Tags, User?.PermissionsBoundary?.PermissionsBoundaryArn]).toEqual([undefined, PermissionsBoundary])
  await iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName }))
  expect((await iam.send(new GetUserCommand({ UserName }))).User?.PermissionsBoundary).toBeUndefined()
})

test('a managed policy has up to five versions, of which one is in force and none comes back', async () => {
  const PolicyArn = await createPolicy('versions')
  const create = async (SetAsDefault = false): Promise<string | undefined> => {
    const input = { PolicyArn, PolicyDocument: allowing('sqs:*'), SetAsDefault }
    return (await iam.send(new CreatePolicyVersionCommand(input))).PolicyVersion?.VersionId
  }
  expect([await create(), await create(true)]).toEqual(['v2', 'v3'])
  const versions = async (): Promise<unknown> =>
    (await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions?.map((each) => [
      each.VersionId,
      each.IsDefaultVersion,
    ])
  expect(await versions()).toEqual([
    ['v1', false],
    ['v2', false],
    ['v3', true],
  ])
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v3' }))
  expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toBe(allowing('sqs:*'))
  await expect(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v3' }))).rejects.toMatchObject({
    name: 'DeleteConflictException',
    message: 'Cannot delete the default version of a policy.',
  })
  await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))
  await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v3' }))
  expect([await create(), await create(), await create()]).toEqual(['v4', 'v5', 'v6'])
  await expect(create()).rejects.toMatchObject({ name: 'LimitExceededException' })
  await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
    name: 'DeleteConflictException',
  })
  for (const VersionId of ['v2', 'v4', 'v5', 'v6'])
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }))
  await iam.send(new DeletePolicyCommand({ PolicyArn }))
  await expect(iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  })
})

test('a group shows its users and policies, and goes when both are gone', async () => {
  const GroupName = 'readers'
  await iam.send(new CreateGroupCommand({ GroupName }))
  await iam.send(new CreateUserCommand({ UserName }))
  await iam.send(new AddUserToGroupCommand({ GroupName, UserName }))
  const PolicyArn = await createPolicy('shared')
  await iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn }))
  await iam.send(new PutGroupPolicyCommand({ GroupName, PolicyName: 'own', PolicyDocument: allowing('sns:*') }))
  const { Group, Users } = await iam.send(new GetGroupCommand({ GroupName }))
  expect([Group?.GroupName, Users?.map((user) => user.UserName)]).toEqual([GroupName, [UserName]])
  expect((await iam.send(new ListGroupsCommand({}))).Groups?.map((each) => each.GroupName)).toEqual([GroupName])
  expect((await iam.send(new ListGroupsForUserCommand({ UserName }))).Groups?.map((each) => each.GroupName)).toEqual([
    GroupName,
  ])
  expect((await iam.send(new ListGroupPoliciesCommand({ GroupName }))).PolicyNames).toEqual(['own'])
  expect((await iam.send(new ListAttachedGroupPoliciesCommand({ GroupName }))).AttachedPolicies).toEqual([
    { PolicyName: 'shared', PolicyArn },
  ])
  const { PolicyDocument } = await iam.send(new GetGroupPolicyCommand({ GroupName, PolicyName: 'own' }))
  expect(decodeURIComponent(PolicyDocument ?? '')).toBe(allowing('sns:*'))
  await iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName }))
  await iam.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn }))
  await iam.send(new DeleteGroupPolicyCommand({ GroupName, PolicyName: 'own' }))
  await iam.send(new DeleteGroupCommand({ GroupName }))
  await expect(iam.send(new GetGroupCommand({ GroupName }))).rejects.toMatchObject({ name: 'NoSuchEntityException' })
})
