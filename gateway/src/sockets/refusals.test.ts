// Why an upgrade was refused: `x-sluice-explain` of WebSocket APIs, where the operator wants it.
import { CreateAuthorizerCommand, UpdateStageCommand } from '@aws-sdk/client-apigatewayv2'
import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Explanation } from '../server/explain.ts'
import { zipOf } from '../services/lambda/testing.ts'
import { openPlace, type Place } from './testing.ts'
import { createRoute, createSocketApi, deploy, functionProxy, mocked } from './testing-api.ts'
import { connect, refusal } from './testing-client.ts'

let place: Place

const source = `export const handler = async (event) => {
  const Statement = [{ Sid: 'Never', Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*' }]
  return { principalId: 'ada', policyDocument: { Version: '2012-10-17', Statement } }
}`

beforeAll(async () => {
  place = await openPlace({ explainHeader: true, explain: 50 })
  await place.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'denying',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/authorizer',
      Code: { ZipFile: zipOf(source) },
    }),
  )
})

afterAll(() => place.close())

async function told(apiId: string, path = ''): Promise<unknown> {
  const { headers } = await refusal(place, apiId, { path })
  return JSON.parse(String(headers['x-sluice-explain'] ?? null))
}

const routes = { $default: mocked(200) }

test('a verdict by its statement, and an identity that is missing', async () => {
  const apiId = await createSocketApi(place, { routes })
  const { AuthorizerId } = await place.v2.send(
    new CreateAuthorizerCommand({
      ApiId: apiId,
      Name: 'denying',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: functionProxy('denying').integration?.IntegrationUri ?? '',
      IdentitySource: ['route.request.querystring.token'],
    }),
  )
  await createRoute(place.v2, apiId, '$connect', { ...mocked(200), AuthorizationType: 'CUSTOM', AuthorizerId })
  await deploy(place, apiId)
  const step = 'authorize'
  expect(await told(apiId, '?token=any')).toEqual({
    fault: 'ACCESS_DENIED',
    status: 403,
    decisions: [
      { step, verdict: 'verdict asked for', authorizer: AuthorizerId },
      {
        step,
        verdict: 'explicitDeny',
        principal: 'ada',
        resource: `arn:aws:execute-api:us-east-1:000000000000:${apiId}/dev/$connect`,
        statement: { source: 'identity', policyIndex: 0, sid: 'Never', position: 0 },
      },
    ],
  })
  expect(await told(apiId)).toMatchObject({
    fault: 'UNAUTHORIZED',
    decisions: [{ verdict: 'identity missing', identitySource: ['route.request.querystring.token'] }],
  })
})

test('a signature and an API key', async () => {
  const signed = await createSocketApi(place, {
    routes: { ...routes, $connect: { ...mocked(200), AuthorizationType: 'AWS_IAM' } },
  })
  expect(await told(signed)).toMatchObject({ decisions: [{ verdict: 'signature refused', reason: 'missing' }] })
  const keyed = await createSocketApi(place, {
    routes: { ...routes, $connect: { ...mocked(200), ApiKeyRequired: true } },
  })
  const stage = `${keyed}:dev`
  expect(await told(keyed)).toEqual({
    fault: 'INVALID_API_KEY',
    status: 403,
    decisions: [{ step: 'requireKey', verdict: 'API key missing', source: '$request.header.x-api-key', stage }],
  })
})

test('a bucket', async () => {
  const apiId = await createSocketApi(place, { routes: { ...routes, $connect: mocked(200) } })
  const RouteSettings = { $connect: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 } }
  await place.v2.send(new UpdateStageCommand({ ApiId: apiId, StageName: 'dev', RouteSettings }))
  await (await connect(place, apiId)).close()
  expect(await told(apiId)).toEqual({
    fault: 'THROTTLED',
    status: 429,
    decisions: [
      { step: 'throttle', verdict: 'throttled', bucket: `route ${apiId}:dev $connect`, rate: 1, burst: 1, tokens: 0 },
    ],
  })
})

test('a message that asks for a route by a very long key is told with the beginning of it', async () => {
  const apiId = await createSocketApi(place, { routes: { a: mocked(200) } })
  const client = await connect(place, apiId)
  const { requestId } = JSON.parse(await client.ask(JSON.stringify({ action: 'k'.repeat(20_000) }))) as {
    requestId: string
  }
  const told = await (await fetch(`${place.url}/_sluice/requests/${encodeURIComponent(requestId)}`)).text()
  expect(told).toContain(`"key":"${'k'.repeat(256)}…"`)
  expect(told).not.toContain('k'.repeat(257))
  await client.close()
})

test('connections and messages have stories, also those that are refused', async () => {
  const $connect = { ...mocked(200), ApiKeyRequired: true }
  const refusing = await createSocketApi(place, { routes: { ...routes, $connect } })
  const { requestId } = JSON.parse((await refusal(place, refusing)).body) as { requestId: string }
  const explain = async (id: string): Promise<Explanation> =>
    (await (await fetch(`${place.url}/_sluice/requests/${encodeURIComponent(id)}`)).json()) as Explanation
  const { story, nearestRoutes } = await explain(requestId)
  expect(story).toMatchObject({
    protocol: 'WEBSOCKET',
    apiId: refusing,
    stage: 'dev',
    method: 'CONNECT',
    path: '/dev',
    steps: [{ name: 'authorize' }, { name: 'requireKey' }],
    decisions: [{ step: 'requireKey', verdict: 'API key missing' }, { step: 'answer' }],
    outcome: { status: 403, route: '$connect', fault: { type: 'INVALID_API_KEY' } },
  })
  expect(nearestRoutes).toEqual([])
  const open = await createSocketApi(place, {
    routes: { $default: { ...mocked(200, '$context.requestId'), isTwoWay: true } },
  })
  const client = await connect(place, open)
  const message = await explain(await client.ask('hello'))
  expect(message.story).toMatchObject({ method: 'MESSAGE', outcome: { status: 200, route: '$default' } })
  expect(message.notes).toEqual([])
  await client.close()
})
