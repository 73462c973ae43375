// Policies of sessions and permissions boundaries at an API: in the tables of the IAM user guide, same account and another.
import { ApiGatewayV2Client, UpdateRouteCommand } from '@aws-sdk/client-apigatewayv2'
import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type Credentials as Issued,
} from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeFunction } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke } from '../fixture/http-api.ts'
import { account, addMock, createApi, deploy, policy, region, startAccess, type Access } from './access.ts'
import { callSigned, type Credentials } from './signing.ts'

let access: Access

beforeAll(() => {
  access = startAccess()
})

afterAll(() => access.gateway.close())

type Side = 'allow' | 'neither' | 'deny' | 'none'
type Outcome = 'allow' | 'implicit' | 'explicit'

const otherAccount = '111122223333'

/** What a policy says of every request; undefined for none. */
function saying(side: Side, more: object = {}): string | undefined {
  if (side === 'none') return undefined
  const Action = side === 'neither' ? 'execute-api:ManageConnections' : 'execute-api:Invoke'
  return policy({ Effect: side === 'deny' ? 'Deny' : 'Allow', Action, Resource: 'arn:aws:execute-api:*', ...more })
}

async function iamApi(resource?: object): Promise<string> {
  const id = await createApi(access, resource && { policy: policy(resource) })
  for (const path of ['/pets', '/cats']) await addMock(access, id, path, { method: { authorizationType: 'AWS_IAM' } })
  await deploy(access, id)
  return id
}

const granting = (principal: unknown): object => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 'execute-api:Invoke',
  Resource: 'execute-api:/*',
})

function iamOf(owner: string): IAMClient {
  return new IAMClient({ ...access.gateway.clientConfig, credentials: { accessKeyId: owner, secretAccessKey: 'x' } })
}

function credentialsOf(issued: Issued | undefined): Credentials {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = issued ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

let names = 0

interface SessionPlan {
  readonly owner?: string
  readonly identity?: Side
  readonly boundary?: Side
  readonly session?: Side
  readonly input?: Partial<AssumeRoleCommandInput>
}

/** The credentials of a session called `me` of a new role. */
async function sessionOf(plan: SessionPlan): Promise<Credentials & { readonly role: string }> {
  const { owner = account, identity = 'none', boundary = 'none', session = 'none', input } = plan
  const iam = iamOf(owner)
  const RoleName = `role${names++}`
  const boundaryText = saying(boundary)
  const limit =
    boundaryText &&
    (await iam.send(new CreatePolicyCommand({ PolicyName: RoleName, PolicyDocument: boundaryText }))).Policy
  const trust = policy({ Effect: 'Allow', Principal: { AWS: owner }, Action: ['sts:AssumeRole', 'sts:TagSession'] })
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: trust,
      ...(limit && { PermissionsBoundary: limit.Arn }),
      Tags: [{ Key: 'team', Value: 'role' }],
    }),
  )
  const PolicyDocument = saying(identity)
  if (PolicyDocument !== undefined)
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
  const sts = new STSClient({
    ...access.gateway.clientConfig,
    credentials: { accessKeyId: owner, secretAccessKey: 'x' },
  })
  const Policy = saying(session)
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: Role?.Arn,
      RoleSessionName: 'me',
      ...(Policy !== undefined && { Policy }),
      ...input,
    }),
  )
  return { ...credentialsOf(Credentials), role: RoleName }
}

async function outcomeAt(id: string, session: Credentials, path = '/pets'): Promise<Outcome> {
  const { status, text } = await callSigned(access, id, session, { path })
  if (status === 200) return 'allow'
  return text.endsWith(' with an explicit deny"}') ? 'explicit' : 'implicit'
}

describe('in the API’s own account', () => {
  test.each<[identity: Side, boundary: Side, session: Side, expected: Outcome]>([
    ['allow', 'none', 'none', 'allow'],
    ['allow', 'allow', 'allow', 'allow'],
    ['allow', 'neither', 'allow', 'implicit'],
    ['allow', 'allow', 'neither', 'implicit'],
    ['allow', 'none', 'neither', 'implicit'],
    ['allow', 'deny', 'none', 'explicit'],
    ['allow', 'none', 'deny', 'explicit'],
    ['neither', 'allow', 'allow', 'implicit'],
    ['deny', 'allow', 'allow', 'explicit'],
  ])('policies say %s, the boundary %s, the session %s: %s', async (identity, boundary, session, expected) => {
    const id = await iamApi()
    expect(await outcomeAt(id, await sessionOf({ identity, boundary, session }))).toBe(expected)
  })

  test('a grant to the role is limited by both, one to the session by neither', async () => {
    const limited: readonly SessionPlan[] = [{ boundary: 'neither' }, { session: 'neither' }]
    for (const plan of limited) {
      const session = await sessionOf(plan)
      const byRole = await iamApi(granting({ AWS: `arn:aws:iam::${account}:role/${session.role}` }))
      const bySession = await iamApi(granting({ AWS: `arn:aws:sts::${account}:assumed-role/${session.role}/me` }))
      expect([await outcomeAt(byRole, session), await outcomeAt(bySession, session)]).toEqual(['implicit', 'allow'])
    }
    const free = await sessionOf({})
    expect(await outcomeAt(await iamApi(granting({ AWS: `arn:aws:iam::${account}:role/${free.role}` })), free)).toBe(
      'allow',
    )
  })

  test('an explicit denial in a session’s policy holds against any grant', async () => {
    const session = await sessionOf({ session: 'deny' })
    const id = await iamApi(granting({ AWS: `arn:aws:sts::${account}:assumed-role/${session.role}/me` }))
    expect(await outcomeAt(id, session)).toBe('explicit')
  })
})

describe('from another account', () => {
  test.each<
    [own: readonly [identity: Side, boundary: Side, session: Side], api: 'allow' | 'neither', expected: Outcome]
  >([
    [['allow', 'none', 'none'], 'allow', 'allow'],
    [['allow', 'none', 'none'], 'neither', 'implicit'],
    [['allow', 'allow', 'allow'], 'allow', 'allow'],
    [['allow', 'neither', 'none'], 'allow', 'implicit'],
    [['allow', 'none', 'neither'], 'allow', 'implicit'],
    [['neither', 'none', 'none'], 'allow', 'implicit'],
    [['allow', 'none', 'deny'], 'allow', 'explicit'],
  ])('policies, boundary and session say %j, the API %s: %s', async ([identity, boundary, session], api, expected) => {
    const id = await iamApi(granting({ AWS: api === 'allow' ? otherAccount : account }))
    const foreign = await sessionOf({ owner: otherAccount, identity, boundary, session })
    expect(await outcomeAt(id, foreign)).toBe(expected)
  })
})

describe('condition keys of a session', () => {
  const invoke = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }

  async function allowsWhen(Condition: object, input: Partial<AssumeRoleCommandInput> = {}): Promise<Outcome> {
    const id = await iamApi()
    const session = await sessionOf({ input })
    const PolicyDocument = policy({ ...invoke, Condition })
    await access.iam.send(new PutRolePolicyCommand({ RoleName: session.role, PolicyName: 'p', PolicyDocument }))
    return outcomeAt(id, session)
  }

  test.each<[condition: object, expected: Outcome]>([
    [{ StringEquals: { 'aws:PrincipalTag/Team': 'role' } }, 'allow'],
    [{ StringLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/*`, 'aws:userid': 'AROA*:me' } }, 'allow'],
    [{ StringEquals: { 'aws:PrincipalAccount': account, 'aws:PrincipalType': 'AssumedRole' } }, 'allow'],
    [{ Null: { 'aws:username': 'true', 'aws:FederatedProvider': 'true', 'aws:SourceIdentity': 'true' } }, 'allow'],
    [{ Bool: { 'aws:MultiFactorAuthPresent': 'false', 'aws:ViaAWSService': 'false' } }, 'allow'],
    [{ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, 'implicit'],
    [{ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }, 'allow'],
    [{ Null: { 'aws:TokenIssueTime': 'false', 'aws:CurrentTime': 'false', 'aws:EpochTime': 'false' } }, 'allow'],
    [{ DateLessThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:00Z' } }, 'implicit'],
  ])('%j: %s', async (condition, expected) => {
    expect(await allowsWhen(condition)).toBe(expected)
  })

  test('a session’s tag stands before its role’s', async () => {
    const condition = { StringEquals: { 'aws:PrincipalTag/team': 'session' } }
    expect(await allowsWhen(condition)).toBe('implicit')
    expect(await allowsWhen(condition, { Tags: [{ Key: 'Team', Value: 'session' }] })).toBe('allow')
  })
})

describe('a user', () => {
  async function createUser(document?: string): Promise<Credentials> {
    const UserName = `user${names++}`
    await access.iam.send(new CreateUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'zoo' }] }))
    if (document !== undefined) {
      await access.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: document }))
    }
    const { AccessKey } = await access.iam.send(new CreateAccessKeyCommand({ UserName }))
    return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  }
  const stsOf = (user: Credentials): STSClient => {
    const { accessKeyId, secretAccessKey } = user
    return new STSClient({ ...access.gateway.clientConfig, credentials: { accessKeyId, secretAccessKey } })
  }

  test('has a tag with a long-term key, and no facts of a session', async () => {
    const Condition = {
      StringEquals: { 'aws:PrincipalTag/team': 'zoo' },
      Null: { 'aws:MultiFactorAuthPresent': 'true', 'aws:TokenIssueTime': 'true' },
    }
    const user = await createUser(saying('allow', { Condition }))
    const id = await iamApi()
    expect(await outcomeAt(id, user)).toBe('allow')
    const { Credentials } = await stsOf(user).send(new GetSessionTokenCommand({}))
    expect(await outcomeAt(id, credentialsOf(Credentials))).toBe('implicit')
  })

  test('gives a federated user what it has itself and passes on, and nothing by default', async () => {
    const user = await createUser(saying('allow'))
    const id = await iamApi()
    const federate = async (Policy?: string): Promise<Credentials> => {
      const { Credentials } = await stsOf(user).send(
        new GetFederationTokenCommand({ Name: 'Bob', ...(Policy !== undefined && { Policy }) }),
      )
      return credentialsOf(Credentials)
    }
    const pets = policy({
      Effect: 'Allow',
      Action: '*',
      Resource: `arn:aws:execute-api:${region}:${account}:${id}/prod/GET/pets`,
    })
    const bob = await federate(pets)
    expect([await outcomeAt(id, bob), await outcomeAt(id, bob, '/cats')]).toEqual(['allow', 'implicit'])
    const nothing = await federate()
    expect(await outcomeAt(id, nothing)).toBe('implicit')
    const byName = await iamApi(granting({ AWS: `arn:aws:sts::${account}:federated-user/Bob` }))
    expect(await outcomeAt(byName, nothing)).toBe('allow')
  })
})

test('an HTTP API minds session policies, and lets nobody of another account in', async () => {
  const http = new ApiGatewayV2Client(access.gateway.clientConfig)
  const source = 'exports.handler = async () => "in"'
  const functionArn = await createNodeFunction(access.lambda, 'http-sessions', source)
  const ApiId = await createHttpApi(http, 'sessions', { stageName: 'prod' })
  for (const path of ['/pets', '/cats']) {
    const { RouteId } = await addRoute(http, ApiId, `GET ${path}`, invoke(functionArn, '2.0'))
    await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'AWS_IAM' }))
  }
  const Policy = policy({
    Effect: 'Allow',
    Action: 'execute-api:Invoke',
    Resource: `arn:aws:execute-api:${region}:${account}:${ApiId}/prod/GET/pets`,
  })
  const own = await sessionOf({ identity: 'allow', input: { Policy } })
  const limited = await sessionOf({ identity: 'allow', boundary: 'neither' })
  const foreign = await sessionOf({ owner: otherAccount, identity: 'allow' })
  const statusOf = async (session: Credentials, path: string): Promise<number> =>
    (await callSigned(access, ApiId, session, { path })).status
  expect(await statusOf(own, '/pets')).toBe(200)
  for (const [session, path] of [
    [own, '/cats'],
    [limited, '/pets'],
    [foreign, '/pets'],
  ] as const) {
    expect(await statusOf(session, path)).toBe(403)
  }
})
