// `sluice serve`: what temporary credentials may do with AWS calls, and roles for tokens, which are asked for unsigned.
import { CreateRestApiCommand, GetRestApisCommand } from '@aws-sdk/client-api-gateway'
import {
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type Credentials as Issued,
} from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientsOf, type Credentials } from '../fixture/clients.ts'
import { startServingAlone } from '../fixture/serving.ts'
import type { RunningSluice } from '../fixture/sluice.ts'
import { createPair, startIssuer, tokenOf } from '../http-plans/issuer.ts'
import { account, policy, region } from './access.ts'

let sluice: RunningSluice
let end: () => Promise<void>
let iam: IAMClient
/** May do everything but what STS asks for. */
let ada: Credentials

beforeAll(async () => {
  const { root, ...serving } = await startServingAlone()
  ;({ sluice, end } = serving)
  iam = iamOf(root)
  ada = await createUser('ada', { Effect: 'Allow', Action: ['apigateway:*', 'iam:*', 'sts:AssumeRole'], Resource: '*' })
})

afterAll(() => end())

function iamOf(credentials: Credentials): IAMClient {
  return new IAMClient({ region, endpoint: sluice.url, credentials, maxAttempts: 1 })
}

async function createUser(UserName: string, statement: object): Promise<Credentials> {
  await iam.send(new CreateUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'zoo' }] }))
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: policy(statement) }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

function credentialsOf(issued: Issued | undefined): Credentials {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = issued ?? {}
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  return credentials
}

async function createRole(RoleName: string, more: object = {}): Promise<string> {
  const trust = policy({ Effect: 'Allow', Principal: { AWS: account }, Action: ['sts:AssumeRole', 'sts:TagSession'] })
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, ...more }))
  const PolicyDocument = policy({ Effect: 'Allow', Action: 'apigateway:*', Resource: '*' })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
  return Role?.Arn ?? ''
}

async function assume(RoleArn: string, input: Partial<AssumeRoleCommandInput> = {}): Promise<Credentials> {
  const { sts } = clientsOf(sluice.url, ada)
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', ...input }))
  return credentialsOf(Credentials)
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}

const reads = (credentials: Credentials): Promise<string> =>
  outcomeOf(clientsOf(sluice.url, credentials).rest.send(new GetRestApisCommand()))
const writes = (credentials: Credentials): Promise<string> =>
  outcomeOf(clientsOf(sluice.url, credentials).rest.send(new CreateRestApiCommand({ name: 'one' })))

test('a session may do what its role and the passed policies both let it', async () => {
  const arn = await createRole('both')
  const Policy = policy({ Effect: 'Allow', Action: 'apigateway:GET', Resource: '*' })
  const limited = await assume(arn, { Policy })
  expect([await reads(limited), await writes(limited)]).toEqual([
    'done',
    `AccessDeniedException: User: arn:aws:sts::${account}:assumed-role/both/session is not authorized to perform: apigateway:POST on resource: arn:aws:apigateway:${region}::/restapis`,
  ])
  const { Policy: managed } = await iam.send(new CreatePolicyCommand({ PolicyName: 'get', PolicyDocument: Policy }))
  const byArn = await assume(arn, { PolicyArns: [{ arn: managed?.Arn }] })
  expect([await reads(byArn), (await writes(byArn)).split(':')[0]]).toEqual(['done', 'AccessDeniedException'])
  expect(await writes(await assume(arn))).toBe('done')
})

test('a role’s boundary limits its sessions', async () => {
  const PolicyDocument = policy({ Effect: 'Allow', Action: 'apigateway:GET', Resource: '*' })
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'boundary', PolicyDocument }))
  const session = await assume(await createRole('limited', { PermissionsBoundary: Policy?.Arn }))
  expect([await reads(session), (await writes(session)).split(':')[0]]).toEqual(['done', 'AccessDeniedException'])
})

test('tags of users and sessions decide', async () => {
  const Condition = { StringEquals: { 'aws:PrincipalTag/team': 'zoo' } }
  const tagged = await createUser('tagged', { Effect: 'Allow', Action: 'apigateway:GET', Resource: '*', Condition })
  expect(await reads(tagged)).toBe('done')
  const arn = await createRole('by-tag')
  const PolicyDocument = policy({ Effect: 'Allow', Action: 'apigateway:*', Resource: '*', Condition })
  await iam.send(new PutRolePolicyCommand({ RoleName: 'by-tag', PolicyName: 'p', PolicyDocument }))
  expect((await reads(await assume(arn))).split(':')[0]).toBe('AccessDeniedException')
  // Ada's own policies do not let her tag sessions, but the role's do not name her account alone.
  const denied = outcomeOf(assume(arn, { Tags: [{ Key: 'team', Value: 'zoo' }] }))
  expect(await denied).toBe(
    `AccessDenied: User: arn:aws:iam::${account}:user/ada is not authorized to perform: sts:TagSession on resource: ${arn}`,
  )
})

test('credentials of GetSessionToken are the user’s, but not for IAM', async () => {
  const { Credentials } = await clientsOf(sluice.url, ada).sts.send(new GetSessionTokenCommand({}))
  const session = credentialsOf(Credentials)
  expect(await reads(session)).toBe('done')
  expect(await outcomeOf(iamOf(session).send(new ListUsersCommand()))).toBe(
    'InvalidClientTokenId: The security token included in the request is invalid',
  )
  expect(await outcomeOf(iamOf(ada).send(new ListUsersCommand()))).toBe('done')
})

test('who vouches for others needs a permission for each', async () => {
  const { sts } = clientsOf(sluice.url, ada)
  const bob = `arn:aws:sts::${account}:federated-user/Bob`
  expect(await outcomeOf(sts.send(new GetFederationTokenCommand({ Name: 'Bob' })))).toBe(
    `AccessDenied: User: arn:aws:iam::${account}:user/ada is not authorized to perform: sts:GetFederationToken on resource: ${bob} because no identity-based policy allows the sts:GetFederationToken action`,
  )
  expect(await outcomeOf(sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: ada.accessKeyId })))).toMatch(
    /^AccessDenied: .* perform: sts:GetAccessKeyInfo on resource: \* /,
  )
  const broker = await createUser('broker', {
    Effect: 'Allow',
    Action: ['apigateway:*', 'sts:GetFederationToken'],
    Resource: '*',
  })
  const Policy = policy({ Effect: 'Allow', Action: 'apigateway:GET', Resource: '*' })
  const { Credentials } = await clientsOf(sluice.url, broker).sts.send(
    new GetFederationTokenCommand({ Name: 'Bob', Policy }),
  )
  const session = credentialsOf(Credentials)
  expect(await reads(session)).toBe('done')
  expect(await writes(session)).toMatch(new RegExp(`^AccessDeniedException: User: ${bob} is not authorized`))
  expect((await outcomeOf(iamOf(session).send(new ListUsersCommand()))).split(':')[0]).toBe('InvalidClientTokenId')
})

test('a token is worth a role without a signature', async () => {
  const [issuer, pair] = [await startIssuer(), await createPair('one')]
  issuer.keys = [pair.publicJwk]
  const { OpenIDConnectProviderArn: Federated } = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: ['app'] }),
  )
  const trust = policy({ Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity' })
  const arn = await createRole('web', { AssumeRolePolicyDocument: trust })
  const now = Math.floor(Date.now() / 1000)
  const WebIdentityToken = await tokenOf(pair, {
    iss: issuer.issuer,
    aud: 'app',
    sub: 'somebody',
    iat: now,
    exp: now + 60,
  })
  // No credentials at all: the client must not look for any.
  const sts = new STSClient({
    region,
    endpoint: sluice.url,
    maxAttempts: 1,
    credentials: () => Promise.reject(new Error('asked')),
  })
  const { Credentials } = await sts.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn: arn, RoleSessionName: 'app', WebIdentityToken }),
  )
  await issuer.close()
  const session = credentialsOf(Credentials)
  expect(await writes(session)).toBe('done')
  const { Arn } = await clientsOf(sluice.url, session).sts.send(new GetCallerIdentityCommand())
  expect(Arn).toBe(`arn:aws:sts::${account}:assumed-role/web/app`)
})
