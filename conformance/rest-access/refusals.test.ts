// `x-sluice-explain`: each refusal of a REST API says which statement, key, bucket, quota, claim or verdict it rests on.
import { UpdateStageCommand, type CreateUsagePlanCommandInput } from '@aws-sdk/client-api-gateway'
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createPair, startIssuer, tokenOf, type Issuer, type SigningPair } from '../http-plans/issuer.ts'
import {
  account,
  addAuthorizer,
  addMock,
  call,
  createApi,
  deploy,
  policy,
  region,
  startAccess,
  type Access,
  type Answered,
} from './access.ts'
import { createKey, createPlan, joinPlan } from './plans.ts'
import { callSigned } from './signing.ts'

let access: Access
let issuer: Issuer
let pair: SigningPair

beforeAll(async () => {
  ;[issuer, pair] = [await startIssuer(), await createPair('k1')]
  issuer.keys = [pair.publicJwk]
  access = startAccess({
    explainHeader: true,
    startAtMs: Date.UTC(2026, 10, 20, 8),
    cognitoIssuers: { 'us-east-1_Pool': issuer.issuer },
  })
})

afterAll(async () => {
  await access.gateway.close()
  await issuer.close()
})

interface Told {
  readonly fault: string
  readonly status: number
  readonly decisions: readonly object[]
  readonly isCut?: boolean
}

const headerName = 'x-sluice-explain'
const told = ({ headers }: Answered): Told => JSON.parse(headers.get(headerName) ?? 'null') as Told

async function mockApi(method: object = {}, api: object = {}): Promise<string> {
  const id = await createApi(access, api)
  for (const path of ['/pets', '/cats']) await addMock(access, id, path, { method })
  await deploy(access, id)
  return id
}

async function setStage(id: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const patchOperations = Object.entries(settings).map(([path, value]) => ({ op: 'replace', path, value }) as const)
  await access.rest.send(new UpdateStageCommand({ restApiId: id, stageName: 'prod', patchOperations }))
}

test('is said by nobody who was not told to, and of no answer that is a backend’s', async () => {
  const silent = startAccess()
  const id = await createApi(silent)
  await addMock(silent, id, '/pets')
  await deploy(silent, id)
  expect((await call(silent, id, '/nowhere')).headers.has(headerName)).toBe(false)
  await silent.gateway.close()
  const own = await mockApi()
  expect((await call(access, own, '/pets')).headers.has(headerName)).toBe(false)
  expect(told(await call(access, own, '/nowhere'))).toEqual({
    fault: 'MISSING_AUTHENTICATION_TOKEN',
    status: 403,
    decisions: [{ step: 'route', verdict: 'no route', verb: 'GET', path: '/nowhere' }],
  })
})

describe('API keys', () => {
  const keyed = { apiKeyRequired: true }
  const showing = (value: string): RequestInit => ({ headers: { 'x-api-key': value } })
  async function keyedApi(more: Partial<CreateUsagePlanCommandInput> = {}) {
    const id = await mockApi(keyed)
    const plan = await createPlan(access, [id], more)
    const key = await createKey(access)
    await joinPlan(access, plan, key)
    return { id, plan, key }
  }

  test('that are missing, unknown, disabled, or in no plan of the stage', async () => {
    const { id } = await keyedApi()
    const lack = async (value: string): Promise<object | undefined> => {
      const { fault, decisions } = told(await call(access, id, '/pets', value === '' ? {} : showing(value)))
      expect(fault).toBe('INVALID_API_KEY')
      return decisions[0]
    }
    const common = { step: 'requireKey', source: 'HEADER', stage: `${id}:prod` }
    expect(await lack('')).toEqual({ ...common, verdict: 'API key missing' })
    expect(await lack('nobody-has-this-key-at-all')).toEqual({ ...common, verdict: 'API key unknown' })
    const disabled = await createKey(access, { enabled: false })
    expect(await lack(disabled.value)).toEqual({ ...common, verdict: 'API key disabled', keyId: disabled.id })
    const alone = await createKey(access)
    expect(await lack(alone.value)).toEqual({ ...common, verdict: 'API key in no usage plan', keyId: alone.id })
    await joinPlan(access, await createPlan(access, [await mockApi(keyed)]), alone)
    expect(await lack(alone.value)).toEqual({
      ...common,
      verdict: 'API key in no usage plan of the stage',
      keyId: alone.id,
    })
  })

  test('whose plan has nothing left: the bucket, and the quota', async () => {
    const { id, plan, key } = await keyedApi({ throttle: { rateLimit: 0.5, burstLimit: 2 } })
    for (let times = 0; times < 2; times++)
      expect((await call(access, id, '/pets', showing(key.value))).status).toBe(200)
    access.gateway.clock.advance(500)
    const answer = await call(access, id, '/pets', showing(key.value))
    expect(told(answer)).toEqual({
      fault: 'THROTTLED',
      status: 429,
      decisions: [
        {
          step: 'throttle',
          verdict: 'throttled',
          bucket: `plan ${account} ${region} ${plan} ${key.id}`,
          rate: 0.5,
          burst: 2,
          tokens: 0.25,
        },
      ],
    })
    expect(answer.headers.get(headerName)).not.toContain(key.value)
    const limited = await keyedApi({ quota: { limit: 1, period: 'WEEK', offset: 1 } })
    await call(access, limited.id, '/pets', showing(limited.key.value))
    const about = { plan: limited.plan, keyId: limited.key.id, limit: 1, period: 'WEEK', offset: 1 }
    expect(told(await call(access, limited.id, '/cats', showing(limited.key.value)))).toEqual({
      fault: 'QUOTA_EXCEEDED',
      status: 429,
      decisions: [{ step: 'throttle', verdict: 'quota exceeded', ...about, used: 1, remaining: 0 }],
    })
  })
})

test('a method’s bucket', async () => {
  const id = await mockApi()
  await setStage(id, { '/*/*/throttling/rateLimit': '1', '/*/*/throttling/burstLimit': '0' })
  const bucket = `method ${id}:prod GET /pets`
  expect(told(await call(access, id, '/pets')).decisions).toEqual([
    { step: 'throttle', verdict: 'throttled', bucket, rate: 1, burst: 0, tokens: 0 },
  ])
})

describe('policies', () => {
  test('of the API: the statement that denied, or that none allowed', async () => {
    const allow = { Sid: 'All', Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }
    const deny = { ...allow, Sid: 'NoCats', Effect: 'Deny', Resource: 'execute-api:/*/GET/cats' }
    const id = await mockApi({}, { policy: policy([allow, deny]) })
    const about = (path: string) => ({
      step: 'authorize',
      principal: 'anonymous',
      resource: `arn:aws:execute-api:${region}:${account}:${id}/prod/GET${path}`,
    })
    expect(told(await call(access, id, '/cats'))).toEqual({
      fault: 'ACCESS_DENIED',
      status: 403,
      decisions: [
        {
          ...about('/cats'),
          verdict: 'explicitDeny',
          statement: { source: 'resource', policyIndex: 0, sid: 'NoCats', position: 1 },
        },
      ],
    })
    const closed = await mockApi({}, { policy: policy(deny) })
    const [decision] = told(await call(access, closed, '/pets')).decisions
    expect(decision).toMatchObject({ verdict: 'implicitDeny', missing: 'resource' })
  })

  test('of a user, and what is wrong with a signature', async () => {
    const id = await mockApi({ authorizationType: 'AWS_IAM' })
    const UserName = 'denied'
    await access.iam.send(new CreateUserCommand({ UserName }))
    const { AccessKey } = await access.iam.send(new CreateAccessKeyCommand({ UserName }))
    const PolicyDocument = policy({ Sid: 'Never', Effect: 'Deny', Action: 'execute-api:*', Resource: '*' })
    await access.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }))
    const keys = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
    const refused = async (plan: object): Promise<object | undefined> =>
      told(await callSigned(access, id, keys, { path: '/pets', ...plan })).decisions[0]
    expect(await refused({})).toMatchObject({
      step: 'authorize',
      verdict: 'explicitDeny',
      principal: `arn:aws:iam::${account}:user/denied`,
      statement: { source: 'identity', policyIndex: 0, sid: 'Never', position: 0 },
    })
    expect(await refused({ skewMs: -600_000 })).toMatchObject({
      verdict: 'signature refused',
      reason: 'expired',
      serverTime: '20261120T080000Z',
      limit: '20261120T075500Z',
    })
    const tampered = await callSigned(access, id, keys, {
      path: '/pets',
      tamper: (headers) => (headers['x-amz-date'] = '20261120T080001Z'),
    })
    expect(told(tampered)).toEqual({
      fault: 'INVALID_SIGNATURE',
      status: 403,
      decisions: [{ step: 'authorize', verdict: 'signature refused', reason: 'bad-signature' }],
    })
    expect(told(await call(access, id, '/pets')).decisions).toEqual([
      { step: 'authorize', verdict: 'signature refused', reason: 'missing' },
    ])
  })
})

describe('Lambda authorizers', () => {
  const source = `exports.handler = async ({ methodArn, authorizationToken }) => {
    if (authorizationToken === 'nobody') throw new Error('Unauthorized')
    if (authorizationToken === 'broken') throw new Error('secret detail')
    const statement = { Sid: 'Pets', Effect: 'Allow', Action: 'execute-api:Invoke', Resource: methodArn }
    return { principalId: 'ada', policyDocument: { Version: '2012-10-17', Statement: [statement] } }
  }`
  const bearing = (token: string): RequestInit => ({ headers: { 'x-token': token } })

  test('a verdict, since when it is remembered, and what it lacks', async () => {
    const id = await createApi(access)
    const authorizerId = await addAuthorizer(access, id, {
      authorizerUri: invocationUri(await createNodeFunction(access.lambda, 'explained', source)),
      identitySource: 'method.request.header.x-token',
      identityValidationExpression: '[a-z]+',
    })
    for (const path of ['/pets', '/cats']) {
      await addMock(access, id, path, { method: { authorizationType: 'CUSTOM', authorizerId } })
    }
    await deploy(access, id)
    const since = new Date(access.gateway.clock.now()).toISOString()
    expect((await call(access, id, '/pets', bearing('ada'))).status).toBe(200)
    access.gateway.clock.advance(120_000)
    const step = 'authorize'
    const resource = `arn:aws:execute-api:${region}:${account}:${id}/prod/GET/cats`
    expect(told(await call(access, id, '/cats', bearing('ada')))).toEqual({
      fault: 'ACCESS_DENIED',
      status: 403,
      decisions: [
        { step, verdict: 'verdict remembered', authorizer: authorizerId, since },
        { step, verdict: 'implicitDeny', principal: 'anonymous', resource, missing: 'identity' },
      ],
    })
    const of = async (init: RequestInit): Promise<Told> => told(await call(access, id, '/pets', init))
    const identitySource = 'method.request.header.x-token'
    const about = { step, authorizer: authorizerId }
    expect((await of({})).decisions).toEqual([{ ...about, verdict: 'identity missing', identitySource }])
    expect((await of(bearing('A1'))).decisions).toEqual([
      { ...about, verdict: 'identity does not match identityValidationExpression', identitySource },
    ])
    expect(await of(bearing('nobody'))).toEqual({
      fault: 'UNAUTHORIZED',
      status: 401,
      decisions: [{ ...about, verdict: 'refused by the function' }],
    })
    expect(await of(bearing('broken'))).toEqual({
      fault: 'AUTHORIZER_FAILURE',
      status: 500,
      decisions: [{ ...about, verdict: 'authorizer failed' }],
    })
  })
})

describe('Cognito tokens', () => {
  test.each<[string, object, object]>([
    ['use', { token_use: 'access' }, { claim: 'token_use', expected: 'id', found: 'access' }],
    ['expiry', { exp: 1 }, { claim: 'exp', found: '1970-01-01T00:00:01.000Z' }],
    ['issuer', { iss: 'http://127.0.0.1:1' }, { claim: 'iss', found: 'http://127.0.0.1:1' }],
    ['audience', { aud: 'other' }, { claim: 'aud', found: 'other' }],
  ])('the claim: %s', async (_, claims, expected) => {
    const id = await createApi(access)
    const authorizerId = await addAuthorizer(access, id, {
      type: 'COGNITO_USER_POOLS',
      providerARNs: [`arn:aws:cognito-idp:${region}:${account}:userpool/us-east-1_Pool`],
      identitySource: 'method.request.header.Authorization',
      identityValidationExpression: 'client-1',
    })
    await addMock(access, id, '/pets', { method: { authorizationType: 'COGNITO_USER_POOLS', authorizerId } })
    await deploy(access, id)
    const seconds = access.gateway.clock.now() / 1000
    const right = { iss: issuer.issuer, aud: 'client-1', token_use: 'id', iat: seconds, exp: seconds + 60 }
    const authorization = await tokenOf(pair, { ...right, ...claims })
    const answer = await call(access, id, '/pets', { headers: { authorization } })
    expect(answer.status).toBe(401)
    expect(told(answer).decisions[0]).toMatchObject({ step: 'authorize', verdict: 'token refused', ...expected })
    expect(answer.headers.get(headerName)).not.toContain(authorization.split('.')[2])
  })
})

test('an answer that may not be asked for anew', async () => {
  const id = await mockApi()
  await setStage(id, {
    '/cacheClusterEnabled': 'true',
    '/cacheClusterSize': '0.5',
    '/*/*/caching/enabled': 'true',
    '/*/*/caching/unauthorizedCacheControlHeaderStrategy': 'FAIL_WITH_403',
  })
  const answer = await call(access, id, '/pets', { headers: { 'cache-control': 'max-age=0' } })
  expect(told(answer)).toEqual({
    fault: 'ACCESS_DENIED',
    status: 403,
    decisions: [
      {
        step: 'cache',
        verdict: 'invalidation refused',
        principal: 'a caller without a signature',
        action: 'execute-api:InvalidateCache',
        strategy: 'FAIL_WITH_403',
        resource: `arn:aws:execute-api:${region}:${account}:${id}/prod/GET/pets`,
      },
    ],
  })
})

test('what a client sends neither ends the header nor makes it long', async () => {
  const id = await mockApi()
  const long = await call(access, id, `/%0d%0aset-cookie:x${'é'.repeat(300)}`)
  const header = long.headers.get(headerName) ?? ''
  expect(header).toMatch(/^[\x20-\x7e]+$/)
  expect(header.length).toBeLessThan(2_049)
  expect(told(long).decisions).toHaveLength(1)
})
