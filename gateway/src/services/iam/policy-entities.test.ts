// Who has a policy, and the tags of what an ARN names: policies and OIDC providers.
import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  CreateGroupCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  IAMClient,
  ListEntitiesForPolicyCommand,
  ListInstanceProfilesForRoleCommand,
  ListOpenIDConnectProviderTagsCommand,
  ListPolicyTagsCommand,
  PutUserPermissionsBoundaryCommand,
  TagOpenIDConnectProviderCommand,
  TagPolicyCommand,
  UntagOpenIDConnectProviderCommand,
  UntagPolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGateway, type EmbeddedGateway } from '../../index.ts'

let gateway: EmbeddedGateway
let iam: IAMClient
let PolicyArn: string

const document = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] })

beforeEach(async () => {
  gateway = createGateway({ logLevel: 'silent' })
  iam = new IAMClient({ ...gateway.clientConfig, maxAttempts: 1 })
  const PolicyDocument = document({ Action: 'logs:*', Resource: '*' })
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'policy', PolicyDocument }))
  PolicyArn = Policy?.Arn ?? ''
  const AssumeRolePolicyDocument = document({
    Action: 'sts:AssumeRole',
    Principal: { Service: 'lambda.amazonaws.com' },
  })
  await iam.send(new CreateRoleCommand({ RoleName: 'role', Path: '/zoo/', AssumeRolePolicyDocument }))
})

afterEach(() => gateway.close())

test('a policy is had by roles, users and groups, attached or as a boundary', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'user' }))
  await iam.send(new CreateGroupCommand({ GroupName: 'group' }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'role', PolicyArn }))
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'group', PolicyArn }))
  await iam.send(new PutUserPermissionsBoundaryCommand({ UserName: 'user', PermissionsBoundary: PolicyArn }))
  const holders = async (filter: Partial<ConstructorParameters<typeof ListEntitiesForPolicyCommand>[0]>) => {
    const answer = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, ...filter }))
    const { PolicyRoles = [], PolicyUsers = [], PolicyGroups = [], IsTruncated, Marker } = answer
    const names = [
      ...PolicyRoles.map(({ RoleName }) => RoleName),
      ...PolicyUsers.map(({ UserName }) => UserName),
      ...PolicyGroups.map(({ GroupName }) => GroupName),
    ]
    return { names, IsTruncated, Marker }
  }
  expect(await holders({})).toMatchObject({ names: ['role', 'user', 'group'], IsTruncated: false })
  expect(await holders({ EntityFilter: 'Group' })).toMatchObject({ names: ['group'] })
  expect(await holders({ PolicyUsageFilter: 'PermissionsBoundary' })).toMatchObject({ names: ['user'] })
  expect(await holders({ PolicyUsageFilter: 'PermissionsPolicy' })).toMatchObject({ names: ['role', 'group'] })
  expect(await holders({ PathPrefix: '/zoo/' })).toMatchObject({ names: ['role'] })
  const first = await holders({ MaxItems: 2 })
  expect(first).toMatchObject({ IsTruncated: true })
  const second = await holders({ MaxItems: 2, Marker: first.Marker })
  expect([...first.names, ...second.names].sort()).toEqual(['group', 'role', 'user'])
  await expect(iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: `${PolicyArn}2` }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  })
})

test('a policy has tags', async () => {
  await iam.send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'team', Value: 'zoo' }] }))
  await iam.send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'Team', Value: 'farm' }] }))
  const Tags = [{ Key: 'Team', Value: 'farm' }]
  expect((await iam.send(new ListPolicyTagsCommand({ PolicyArn }))).Tags).toEqual(Tags)
  expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.Tags).toEqual(Tags)
  await iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys: ['TEAM'] }))
  expect((await iam.send(new ListPolicyTagsCommand({ PolicyArn }))).Tags).toEqual([])
})

test('an OIDC provider has tags, and thumbprints that change', async () => {
  const provider = new CreateOpenIDConnectProviderCommand({
    Url: 'https://issuer.example',
    ThumbprintList: ['a'.repeat(40)],
  })
  const { OpenIDConnectProviderArn } = await iam.send(provider)
  const Tags = [{ Key: 'team', Value: 'zoo' }]
  await iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags }))
  expect((await iam.send(new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn }))).Tags).toEqual(Tags)
  const ThumbprintList = ['b'.repeat(40)]
  await iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList }))
  const shown = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
  expect(shown).toMatchObject({ Tags, ThumbprintList })
  await iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: ['team'] }))
  expect((await iam.send(new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn }))).Tags).toEqual([])
})

test('a role is described anew, and is in no instance profile', async () => {
  const { Role } = await iam.send(new UpdateRoleDescriptionCommand({ RoleName: 'role', Description: 'new' }))
  expect(Role).toMatchObject({ RoleName: 'role', Description: 'new' })
  const { InstanceProfiles } = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'role' }))
  expect(InstanceProfiles).toEqual([])
  await expect(iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'nobody' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  })
})
