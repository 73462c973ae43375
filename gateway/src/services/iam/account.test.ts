// The account as a whole: alias, summary, everything that decides about access, instance profiles, and what users lack.
import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccountAliasCommand,
  DeleteInstanceProfileCommand,
  DeleteLoginProfileCommand,
  DeleteRoleCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetInstanceProfileCommand,
  IAMClient,
  ListAccountAliasesCommand,
  ListInstanceProfilesCommand,
  ListInstanceProfilesForRoleCommand,
  ListInstanceProfileTagsCommand,
  ListMFADevicesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  ListVirtualMFADevicesCommand,
  PutUserPolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagInstanceProfileCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGateway, type EmbeddedGateway } from '../../index.ts'

let gateway: EmbeddedGateway
let iam: IAMClient

beforeEach(() => {
  gateway = createGateway({ logLevel: 'silent' })
  iam = new IAMClient({ ...gateway.clientConfig, maxAttempts: 1 })
})

afterEach(() => gateway.close())

const anything = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

test('an alias belongs to one account, and another one takes its place', async () => {
  const other = new IAMClient({
    ...gateway.clientConfig,
    maxAttempts: 1,
    credentials: { accessKeyId: '111111111111', secretAccessKey: 'x' },
  })
  const aliases = async (client: IAMClient): Promise<unknown> =>
    (await client.send(new ListAccountAliasesCommand({}))).AccountAliases
  expect(await aliases(iam)).toEqual([])
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'the-zoo' }))
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'the-zoo' }))
  await expect(other.send(new CreateAccountAliasCommand({ AccountAlias: 'the-zoo' }))).rejects.toMatchObject({
    Code: 'EntityAlreadyExists',
    message: 'The account alias the-zoo already exists.',
  })
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'the-park' }))
  await other.send(new CreateAccountAliasCommand({ AccountAlias: 'the-zoo' }))
  expect([await aliases(iam), await aliases(other)]).toEqual([['the-park'], ['the-zoo']])
  await expect(iam.send(new DeleteAccountAliasCommand({ AccountAlias: 'the-zoo' }))).rejects.toMatchObject({
    Code: 'NoSuchEntity',
  })
  await iam.send(new DeleteAccountAliasCommand({ AccountAlias: 'the-park' }))
  expect(await aliases(iam)).toEqual([])
  await expect(iam.send(new CreateAccountAliasCommand({ AccountAlias: 'a--b' }))).rejects.toMatchObject({
    name: 'ValidationError',
  })
})

test('the summary counts what there is, beside the quotas', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'Tom' }))
  await iam.send(new CreateAccessKeyCommand({ UserName: 'Tom' }))
  await iam.send(new CreatePolicyCommand({ PolicyName: 'all', PolicyDocument: anything }))
  const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}))
  expect(SummaryMap).toMatchObject({
    Users: 1,
    UsersQuota: 5_000,
    Groups: 0,
    Roles: 0,
    Policies: 1,
    PolicyVersionsInUse: 1,
    AccountAccessKeysPresent: 0,
    AccessKeysPerUserQuota: 2,
  })
  await iam.send(new CreateAccessKeyCommand({}))
  expect((await iam.send(new GetAccountSummaryCommand({}))).SummaryMap?.AccountAccessKeysPresent).toBe(1)
})

test('authorization details are those of all that has policies, of some kinds, or page by page', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'Tom', Tags: [{ Key: 'team', Value: 'zoo' }] }))
  await iam.send(new PutUserPolicyCommand({ UserName: 'Tom', PolicyName: 'own', PolicyDocument: anything }))
  await iam.send(new CreateGroupCommand({ GroupName: 'cats' }))
  await iam.send(new AddUserToGroupCommand({ GroupName: 'cats', UserName: 'Tom' }))
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'all', PolicyDocument: anything }))
  const PolicyArn = Policy?.Arn
  await iam.send(new CreateRoleCommand({ RoleName: 'keeper', AssumeRolePolicyDocument: trust }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'keeper', PolicyArn }))
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'machines' }))
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'machines', RoleName: 'keeper' }))

  const all = await iam.send(new GetAccountAuthorizationDetailsCommand({}))
  expect(all).toMatchObject({
    IsTruncated: false,
    UserDetailList: [
      {
        UserName: 'Tom',
        Arn: 'arn:aws:iam::000000000000:user/Tom',
        GroupList: ['cats'],
        UserPolicyList: [{ PolicyName: 'own', PolicyDocument: encodeURIComponent(anything).replaceAll('*', '%2A') }],
        AttachedManagedPolicies: [],
        Tags: [{ Key: 'team', Value: 'zoo' }],
      },
    ],
    GroupDetailList: [{ GroupName: 'cats', GroupPolicyList: [], AttachedManagedPolicies: [] }],
    RoleDetailList: [
      {
        RoleName: 'keeper',
        RolePolicyList: [],
        AttachedManagedPolicies: [{ PolicyName: 'all', PolicyArn }],
        InstanceProfileList: [{ InstanceProfileName: 'machines' }],
      },
    ],
    Policies: [
      {
        PolicyName: 'all',
        AttachmentCount: 1,
        PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true }],
      },
    ],
  })
  const roles = await iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Role', 'AWSManagedPolicy'] }))
  expect([roles.UserDetailList, roles.RoleDetailList?.length, roles.Policies]).toEqual([[], 1, []])
  const names: unknown[] = []
  let Marker: string | undefined
  do {
    const page = await iam.send(new GetAccountAuthorizationDetailsCommand({ MaxItems: 3, Marker }))
    names.push([page.UserDetailList, page.GroupDetailList, page.RoleDetailList, page.Policies].map((it) => it?.length))
    Marker = page.Marker
  } while (Marker !== undefined)
  expect(names).toEqual([
    [0, 1, 1, 1],
    [1, 0, 0, 0],
  ])
})

test('an instance profile hands out one role, which cannot go before', async () => {
  const InstanceProfileName = 'machines'
  const RoleName = 'keeper'
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }))
  const { InstanceProfile } = await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Path: '/zoo/' }))
  expect(InstanceProfile).toMatchObject({ Arn: 'arn:aws:iam::000000000000:instance-profile/zoo/machines', Roles: [] })
  expect(InstanceProfile?.InstanceProfileId).toMatch(/^AIPA[A-Z2-7]{17}$/)
  await expect(iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'MACHINES' }))).rejects.toMatchObject({
    message: 'Instance Profile MACHINES already exists.',
  })
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }))
  await expect(iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }))).rejects.toMatchObject({
    Code: 'LimitExceeded',
  })
  await iam.send(new TagInstanceProfileCommand({ InstanceProfileName, Tags: [{ Key: 'team', Value: 'zoo' }] }))
  expect((await iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName }))).Tags).toHaveLength(1)
  const read = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))
  expect(read.InstanceProfile?.Roles?.map((role) => role.RoleName)).toEqual([RoleName])
  const ofRole = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }))
  expect(ofRole.InstanceProfiles?.map((profile) => profile.InstanceProfileName)).toEqual([InstanceProfileName])
  expect((await iam.send(new ListInstanceProfilesCommand({ PathPrefix: '/other/' }))).InstanceProfiles).toEqual([])
  const blocked = 'Cannot delete entity, must remove roles from instance profile first.'
  await expect(iam.send(new DeleteRoleCommand({ RoleName }))).rejects.toMatchObject({ message: blocked })
  await expect(iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }))).rejects.toMatchObject({
    message: blocked,
  })
  await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }))
  await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }))
  await iam.send(new DeleteRoleCommand({ RoleName }))
  await expect(iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))).rejects.toMatchObject({
    message: 'Instance Profile machines cannot be found.',
  })
})

test('tools that delete a user find nothing that it signs in with', async () => {
  const UserName = 'Tom'
  await expect(iam.send(new ListMFADevicesCommand({ UserName }))).rejects.toMatchObject({ Code: 'NoSuchEntity' })
  await iam.send(new CreateUserCommand({ UserName }))
  expect((await iam.send(new ListMFADevicesCommand({ UserName }))).MFADevices).toEqual([])
  expect((await iam.send(new ListVirtualMFADevicesCommand({}))).VirtualMFADevices).toEqual([])
  expect((await iam.send(new ListSSHPublicKeysCommand({ UserName }))).SSHPublicKeys).toEqual([])
  expect((await iam.send(new ListSigningCertificatesCommand({ UserName }))).Certificates).toEqual([])
  const { ServiceSpecificCredentials } = await iam.send(new ListServiceSpecificCredentialsCommand({ UserName }))
  expect(ServiceSpecificCredentials).toEqual([])
  await expect(iam.send(new DeleteLoginProfileCommand({ UserName }))).rejects.toMatchObject({
    Code: 'NoSuchEntity',
    message: 'Login Profile for User Tom cannot be found.',
  })
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  expect(await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: AccessKey?.AccessKeyId }))).toMatchObject({
    UserName,
    AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
  })
})
