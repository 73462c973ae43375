// TestInvokeAuthorizer: what an authorizer says to made-up requests, with its log. REST 15.2.
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  TestInvokeAuthorizerCommand,
  type TestInvokeAuthorizerCommandOutput,
} from '@aws-sdk/client-api-gateway'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { createGateway } from 'sluice'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { createRestApi } from '../fixture/rest-api.ts'

let gateway: ReturnType<typeof createGateway>
let rest: APIGatewayClient
let restApiId: string
let authorizerUri: string

beforeAll(async () => {
  gateway = createGateway()
  rest = new APIGatewayClient(gateway.clientConfig)
  const lambda = new LambdaClient(gateway.clientConfig)
  const arn = await createNodeFunction(
    lambda,
    'authorizer',
    `exports.handler = async (event) => {
      const token = event.authorizationToken ?? event.headers.Authorization
      if (token === 'fail') throw new Error('broken')
      if (token === 'nobody') throw new Error('Unauthorized')
      if (token === 'junk') return { principalId: 7 }
      if (token === 'none') return null
      if (token === 'more') return { principalId: 'p', isAuthorized: true }
      const context = { list: { a: [1] }, nested: { a: { b: 1 } } }[token]
      const Effect = token === 'deny' ? 'Deny' : 'Allow'
      const Statement = [{ Action: 'execute-api:Invoke', Effect, Resource: event.methodArn }]
      return { principalId: 'principal-' + token, policyDocument: { Version: '2012-10-17', Statement }, context }
    }`,
  )
  authorizerUri = invocationUri(arn)
  restApiId = await createRestApi(rest, 'authorized')
})

afterAll(() => gateway.close())

let created = 0

async function create(
  type: 'TOKEN' | 'REQUEST',
): Promise<(token?: string) => Promise<TestInvokeAuthorizerCommandOutput>> {
  const identitySource = 'method.request.header.Authorization'
  const command = new CreateAuthorizerCommand({ restApiId, name: `a${++created}`, type, authorizerUri, identitySource })
  const { id: authorizerId } = await rest.send(command)
  return (token) => {
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: token }
    return rest.send(new TestInvokeAuthorizerCommand({ restApiId, authorizerId, headers }))
  }
}

test.each(['TOKEN', 'REQUEST'] as const)('a %s authorizer answers its policy, also one that denies', async (type) => {
  const ask = await create(type)
  for (const [token, Effect] of [
    ['allow', 'Allow'],
    ['deny', 'Deny'],
  ] as const) {
    const Resource = `arn:aws:execute-api:us-east-1:000000000000:${restApiId}/ESTestInvoke-stage/GET/`
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }],
    })
    expect(await ask(token)).toMatchObject({ clientStatus: 0, principalId: `principal-${token}`, policy })
  }
})

test('its log tells what was asked and answered, identities masked', async () => {
  const { log = '' } = await (await create('TOKEN'))('allow-me-in')
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^.* UTC \d{4} : /, ''))
  expect(lines[0]).toMatch(/^Execution log for request [0-9a-f-]{36}$/)
  expect(lines[1]).toMatch(/^Starting authorizer: \w{6} for request: [0-9a-f-]{36}$/)
  expect(lines[2]).toBe('Incoming identity: *****-me-in')
  expect(lines[3]).toMatch(/^Endpoint request URI: https:\/\/lambda\.us-east-1\.amazonaws\.com\//)
  expect(lines[5]).toContain('"authorizationToken":"allow-me-in"')
  expect(lines[7]).toMatch(/^Authorizer result body before parsing: \{"principalId":"principal-allow-me-in"/)
  expect(lines.slice(8)).toEqual([
    'Using valid authorizer policy for principal: ***************-me-in',
    'Successfully completed authorizer execution',
  ])
})

test('without an identity, and where the function says Unauthorized, it is a 401', async () => {
  const ask = await create('TOKEN')
  for (const token of [undefined, 'nobody']) {
    const answer = await ask(token)
    expect(answer).toMatchObject({
      clientStatus: 401,
      log: expect.stringMatching(/Unauthorized request: [0-9a-f-]{36}\n$/) as string,
    })
    expect(answer).not.toHaveProperty('policy')
  }
})

// The sentences that AWS's execution logs have for what its JSON reader does not expect, a failed function's answer included.
test.each([
  ['fail', 'Invalid JSON in response: Unrecognized field "errorType" , not marked as ignorable'],
  ['more', 'Invalid JSON in response: Unrecognized field "isAuthorized" , not marked as ignorable'],
  ['list', 'Invalid JSON in response: Can not deserialize instance of java.lang.String out of START_ARRAY token'],
  ['nested', 'Invalid JSON in response: Can not deserialize instance of java.lang.String out of START_OBJECT token'],
  ['none', 'Could not parse policy'],
  ['junk', 'Could not parse policy'],
])('an authorizer that answers %s is a 500 with its reason in the log', async (token, reason) => {
  const { log = '', ...answer } = await (await create('TOKEN'))(token)
  expect(answer).toMatchObject({ clientStatus: 500 })
  const said = log.split('\n').slice(-3, -1)
  expect(said.map((line) => line.replace(/^.* UTC \d{4} : /, ''))).toEqual([
    `Execution failed due to configuration error: ${reason}`,
    'AuthorizerConfigurationException',
  ])
})

test('a function that cannot be asked is an authorizer error as well', async () => {
  const command = new CreateAuthorizerCommand({
    restApiId,
    name: 'absent',
    type: 'TOKEN',
    authorizerUri: authorizerUri.replace(':authorizer/', ':absent/'),
    identitySource: 'method.request.header.Authorization',
  })
  const { id: authorizerId } = await rest.send(command)
  const headers = { Authorization: 'allow' }
  const { clientStatus, log = '' } = await rest.send(
    new TestInvokeAuthorizerCommand({ restApiId, authorizerId, headers }),
  )
  expect(clientStatus).toBe(500)
  const said = log.split('\n').slice(-4, -1)
  expect(said.map((line) => line.replace(/^.* UTC \d{4} : /, ''))).toEqual([
    'Execution failed due to configuration error: Invalid permissions on Lambda function',
    'Execution failed due to configuration error: Authorizer error',
    'AuthorizerConfigurationException',
  ])
})

test('takes context variables beside the request, and no others than a request has', async () => {
  const identitySource = 'method.request.header.Authorization, context.identity.sourceIp'
  const made = new CreateAuthorizerCommand({
    restApiId,
    name: 'context',
    type: 'REQUEST',
    authorizerUri,
    identitySource,
  })
  const { id: authorizerId } = await rest.send(made)
  const ask = (additionalContext: Record<string, string>) =>
    rest.send(
      new TestInvokeAuthorizerCommand({
        restApiId,
        authorizerId,
        headers: { Authorization: 'allow' },
        additionalContext,
      }),
    )
  const { clientStatus, log } = await ask({ 'identity.sourceIp': '192.0.2.7', 'context.httpMethod': 'PUT' })
  expect(clientStatus).toBe(0)
  expect(log).toContain('"X-Forwarded-For":"192.0.2.7"')
  expect(log).toContain('"httpMethod":"PUT"')
  await expect(ask({ 'identity.nobody': 'x' })).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'Invalid additional context variable specified: identity.nobody',
  })
})

test('asks each time, and knows no authorizer that is not there', async () => {
  const ask = await create('TOKEN')
  expect(await ask('allow')).toMatchObject({ clientStatus: 0 })
  expect((await ask('allow')).log).toContain('Sending request to')
  await expect(
    rest.send(new TestInvokeAuthorizerCommand({ restApiId, authorizerId: 'nobody', headers: {} })),
  ).rejects.toMatchObject({ name: 'NotFoundException', message: 'Invalid Authorizer identifier specified' })
})
