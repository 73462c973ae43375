// Lambda authorizers of REST APIs, TOKEN and REQUEST, with real functions. Security C.1–C.4.
import { FlushStageAuthorizersCacheCommand, PutGatewayResponseCommand } from '@aws-sdk/client-api-gateway'
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFunction, createNodeFunction, invocationUri } from '../fixture/functions.ts'
import {
  account,
  addAuthorizer,
  addMock,
  call,
  createApi,
  deploy,
  outcome,
  policy,
  region,
  startAccess,
  type Access,
  type Answered,
} from './access.ts'

/** Does what the token, base64 of JSON, says; counts its calls. */
const authorizerSource = `
let calls = 0
exports.handler = async (event) => {
  calls++
  const token = event.authorizationToken ?? event.headers['x-token'] ?? event.headers['X-Token']
  const plan = JSON.parse(Buffer.from(token, 'base64').toString())
  if (plan.error) throw new Error(plan.error)
  if (plan.raw !== undefined) return plan.raw
  const statement = plan.statement ?? [{ Effect: plan.effect ?? 'Allow', Action: 'execute-api:Invoke', Resource: plan.resource ?? '*' }]
  return {
    principalId: 'ada',
    policyDocument: { Version: '2012-10-17', Statement: statement },
    context: { calls, ...plan.context, event: plan.echo ? JSON.stringify(event) : undefined },
  }
}
`

let access: Access
let functionUri: string

beforeAll(async () => {
  access = startAccess({ trustedProxies: ['127.0.0.1'] })
  functionUri = invocationUri(await createNodeFunction(access.lambda, 'authorizer', authorizerSource))
})

afterAll(() => access.gateway.close())

const token = (plan: object): string => Buffer.from(JSON.stringify(plan)).toString('base64')
const bearing = (plan: object): RequestInit => ({ headers: { 'x-token': token(plan) } })
const template = `{"principal":"$context.authorizer.principalId","calls":"$context.authorizer.calls","n":"$context.authorizer.n","yes":"$context.authorizer.yes"}`
const told = ({ text }: Answered): Record<string, string> => JSON.parse(text) as Record<string, string>

async function protectedApi(plan: Parameters<typeof addAuthorizer>[2] = {}, api: object = {}): Promise<string> {
  const id = await createApi(access, api)
  const authorizerId = await addAuthorizer(access, id, {
    authorizerUri: functionUri,
    identitySource: 'method.request.header.x-token',
    ...plan,
  })
  for (const path of ['/pets/{id}', '/cats']) {
    await addMock(access, id, path, {
      httpMethod: 'ANY',
      template,
      method: { authorizationType: 'CUSTOM', authorizerId },
    })
  }
  await deploy(access, id)
  return id
}

const unauthorized = [401, 'UnauthorizedException', '{"message":"Unauthorized"}']
const broken = [500, 'AuthorizerConfigurationException', '{"message":null}']
const implicit = [403, 'AccessDeniedException', '{"Message":"User is not authorized to access this resource"}']
const explicit = [
  403,
  'AccessDeniedException',
  '{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}',
]

describe('TOKEN authorizers', () => {
  test('let in whom their policy lets in, and hand their context on as texts', async () => {
    const id = await protectedApi()
    const answer = await call(access, id, '/pets/1', bearing({ context: { n: 1.5, yes: true } }))
    expect(answer.status).toBe(200)
    expect(told(answer)).toMatchObject({ principal: 'ada', n: '1.5', yes: 'true' })
  })

  test('get the type, the ARN of the method and the token, and nothing else', async () => {
    const id = await createApi(access)
    const authorizerId = await addAuthorizer(access, id, {
      authorizerUri: functionUri,
      identitySource: 'method.request.header.x-token',
    })
    await addMock(access, id, '/pets/{id}', {
      httpMethod: 'POST',
      template: '$context.authorizer.event',
      method: { authorizationType: 'CUSTOM', authorizerId },
    })
    await deploy(access, id)
    const { text } = await call(access, id, '/pets/a%20b?x=1', { method: 'POST', ...bearing({ echo: true }) })
    expect(JSON.parse(text)).toEqual({
      type: 'TOKEN',
      methodArn: `arn:aws:execute-api:${region}:${account}:${id}/prod/POST/pets/a b`,
      authorizationToken: token({ echo: true }),
    })
  })

  test('refuse without asking when the token is missing or does not match', async () => {
    const id = await protectedApi({ identityValidationExpression: '[A-Za-z0-9+/=]{8,}' })
    expect(outcome(await call(access, id, '/cats'))).toEqual(unauthorized)
    expect(outcome(await call(access, id, '/cats', { headers: { 'x-token': 'not base64 at all!' } }))).toEqual(
      unauthorized,
    )
    expect((await call(access, id, '/cats', bearing({ matched: true }))).status).toBe(200)
  })

  test('hang on no pattern, however it explodes', async () => {
    const id = await protectedApi({ identityValidationExpression: '(a+)+$' })
    const startedMs = performance.now()
    expect(outcome(await call(access, id, '/cats', { headers: { 'x-token': `${'a'.repeat(5_000)}!` } }))).toEqual(
      unauthorized,
    )
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test.each<[string, object, readonly unknown[]]>([
    ['an implicit deny', { resource: 'arn:aws:execute-api:*:*:other/*' }, implicit],
    ['a policy of no resource, as Chalice writes it', { resource: [] }, implicit],
    ['an explicit deny', { effect: 'Deny' }, explicit],
    ['the error Unauthorized', { error: 'Unauthorized' }, unauthorized],
    ['any other error', { error: 'unauthorized' }, broken],
    ['no object', { raw: 'yes' }, broken],
    ['no principal', { raw: { policyDocument: JSON.parse(policy([])) as object } }, broken],
    ['no policy', { raw: { principalId: 'ada' } }, broken],
    ['a policy that is none', { statement: [{ Effect: 'Maybe', Action: '*', Resource: '*' }] }, broken],
    ['a resource that is too long', { resource: `arn:aws:execute-api:*:*:${'a'.repeat(512)}` }, broken],
    ['a nested context', { context: { nested: { a: 1 } } }, broken],
    ['a list in the context', { context: { list: [1] } }, broken],
  ])('answer %s', async (_, plan, expected) => {
    const id = await protectedApi({ authorizerResultTtlInSeconds: 0 })
    expect(outcome(await call(access, id, '/cats', bearing(plan)))).toEqual(expected)
  })

  test('whose function is missing or too slow answer 500, and their response can be customised', async () => {
    const missing = await protectedApi({
      authorizerUri: functionUri.replace('function:authorizer', 'function:missing'),
    })
    expect(outcome(await call(access, missing, '/cats', bearing({})))).toEqual(broken)
    await access.rest.send(
      new PutGatewayResponseCommand({
        restApiId: missing,
        responseType: 'AUTHORIZER_CONFIGURATION_ERROR',
        statusCode: '503',
        responseTemplates: {
          'application/json': '{"is":$context.error.messageString,"type":"$context.error.responseType"}',
        },
      }),
    )
    await deploy(access, missing)
    const answer = await call(access, missing, '/cats', bearing({}))
    expect([answer.status, answer.text]).toEqual([503, '{"is":null,"type":"AUTHORIZER_CONFIGURATION_ERROR"}'])
    const files = { 'index.js': 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 30000))' }
    const plan = { name: 'slow', runtime: 'nodejs22.x', handler: 'index.handler', files, timeoutSeconds: 1 } as const
    const slow = await protectedApi({ authorizerUri: invocationUri(await createFunction(access.lambda, plan)) })
    expect(outcome(await call(access, slow, '/cats', bearing({})))).toEqual(broken)
  })
})

describe('verdicts', () => {
  test('are remembered for five minutes when no time is set, and judge each method anew', async () => {
    const id = await protectedApi()
    const once = { resource: `arn:aws:execute-api:${region}:${account}:${id}/prod/GET/cats` }
    const { calls } = told(await call(access, id, '/cats', bearing(once)))
    expect(told(await call(access, id, '/cats', bearing(once)))['calls']).toBe(calls)
    expect(outcome(await call(access, id, '/pets/1', bearing(once)))).toEqual(implicit)
    access.gateway.clock.advance(299_999)
    expect(told(await call(access, id, '/cats', bearing(once)))['calls']).toBe(calls)
    access.gateway.clock.advance(1)
    expect(told(await call(access, id, '/cats', bearing(once)))['calls']).not.toBe(calls)
  })

  test('are asked for each time with a time of 0', async () => {
    const id = await protectedApi({ authorizerResultTtlInSeconds: 0 })
    const { calls } = told(await call(access, id, '/cats', bearing({})))
    expect(told(await call(access, id, '/cats', bearing({})))['calls']).toBe(String(Number(calls) + 1))
  })

  test('are forgotten when the stage’s authorizer cache is flushed', async () => {
    const id = await protectedApi()
    const { calls } = told(await call(access, id, '/cats', bearing({})))
    await access.rest.send(new FlushStageAuthorizersCacheCommand({ restApiId: id, stageName: 'prod' }))
    expect(told(await call(access, id, '/cats', bearing({})))['calls']).not.toBe(calls)
  })

  test('are asked for once by requests that come together', async () => {
    const id = await protectedApi()
    const plan = bearing({ together: true })
    const answers = await Promise.all([1, 2, 3, 4].map(() => call(access, id, '/cats', plan)))
    expect(new Set(answers.map((answer) => told(answer)['calls'])).size).toBe(1)
  })
})

test('what an authorizer says of whom it denies is there for the gateway response', async () => {
  const id = await protectedApi()
  await access.rest.send(
    new PutGatewayResponseCommand({
      restApiId: id,
      responseType: 'ACCESS_DENIED',
      responseParameters: { 'gatewayresponse.header.x-why': 'context.authorizer.why' },
      responseTemplates: {
        'application/json': '{"who":"$context.authorizer.principalId","n":"$context.authorizer.n"}',
      },
    }),
  )
  await deploy(access, id)
  const denied = bearing({ effect: 'Deny', context: { why: 'too young', n: 7 } })
  for (const turn of ['asked', 'remembered']) {
    const { status, text, headers } = await call(access, id, '/cats', denied)
    expect([turn, status, text, headers.get('x-why')]).toEqual([turn, 403, '{"who":"ada","n":"7"}', 'too young'])
  }
})

describe('REQUEST authorizers', () => {
  async function requestApi(
    identitySource: string | undefined,
    authorizerResultTtlInSeconds?: number,
  ): Promise<string> {
    const id = await createApi(access)
    const authorizerId = await addAuthorizer(access, id, {
      type: 'REQUEST',
      authorizerUri: functionUri,
      identitySource,
      authorizerResultTtlInSeconds,
    })
    await addMock(access, id, '/pets/{id}', {
      template: '{"event":"$util.escapeJavaScript($context.authorizer.event)","calls":"$context.authorizer.calls"}',
      method: { authorizationType: 'CUSTOM', authorizerId },
    })
    await deploy(access, id)
    return id
  }

  test('get the request without its body, with empty maps where nothing is', async () => {
    const id = await requestApi('method.request.header.x-token')
    const { text } = await call(access, id, '/pets/7?b=2&a=1&a=3', bearing({ echo: true }))
    const event = JSON.parse(told({ text } as Answered)['event'] ?? '') as APIGatewayRequestAuthorizerEvent
    expect(event).toMatchObject({
      type: 'REQUEST',
      methodArn: `arn:aws:execute-api:${region}:${account}:${id}/prod/GET/pets/7`,
      resource: '/pets/{id}',
      path: '/pets/7',
      httpMethod: 'GET',
      headers: { 'x-token': token({ echo: true }), Host: `${id}.execute-api.localhost` },
      multiValueHeaders: { 'x-token': [token({ echo: true })] },
      queryStringParameters: { a: '3', b: '2' },
      multiValueQueryStringParameters: { a: ['1', '3'], b: ['2'] },
      pathParameters: { id: '7' },
      stageVariables: {},
      requestContext: {
        resourcePath: '/pets/{id}',
        path: '/prod/pets/7',
        accountId: account,
        stage: 'prod',
        apiId: id,
        httpMethod: 'GET',
        identity: { sourceIp: '127.0.0.1', accountId: null },
      },
    })
    expect(event).not.toHaveProperty('body')
    const bare = await call(access, id, '/pets/7', bearing({ echo: true, bare: true }))
    expect(JSON.parse(told(bare)['event'] ?? '')).toMatchObject({ queryStringParameters: {} })
  })

  test('refuse without asking when one of their sources is missing or empty', async () => {
    const id = await requestApi('method.request.header.x-token, method.request.querystring.key')
    expect(outcome(await call(access, id, '/pets/1', bearing({})))).toEqual(unauthorized)
    expect(outcome(await call(access, id, '/pets/1?key=', bearing({})))).toEqual(unauthorized)
    expect((await call(access, id, '/pets/1?key=1', bearing({}))).status).toBe(200)
  })

  test('remember by all sources together', async () => {
    const id = await requestApi('method.request.header.x-token,method.request.querystring.key,context.resourcePath')
    const { calls } = told(await call(access, id, '/pets/1?key=1', bearing({})))
    expect(told(await call(access, id, '/pets/2?key=1', bearing({})))['calls']).toBe(calls)
    expect(told(await call(access, id, '/pets/1?key=2', bearing({})))['calls']).not.toBe(calls)
  })

  test('without sources are asked each time', async () => {
    const id = await requestApi(undefined, 0)
    const { calls } = told(await call(access, id, '/pets/1', bearing({})))
    expect(told(await call(access, id, '/pets/1', bearing({})))['calls']).not.toBe(calls)
  })
})

test('a resource policy that denies the address saves the invocation, and one that allows it lets everybody in', async () => {
  const everyone = { Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }
  const denying = policy([
    { ...everyone, Effect: 'Allow' },
    { ...everyone, Effect: 'Deny', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } },
  ])
  const id = await protectedApi({ authorizerResultTtlInSeconds: 0 }, { policy: denying })
  const from = (address: string, plan: object): RequestInit => ({
    headers: { 'x-token': token(plan), 'x-forwarded-for': address },
  })
  const { calls } = told(await call(access, id, '/cats', from('198.51.100.1', {})))
  const arn = `arn:aws:execute-api:${region}:********0000:${id}/prod/GET/cats`
  expect(outcome(await call(access, id, '/cats', from('192.0.2.7', {})))).toEqual([
    403,
    'AccessDeniedException',
    `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${arn} with an explicit deny"}`,
  ])
  // Table A: the authorizer says nothing, the resource policy allows.
  const silent = await call(access, id, '/cats', from('198.51.100.1', { resource: 'arn:aws:execute-api:*:*:other/*' }))
  expect([silent.status, Number(told(silent)['calls'])]).toEqual([200, Number(calls) + 1])
  expect(outcome(await call(access, id, '/cats', from('198.51.100.1', { effect: 'Deny' })))).toEqual(explicit)
})
