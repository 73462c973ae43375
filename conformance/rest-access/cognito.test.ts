// Cognito user pool authorizers, with pools that a real issuer serves. Security C.5.
import { TestInvokeAuthorizerCommand } from '@aws-sdk/client-api-gateway'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { putMethod } from '../fixture/rest-api.ts'
import { createPair, startIssuer, tokenOf, type Issuer, type SigningPair } from '../http-plans/issuer.ts'
import { addAuthorizer, addMock, call, createApi, deploy, outcome, policy, startAccess, type Access } from './access.ts'

const pool = 'us-east-1_Mapped'
const poolArn = `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${pool}`
const otherArn = 'arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Other'

let issuer: Issuer
let other: Issuer
let pair: SigningPair
let access: Access

beforeAll(async () => {
  ;[issuer, other, pair] = [await startIssuer(), await startIssuer(), await createPair('k1')]
  issuer.keys = [pair.publicJwk]
  other.keys = [pair.publicJwk]
  access = startAccess({ cognitoIssuers: { [pool]: issuer.issuer, 'us-east-1_Other': other.issuer } })
})

afterAll(async () => {
  await access.gateway.close()
  await issuer.close()
  await other.close()
})

const seconds = (): number => Math.floor(access.gateway.clock.now() / 1000)
const idToken = (claims: object = {}): Promise<string> =>
  tokenOf(pair, {
    iss: issuer.issuer,
    sub: 'ada',
    aud: 'client-1',
    token_use: 'id',
    iat: seconds(),
    exp: seconds() + 3600,
    ...claims,
  })
const accessToken = (claims: object = {}): Promise<string> =>
  idToken({ token_use: 'access', aud: undefined, client_id: 'client-1', scope: 'pets/read pets/write', ...claims })

const template =
  '{"sub":"$context.authorizer.claims.sub","groups":"$context.authorizer.claims[\'cognito:groups\']","whole":"$context.authorizer.claims"}'

async function api(plan: { scopes?: string[]; pools?: string[]; aud?: string; policy?: string } = {}): Promise<string> {
  const id = await createApi(access, plan.policy === undefined ? {} : { policy: plan.policy })
  const authorizerId = await addAuthorizer(access, id, {
    type: 'COGNITO_USER_POOLS',
    providerARNs: plan.pools ?? [poolArn],
    identitySource: 'method.request.header.Authorization',
    ...(plan.aud !== undefined && { identityValidationExpression: plan.aud }),
  })
  const method = {
    authorizationType: 'COGNITO_USER_POOLS',
    authorizerId,
    ...(plan.scopes && { authorizationScopes: plan.scopes }),
  }
  await addMock(access, id, '/pets', { template, method })
  await deploy(access, id)
  return id
}

const bearing = async (token: Promise<string>, scheme = 'Bearer '): Promise<RequestInit> => ({
  headers: { authorization: scheme + (await token) },
})
const unauthorized = [401, 'UnauthorizedException', '{"message":"Unauthorized"}']

describe('without scopes', () => {
  test('ID tokens let in, with or without Bearer, and tell their claims', async () => {
    const id = await api()
    const answer = await call(access, id, '/pets', await bearing(idToken()))
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, expect.objectContaining({ sub: 'ada' })])
    expect((await call(access, id, '/pets', await bearing(idToken(), ''))).status).toBe(200)
  })

  test.each<[string, object]>([
    ['an access token', { token_use: 'access' }],
    ['a token of neither use', { token_use: undefined }],
    ['another issuer', { iss: 'http://127.0.0.1:1' }],
    ['no expiry', { exp: undefined }],
    ['a time to come', { iat: 4_102_444_800 }],
    ['a later beginning', { nbf: 4_102_444_800 }],
    ['a list for its use', { token_use: ['id'] }],
  ])('%s is refused', async (_, claims) => {
    expect(outcome(await call(access, await api(), '/pets', await bearing(idToken(claims))))).toEqual(unauthorized)
  })

  test('no token, no JWT, and another’s signature are refused', async () => {
    const id = await api()
    expect(outcome(await call(access, id, '/pets'))).toEqual(unauthorized)
    expect(outcome(await call(access, id, '/pets', { headers: { authorization: 'Bearer' } }))).toEqual(unauthorized)
    expect(outcome(await call(access, id, '/pets', { headers: { authorization: 'a.b.c' } }))).toEqual(unauthorized)
    const [head = '', payload = ''] = (await idToken()).split('.')
    const [, , signature = ''] = (await idToken({ sub: 'eve' })).split('.')
    const forged = { headers: { authorization: `${head}.${payload}.${signature}` } }
    expect(outcome(await call(access, id, '/pets', forged))).toEqual(unauthorized)
    const none = Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url')
    expect(outcome(await call(access, id, '/pets', { headers: { authorization: `${none}.${payload}.` } }))).toEqual(
      unauthorized,
    )
  })

  test('an expired token is told so', async () => {
    const id = await api()
    const expected = [401, 'UnauthorizedException', '{"message":"The incoming token has expired"}']
    expect(outcome(await call(access, id, '/pets', await bearing(idToken({ exp: seconds() }))))).toEqual(expected)
  })
})

test('with scopes, access tokens with one of them let in', async () => {
  const id = await api({ scopes: ['pets/read', 'pets/admin'] })
  expect((await call(access, id, '/pets', await bearing(accessToken()))).status).toBe(200)
  expect(outcome(await call(access, id, '/pets', await bearing(accessToken({ scope: 'pets/write' }))))).toEqual(
    unauthorized,
  )
  expect(outcome(await call(access, id, '/pets', await bearing(idToken({ scope: 'pets/read' }))))).toEqual(unauthorized)
  expect(outcome(await call(access, id, '/pets', await bearing(accessToken({ scope: undefined }))))).toEqual(
    unauthorized,
  )
  expect(outcome(await call(access, id, '/pets', await bearing(accessToken({ scope: 'pets/reader' }))))).toEqual(
    unauthorized,
  )
  const expired = [401, 'UnauthorizedException', '{"message":"The incoming token has expired"}']
  expect(outcome(await call(access, id, '/pets', await bearing(accessToken({ exp: seconds() }))))).toEqual(expired)
})

test('any of several pools may have issued the token', async () => {
  const id = await api({ pools: [otherArn, poolArn] })
  expect((await call(access, id, '/pets', await bearing(idToken()))).status).toBe(200)
  expect((await call(access, id, '/pets', await bearing(idToken({ iss: other.issuer })))).status).toBe(200)
  const alone = await api({ pools: [otherArn] })
  expect(outcome(await call(access, alone, '/pets', await bearing(idToken())))).toEqual(unauthorized)
})

test('the audience must match the whole of the validation expression', async () => {
  const id = await api({ aud: 'client-\\d' })
  expect((await call(access, id, '/pets', await bearing(idToken()))).status).toBe(200)
  expect(outcome(await call(access, id, '/pets', await bearing(idToken({ aud: 'client-12' }))))).toEqual(unauthorized)
  expect(outcome(await call(access, id, '/pets', await bearing(idToken({ aud: undefined }))))).toEqual(unauthorized)
  // AWS: access tokens have no audience.
  const scoped = await api({ aud: 'client-\\d', scopes: ['pets/read'] })
  expect(outcome(await call(access, scoped, '/pets', await bearing(accessToken())))).toEqual(unauthorized)
})

test('a resource policy must allow as well: its silence denies', async () => {
  const allow = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke' }
  const open = await api({ policy: policy({ ...allow, Resource: 'execute-api:/*' }) })
  expect((await call(access, open, '/pets', await bearing(idToken()))).status).toBe(200)
  const silent = await api({ policy: policy({ ...allow, Resource: 'execute-api:/other/*' }) })
  const { status, errorType } = await call(access, silent, '/pets', await bearing(idToken()))
  expect([status, errorType]).toEqual([403, 'AccessDeniedException'])
  expect(outcome(await call(access, silent, '/pets'))).toEqual(unauthorized)
})

describe('TestInvokeAuthorizer', () => {
  async function tester(aud?: string) {
    const restApiId = await createApi(access)
    const authorizerId = await addAuthorizer(access, restApiId, {
      type: 'COGNITO_USER_POOLS',
      providerARNs: [poolArn],
      identitySource: 'method.request.header.X-Token',
      ...(aud !== undefined && { identityValidationExpression: aud }),
    })
    return (token?: string) =>
      access.rest.send(
        new TestInvokeAuthorizerCommand({
          restApiId,
          authorizerId,
          headers: token === undefined ? {} : { 'X-Token': token },
        }),
      )
  }
  const linesOf = ({ log = '' }: { log?: string | undefined }): readonly string[] =>
    log
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^.* UTC \d{4} : /, '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID'))

  test('answers an ID token’s claims, and a log that shows no more than six characters of it', async () => {
    const ask = await tester()
    const token = await idToken({ 'cognito:groups': ['a', 'b'] })
    const answer = await ask(token)
    expect(answer).toMatchObject({ clientStatus: 0, claims: { sub: 'ada', 'cognito:groups': 'a,b', token_use: 'id' } })
    const [, starting, incoming, ...rest] = linesOf(answer)
    expect(starting).toMatch(/^Starting authorizer: \w{6} for request: ID$/)
    expect(incoming).toMatch(/^Incoming identity: \*+/)
    expect(rest).toEqual(['Successfully completed authorizer execution'])
    expect(answer.log).not.toContain(token.slice(-7))
  })

  test.each<[string, () => Promise<string> | undefined, string?]>([
    ['no token', () => undefined],
    ['what is no token', async () => 'junk'],
    ['an access token', () => accessToken()],
    ['an expired token', () => idToken({ exp: seconds() - 1 })],
    ['a token of another client', () => idToken(), 'client-2'],
    ['a token of another pool', () => idToken({ iss: other.issuer })],
  ])('says 401 to %s', async (_, token, aud) => {
    const answer = await (await tester(aud))(await token())
    expect(answer.clientStatus).toBe(401)
    expect(answer.claims).toBeUndefined()
    expect(linesOf(answer).at(-1)).toBe('Unauthorized request: ID')
  })
})

test('functions read every claim as a text', async () => {
  const source =
    'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.requestContext.authorizer) })'
  const uri = invocationUri(await createNodeFunction(access.lambda, 'claims', source))
  const id = await createApi(access)
  const authorizerId = await addAuthorizer(access, id, {
    type: 'COGNITO_USER_POOLS',
    providerARNs: [poolArn],
    identitySource: 'method.request.header.Authorization',
  })
  await putMethod(access.rest, id, '/pets', {
    method: { authorizationType: 'COGNITO_USER_POOLS', authorizerId },
    integration: { type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri },
  })
  await deploy(access, id)
  const token = idToken({ iat: 1_494_139_638, email_verified: true, 'cognito:groups': ['a', 'b'], exp: 4_102_444_800 })
  const { text } = await call(access, id, '/pets', await bearing(token))
  expect(JSON.parse(text)).toEqual({
    claims: {
      iss: issuer.issuer,
      sub: 'ada',
      aud: 'client-1',
      token_use: 'id',
      iat: 'Sun May 07 06:47:18 UTC 2017',
      exp: 'Fri Jan 01 00:00:00 UTC 2100',
      email_verified: 'true',
      'cognito:groups': 'a,b',
    },
  })
})
