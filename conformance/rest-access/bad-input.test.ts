// Credentials that are none, in every place that takes some: a clear refusal, soon, and nothing of ours fails.
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { startIssuer, type Issuer } from '../http-plans/issuer.ts'
import { account, addAuthorizer, addMock, call, createApi, deploy, region, startAccess, type Access } from './access.ts'

let access: Access
let issuer: Issuer
let restId: string
let httpId: string

/** A function that lets everybody in: whoever it is asked about was not refused before. */
const lenient = `exports.handler = async () => ({ isAuthorized: true, principalId: 'x', policyDocument: {
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }] } })`

beforeAll(async () => {
  issuer = await startIssuer()
  access = startAccess({ cognitoIssuers: { 'us-east-1_Pool': issuer.issuer }, explainHeader: true })
  const arn = await createNodeFunction(access.lambda, 'lenient', lenient)
  restId = await createApi(access)
  const identitySource = 'method.request.header.X-Token'
  const cognito = await addAuthorizer(access, restId, {
    name: 'pool',
    type: 'COGNITO_USER_POOLS',
    providerARNs: [`arn:aws:cognito-idp:${region}:${account}:userpool/us-east-1_Pool`],
    identitySource,
  })
  const token = await addAuthorizer(access, restId, {
    name: 'regex',
    authorizerUri: invocationUri(arn),
    identitySource,
    // Explodes in every engine that goes back: whatever is sent here, it does not match.
    identityValidationExpression: '(?:(?:[^!]+)+)+!(?:.*.*)*=(?:(\\d*)*)*never',
  })
  await addMock(access, restId, '/iam', { method: { authorizationType: 'AWS_IAM' } })
  await addMock(access, restId, '/key', { method: { apiKeyRequired: true } })
  await addMock(access, restId, '/pool', {
    method: { authorizationType: 'COGNITO_USER_POOLS', authorizerId: cognito },
  })
  await addMock(access, restId, '/regex', { method: { authorizationType: 'CUSTOM', authorizerId: token } })
  await deploy(access, restId)
  httpId = await createHttpApi()
})

afterAll(async () => {
  await access.gateway.close()
  await issuer.close()
})

async function createHttpApi(): Promise<string> {
  const client = new ApiGatewayV2Client({ ...access.gateway.clientConfig, maxAttempts: 1 })
  const { ApiId = '' } = await client.send(new CreateApiCommand({ Name: 'bad', ProtocolType: 'HTTP' }))
  const integration = { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', PayloadFormatVersion: '1.0' } as const
  const { IntegrationId } = await client.send(
    new CreateIntegrationCommand({ ApiId, ...integration, IntegrationUri: issuer.backend.url }),
  )
  const { AuthorizerId } = await client.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'jwt',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.X-Token'],
      JwtConfiguration: { Issuer: issuer.issuer, Audience: ['a'] },
    }),
  )
  const Target = `integrations/${IntegrationId}`
  const jwt = { AuthorizationType: 'JWT', AuthorizerId } as const
  await client.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /jwt', Target, ...jwt }))
  await client.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /iam', Target, AuthorizationType: 'AWS_IAM' }))
  await client.send(new CreateStageCommand({ ApiId, StageName: 'prod', AutoDeploy: true }))
  return ApiId
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')
const scope = 'AKIDEXAMPLE/20250115/us-east-1/execute-api/aws4_request'

const odd = [
  'x',
  'Bearer',
  'Bearer Bearer Bearer',
  'Basic YTpi',
  'a.b.c',
  '...',
  `${base64url('{"alg":"none"}')}.${base64url('{}')}.`,
  `${base64url('{"alg":"RS256","kid":"__proto__"}')}.${base64url('{"__proto__":{"iss":1}}')}.AA`,
  `${base64url('{"alg":"HS256","kid":"k1"}')}.${base64url('{}')}.AA`,
  `${base64url('['.repeat(3_000))}.${base64url('['.repeat(3_000))}.AA`,
  '.'.repeat(9_000),
  'A'.repeat(9_000),
  `AWS4-HMAC-SHA256 ${'a=b,'.repeat(2_000)}`,
  `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${'a;'.repeat(3_000)}host, Signature=00`,
  `AWS4-HMAC-SHA256 Credential=${'/'.repeat(5_000)}, SignedHeaders=;, Signature=`,
  'AWS4-ECDSA-P256-SHA256 Credential=x',
  '__proto__',
  '${jndi:ldap://x}',
  `%00%ff%${'%'.repeat(200)}`,
]

const credentials = (value: string): Record<string, string> => ({
  authorization: value,
  'x-token': value,
  'x-api-key': value,
  'x-amz-date': value,
  'x-amz-security-token': value,
  cookie: value,
})

/** In `dev` a key id that nobody knows is the account’s root, whose signature nobody can check. */
const isTrusted = (value: string): boolean => value.includes(scope)

async function refused(apiId: string, path: string, value: string, query = ''): Promise<void> {
  // Three times the value may be more than a request’s headers may have.
  const headers = value.length < 1_500 ? credentials(value) : { [path === '/iam' ? 'authorization' : 'x-token']: value }
  const startedMs = performance.now()
  const { status, text } = await call(access, apiId, path + query, { headers })
  expect(performance.now() - startedMs).toBeLessThan(1_000)
  expect([401, 403]).toContain(status)
  expect(Object.keys(JSON.parse(text) as object)).toHaveLength(1)
}

describe.each(['/iam', '/key', '/pool', '/regex'])('a REST method behind %s', (path) => {
  test.each(odd.filter((value) => path !== '/iam' || !isTrusted(value)).map((value) => [value.slice(0, 40), value]))(
    'refuses %s',
    (_, value) => refused(restId, path, value),
  )
})

describe.each(['/iam', '/jwt'])('an HTTP API route behind %s', (path) => {
  test.each(odd.filter((value) => path !== '/iam' || !isTrusted(value)).map((value) => [value.slice(0, 40), value]))(
    'refuses %s',
    (_, value) => refused(httpId, path, value),
  )
})

test('whatever stands in credentials and presigned queries is refused', async () => {
  const word = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom(...odd.filter((value) => value.length < 200)))
  const latin1 = word.map((text) => text.replace(/[^\x20-\x7e]/g, '').trim())
  await fc.assert(
    fc.asyncProperty(latin1, latin1, async (value, other) => {
      fc.pre(!isTrusted(value + other) && value !== '')
      const text = encodeURIComponent(other)
      const query = `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${text}&X-Amz-Date=${text}&X-Amz-SignedHeaders=${text}&X-Amz-Signature=${text}`
      for (const path of ['/iam', '/key', '/pool', '/regex']) await refused(restId, path, value, query)
      for (const path of ['/iam', '/jwt']) await refused(httpId, path, value, query)
    }),
    { numRuns: 40 },
  )
})

test.each(['authorization', 'x-token', 'x-api-key', 'cookie', 'x-amz-security-token'])(
  '100 KB of %s are too much',
  async (name) => {
    for (const [apiId, path] of [
      [restId, '/pool'],
      [httpId, '/jwt'],
    ] as const) {
      const startedMs = performance.now()
      expect((await call(access, apiId, path, { headers: { [name]: 'a'.repeat(100_000) } })).status).toBe(431)
      expect(performance.now() - startedMs).toBeLessThan(1_000)
    }
  },
)
