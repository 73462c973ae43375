// `x-sluice-explain` of HTTP APIs: which claim, verdict, statement or bucket a refusal rests on.
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  type CreateRouteCommandInput,
} from '@aws-sdk/client-apigatewayv2'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { createGateway, type EmbeddedGateway } from 'sluice'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createPair, startIssuer, tokenOf, type Issuer, type SigningPair } from '../http-plans/issuer.ts'

let gateway: EmbeddedGateway
let issuer: Issuer
let pair: SigningPair
let apiId: string
let authorizers: Record<'jwt' | 'simple' | 'policy', string>

const source = `exports.handler = async ({ headers, routeArn }) => {
  if (headers['x-token'] === 'broken') throw new Error('secret detail')
  const Statement = [{ Sid: 'None', Effect: 'Deny', Action: 'execute-api:Invoke', Resource: routeArn ?? '*' }]
  return { isAuthorized: false, principalId: 'ada', policyDocument: { Version: '2012-10-17', Statement } }
}`

const wideAudience = Array.from({ length: 40 }, (_, index) => `${'a'.repeat(60)}${index}`)

beforeAll(async () => {
  ;[issuer, pair] = [await startIssuer(), await createPair('k1')]
  issuer.keys = [pair.publicJwk]
  gateway = createGateway({ explainHeader: true, startAtMs: Date.UTC(2026, 10, 20, 8) })
  const config = { ...gateway.clientConfig, maxAttempts: 1 }
  const client = new ApiGatewayV2Client(config)
  const AuthorizerUri = invocationUri(await createNodeFunction(new LambdaClient(config), 'authorizer', source))
  const { ApiId = '' } = await client.send(new CreateApiCommand({ Name: 'refusing', ProtocolType: 'HTTP' }))
  apiId = ApiId
  const backend = { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'GET', PayloadFormatVersion: '1.0' } as const
  const { IntegrationId } = await client.send(
    new CreateIntegrationCommand({ ApiId, ...backend, IntegrationUri: issuer.backend.url }),
  )
  const lambda = (name: string, EnableSimpleResponses: boolean) =>
    client.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: name,
        AuthorizerType: 'REQUEST',
        AuthorizerUri,
        AuthorizerPayloadFormatVersion: '2.0',
        AuthorizerResultTtlInSeconds: 300,
        EnableSimpleResponses,
        IdentitySource: ['$request.header.X-Token'],
      }),
    )
  const jwt = await client.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'jwt',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: issuer.issuer, Audience: ['pets', 'cats'] },
    }),
  )
  const wide = await client.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'wide',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: issuer.issuer, Audience: wideAudience },
    }),
  )
  const [simple, policy] = [await lambda('simple', true), await lambda('policy', false)]
  authorizers = {
    jwt: jwt.AuthorizerId ?? '',
    simple: simple.AuthorizerId ?? '',
    policy: policy.AuthorizerId ?? '',
  }
  const route = (RouteKey: string, more: Partial<CreateRouteCommandInput>) =>
    client.send(new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}`, ...more }))
  const [JWT, CUSTOM] = ['JWT', 'CUSTOM'] as const
  await route('GET /jwt', { AuthorizationType: JWT, AuthorizerId: authorizers.jwt })
  await route('GET /scoped', { AuthorizationType: JWT, AuthorizerId: authorizers.jwt, AuthorizationScopes: ['write'] })
  await route('GET /simple', { AuthorizationType: CUSTOM, AuthorizerId: authorizers.simple })
  await route('GET /policy', { AuthorizationType: CUSTOM, AuthorizerId: authorizers.policy })
  await route('GET /wide', { AuthorizationType: JWT, AuthorizerId: wide.AuthorizerId })
  await route('GET /iam', { AuthorizationType: 'AWS_IAM' })
  await route('GET /slow', {})
  await client.send(
    new CreateStageCommand({
      ApiId,
      StageName: 'prod',
      AutoDeploy: true,
      RouteSettings: { 'GET /slow': { ThrottlingRateLimit: 2, ThrottlingBurstLimit: 1 } },
    }),
  )
})

afterAll(async () => {
  await gateway.close()
  await issuer.close()
})

async function told(path: string, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await gateway.invoke(`http://${apiId}.execute-api.localhost/prod${path}`, { headers })
  await answer.text()
  return JSON.parse(answer.headers.get('x-sluice-explain') ?? 'null')
}

const step = 'authorize'

test('what would not fit into 2 KB is left out, and said to be', async () => {
  const exp = gateway.clock.now() / 1000 + 60
  const token = await tokenOf(pair, { iss: issuer.issuer, aud: 'dogs', exp })
  expect(await told('/wide', { authorization: `Bearer ${token}` })).toEqual({
    fault: 'Unauthorized',
    status: 401,
    decisions: [{ step, verdict: 'token refused' }],
    isCut: true,
  })
})

test('a token without the claim that was expected', async () => {
  const seconds = gateway.clock.now() / 1000
  const claims = { iss: issuer.issuer, aud: 'dogs', exp: seconds + 60, scope: 'read' }
  const bearing = async (more: object) => ({ authorization: `Bearer ${await tokenOf(pair, { ...claims, ...more })}` })
  expect(await told('/jwt', await bearing({}))).toEqual({
    fault: 'Unauthorized',
    status: 401,
    decisions: [
      {
        step,
        verdict: 'token refused',
        why: 'the token does not have a valid audience',
        claim: 'aud',
        expected: ['pets', 'cats'],
        found: 'dogs',
        issuer: issuer.issuer,
      },
    ],
  })
  expect(await told('/scoped', await bearing({ aud: 'pets' }))).toMatchObject({
    status: 403,
    decisions: [{ claim: 'scope', expected: ['write'], found: ['read'] }],
  })
  expect(await told('/jwt', await bearing({ aud: 'pets', exp: seconds }))).toMatchObject({
    decisions: [{ claim: 'exp', expected: 'after 2026-11-20T08:00:00.000Z', found: '2026-11-20T08:00:00.000Z' }],
  })
  expect(await told('/jwt')).toMatchObject({
    decisions: [{ step, verdict: 'identity missing', identitySource: '$request.header.Authorization' }],
  })
})

test('a Lambda authorizer’s verdict, and since when it is remembered', async () => {
  const token = { 'x-token': 'ada' }
  expect(await told('/simple', token)).toMatchObject({
    fault: 'Forbidden',
    decisions: [{ step, verdict: 'verdict asked for', authorizer: authorizers.simple }, { verdict: 'explicitDeny' }],
  })
  gateway.clock.advance(1_000)
  expect(await told('/simple', token)).toMatchObject({
    decisions: [{ verdict: 'verdict remembered', since: '2026-11-20T08:00:00.000Z' }, { verdict: 'explicitDeny' }],
  })
  expect(await told('/policy', token)).toMatchObject({
    decisions: [
      { verdict: 'verdict asked for' },
      {
        verdict: 'explicitDeny',
        principal: 'ada',
        resource: `arn:aws:execute-api:us-east-1:000000000000:${apiId}/prod/GET/policy`,
        statement: { source: 'identity', policyIndex: 0, sid: 'None', position: 0 },
      },
    ],
  })
  expect(await told('/simple', { 'x-token': 'broken' })).toEqual({
    fault: 'Internal Server Error',
    status: 500,
    decisions: [{ step, verdict: 'authorizer failed', authorizer: authorizers.simple }],
  })
  expect(await told('/simple')).toMatchObject({
    decisions: [{ verdict: 'identity missing', identitySource: ['$request.header.X-Token'] }],
  })
})

test('a signature, a bucket, and a route that is not there', async () => {
  expect(await told('/iam')).toMatchObject({ decisions: [{ verdict: 'signature refused', reason: 'missing' }] })
  expect(await told('/slow')).toBeNull()
  gateway.clock.advance(125)
  expect(await told('/slow')).toMatchObject({
    fault: 'Too Many Requests',
    decisions: [{ step: 'throttle', bucket: `route ${apiId}:prod GET /slow`, rate: 2, burst: 1, tokens: 0.25 }],
  })
  expect(await told('/nowhere')).toEqual({
    fault: 'Not Found',
    status: 404,
    decisions: [{ step: 'route', verdict: 'no route', verb: 'GET', path: '/nowhere' }],
  })
})
