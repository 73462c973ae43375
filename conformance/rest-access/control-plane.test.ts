// `sluice serve`: which AWS calls a user may make is what its policies say. Security B.8.
import {
  CreateRestApiCommand,
  DeleteRestApiCommand,
  GetRestApiCommand,
  GetRestApisCommand,
} from '@aws-sdk/client-api-gateway'
import { CreateApiCommand, GetApisCommand } from '@aws-sdk/client-apigatewayv2'
import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  IAMClient,
  ListMFADevicesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam'
import { GetFunctionCommand, InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientsOf, type Credentials } from '../fixture/clients.ts'
import { createNodeFunction } from '../fixture/functions.ts'
import { startServingAlone } from '../fixture/serving.ts'
import type { RunningSluice } from '../fixture/sluice.ts'
import { account, policy, region } from './access.ts'

let sluice: RunningSluice
let root: Credentials
let iam: IAMClient
let end: () => Promise<void>

beforeAll(async () => {
  ;({ sluice, root, end } = await startServingAlone())
  iam = iamOf(root)
  await createNodeFunction(clientsOf(sluice.url, root).lambda, 'target', 'exports.handler = async () => 1')
})

afterAll(() => end())

const iamOf = (credentials: Credentials): IAMClient =>
  new IAMClient({ region, endpoint: sluice.url, credentials, maxAttempts: 1 })

let users = 0

async function createUser(statements: readonly object[]): Promise<Credentials & { readonly name: string }> {
  const UserName = `user${users++}`
  await iam.send(new CreateUserCommand({ UserName, Path: '/staff/' }))
  if (statements.length > 0) {
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: policy(statements) }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return {
    name: UserName,
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
}

const allow = (Action: string | readonly string[], Resource = '*'): object => ({ Effect: 'Allow', Action, Resource })
const arn = (name: string): string => `arn:aws:iam::${account}:user/staff/${name}`
const outcomeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'done'
  } catch (error) {
    const { name, message } = error as Error
    return `${name}: ${message}`
  }
}

test('without a policy nothing may be done, except ask who one is', async () => {
  const ada = await createUser([])
  const { rest, http, lambda, sts } = clientsOf(sluice.url, ada)
  expect(await outcomeOf(rest.send(new GetRestApisCommand()))).toBe(
    `AccessDeniedException: User: ${arn(ada.name)} is not authorized to perform: apigateway:GET on resource: arn:aws:apigateway:${region}::/restapis`,
  )
  expect(await outcomeOf(http.send(new GetApisCommand()))).toBe(
    `AccessDeniedException: User: ${arn(ada.name)} is not authorized to perform: apigateway:GET on resource: arn:aws:apigateway:${region}::/apis`,
  )
  expect(await outcomeOf(lambda.send(new ListFunctionsCommand()))).toBe(
    `AccessDeniedException: User: ${arn(ada.name)} is not authorized to perform: lambda:ListFunctions on resource: * because no identity-based policy allows the lambda:ListFunctions action`,
  )
  expect(await outcomeOf(iamOf(ada).send(new CreateUserCommand({ UserName: 'eve' })))).toBe(
    `AccessDenied: User: ${arn(ada.name)} is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::${account}:user/eve because no identity-based policy allows the iam:CreateUser action`,
  )
  expect((await sts.send(new GetCallerIdentityCommand())).Arn).toBe(arn(ada.name))
})

test('a clock may be off by fifteen minutes', async () => {
  const at = (systemClockOffset: number): Promise<string> => {
    const config = { region, endpoint: sluice.url, credentials: root, maxAttempts: 1, systemClockOffset }
    return outcomeOf(new STSClient(config).send(new GetCallerIdentityCommand()))
  }
  expect(await at(-14 * 60_000)).toBe('done')
  expect(await at(14 * 60_000)).toBe('done')
  expect(await at(-16 * 60_000)).toMatch(
    /^SignatureDoesNotMatch: Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
  )
  expect(await at(16 * 60_000)).toMatch(/^SignatureDoesNotMatch: Signature not yet current: .* \+ 15 min\.\)$/)
})

describe('API Gateway', () => {
  test('is decided by verb and path, for both services', async () => {
    const { id = '' } = await clientsOf(sluice.url, root).rest.send(new CreateRestApiCommand({ name: 'one' }))
    const ada = await createUser([
      allow('apigateway:GET', `arn:aws:apigateway:${region}::/restapis/${id}`),
      allow('apigateway:POST', 'arn:aws:apigateway:*::/apis'),
    ])
    const { rest, http } = clientsOf(sluice.url, ada)
    expect((await rest.send(new GetRestApiCommand({ restApiId: id }))).name).toBe('one')
    expect(await outcomeOf(rest.send(new DeleteRestApiCommand({ restApiId: id })))).toMatch(
      /apigateway:DELETE on resource/,
    )
    expect(await outcomeOf(rest.send(new GetRestApisCommand()))).toMatch(/^AccessDeniedException/)
    expect(await outcomeOf(http.send(new CreateApiCommand({ Name: 'two', ProtocolType: 'HTTP' })))).toBe('done')
  })

  test('a Deny wins', async () => {
    const ada = await createUser([
      allow('*'),
      { Effect: 'Deny', Action: 'apigateway:*', Resource: `arn:aws:apigateway:${region}::/restapis` },
    ])
    expect(await outcomeOf(clientsOf(sluice.url, ada).rest.send(new GetRestApisCommand()))).toMatch(
      / on resource: arn:aws:apigateway:us-east-1::\/restapis with an explicit deny$/,
    )
  })
})

test('functions are named by their ARNs, and invoking is an action of its own', async () => {
  const target = `arn:aws:lambda:${region}:${account}:function:target`
  const ada = await createUser([allow('lambda:InvokeFunction', `${target}*`)])
  const { lambda } = clientsOf(sluice.url, ada)
  expect(await outcomeOf(lambda.send(new InvokeCommand({ FunctionName: 'target' })))).toBe('done')
  expect(await outcomeOf(lambda.send(new InvokeCommand({ FunctionName: target, Qualifier: '$LATEST' })))).toBe('done')
  expect(await outcomeOf(lambda.send(new GetFunctionCommand({ FunctionName: 'target' })))).toMatch(
    new RegExp(`lambda:GetFunction on resource: ${target} `),
  )
})

test('users are named by their ARNs with paths; one’s own are meant where none is named', async () => {
  const actions = ['iam:GetUser', 'iam:CreateAccessKey', 'iam:GetAccessKeyLastUsed', 'iam:ListMFADevices']
  const ada = await createUser([allow(actions, `arn:aws:iam::${account}:user/staff/*`)])
  const eve = await createUser([])
  const own = iamOf(ada)
  expect(await outcomeOf(own.send(new ListMFADevicesCommand({})))).toBe('done')
  const lastUsed = (AccessKeyId: string): Promise<string> =>
    outcomeOf(own.send(new GetAccessKeyLastUsedCommand({ AccessKeyId })))
  expect(await lastUsed(eve.accessKeyId)).toBe('done')
  expect(await lastUsed(root.accessKeyId)).toMatch(/^AccessDenied: /)
  expect((await own.send(new GetUserCommand({}))).User?.UserName).toBe(ada.name)
  expect(await outcomeOf(own.send(new CreateAccessKeyCommand({ UserName: eve.name })))).toBe('done')
  await iam.send(new CreateUserCommand({ UserName: 'outside' }))
  expect(await outcomeOf(own.send(new GetUserCommand({ UserName: 'outside' })))).toMatch(/^AccessDenied: /)
})

test('a group is what its members enter, and a new name needs permission as the old one does', async () => {
  const named = (kind: string, name: string): string => `arn:aws:iam::${account}:${kind}/${name}`
  const ada = await createUser([
    allow('iam:AddUserToGroup', named('group', 'readers')),
    allow('iam:UpdateUser', named('user', 'staff/*')),
  ])
  const eve = await createUser([])
  for (const GroupName of ['readers', 'writers']) await iam.send(new CreateGroupCommand({ GroupName }))
  const own = iamOf(ada)
  const enter = (GroupName: string): Promise<string> =>
    outcomeOf(own.send(new AddUserToGroupCommand({ GroupName, UserName: eve.name })))
  expect(await enter('readers')).toBe('done')
  expect(await enter('writers')).toMatch(/iam:AddUserToGroup on resource: arn:aws:iam::\d+:group\/writers/)
  const rename = (UserName: string, more: object): Promise<string> =>
    outcomeOf(own.send(new UpdateUserCommand({ UserName, ...more })))
  expect(await rename(eve.name, { NewPath: '/' })).toMatch(
    new RegExp(`iam:UpdateUser on resource: ${named('user', eve.name)}`),
  )
  expect(await rename(eve.name, { NewUserName: 'eva' })).toBe('done')
  expect(
    await iamOf(eve)
      .send(new GetUserCommand({ UserName: 'eva' }))
      .catch((error: Error) => error.name),
  ).toBe('AccessDenied')
})

test('who puts a role into an instance profile has to pass it', async () => {
  const trust = policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' })
  await iam.send(new CreateRoleCommand({ RoleName: 'machine', AssumeRolePolicyDocument: trust }))
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'machines' }))
  const add = (credentials: Credentials): Promise<string> => {
    const input = { InstanceProfileName: 'machines', RoleName: 'machine' }
    return outcomeOf(iamOf(credentials).send(new AddRoleToInstanceProfileCommand(input)))
  }
  const profile = allow('iam:AddRoleToInstanceProfile', `arn:aws:iam::${account}:instance-profile/machines`)
  expect(await add(await createUser([profile]))).toMatch(/iam:PassRole on resource: arn:aws:iam::\d+:role\/machine/)
  const passing = {
    ...allow('iam:PassRole'),
    Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
  }
  expect(await add(await createUser([profile, passing]))).toBe('done')
})

test('a role’s session may do what the role may', async () => {
  const trust = policy({ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' })
  await iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trust }))
  const PolicyDocument = policy(allow('apigateway:GET'))
  await iam.send(new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'p', PolicyDocument }))
  const ada = await createUser([allow('sts:AssumeRole', `arn:aws:iam::${account}:role/reader`)])
  const { Credentials: given } = await clientsOf(sluice.url, ada).sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/reader`, RoleSessionName: 'session' }),
  )
  const session = {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  }
  const { rest } = clientsOf(sluice.url, session)
  expect(await outcomeOf(rest.send(new GetRestApisCommand()))).toBe('done')
  expect(await outcomeOf(rest.send(new CreateRestApiCommand({ name: 'no' })))).toBe(
    `AccessDeniedException: User: arn:aws:sts::${account}:assumed-role/reader/session is not authorized to perform: apigateway:POST on resource: arn:aws:apigateway:${region}::/restapis`,
  )
})
