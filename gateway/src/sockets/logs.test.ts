// The logs of WebSocket APIs: every variable of the access log, and the execution log at each level. WebSocket 33, Security F.
import { APIGatewayClient, UpdateAccountCommand } from '@aws-sdk/client-api-gateway'
import { CreateAuthorizerCommand, UpdateStageCommand, type UpdateStageCommandInput } from '@aws-sdk/client-apigatewayv2'
import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import type { Operations as Logs } from '@sluice/aws-protocol/logs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zipOf } from '../services/lambda/testing.ts'
import { openPlace, serviceOf, type Place } from './testing.ts'
import { createRoute, createSocketApi, deploy, functionProxy, mocked, serverProxy } from './testing-api.ts'
import { startBackend, type Backend } from './testing-backend.ts'
import { connect, refusal } from './testing-client.ts'

let place: Place
let backend: Backend

beforeAll(async () => {
  place = await openPlace()
  backend = await startBackend((_, url) => {
    place.clock.advance(20)
    return url === '/broken' ? { status: 500, body: 'no' } : { body: 'fine' }
  })
  const config = {
    region: 'us-east-1',
    endpoint: place.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  await new APIGatewayClient(config).send(
    new UpdateAccountCommand({
      patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: 'arn:aws:iam::000000000000:role/logs' }],
    }),
  )
  for (const [FunctionName, code] of Object.entries(functions)) {
    await place.lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: 'arn:aws:iam::000000000000:role/function',
        Code: { ZipFile: zipOf(code) },
      }),
    )
  }
})

afterAll(async () => {
  await place.close()
  await backend.close()
})

const functions = {
  said: `export const handler = async () => ({ statusCode: 202, body: 'said' })`,
  failing: `export const handler = async () => { throw new Error('out of tea') }`,
  bouncer: `export const handler = async (event) => {
    const { who } = event.queryStringParameters
    if (who === 'nobody') throw new Error('Unauthorized')
    const policyDocument = { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: who === 'foe' ? 'Deny' : 'Allow', Resource: event.methodArn }] }
    return { principalId: 'principal-of-' + who, policyDocument, context: { level: 7 } }
  }`,
}

async function eventsOf(logGroupName: string): Promise<readonly string[]> {
  const { events = [] } = await serviceOf<Logs>(place, 'logs', 'logs').call('FilterLogEvents', { logGroupName })
  return events.map(({ message = '' }) => message)
}

/** The lines of a group, once there are so many. */
async function linesOf(logGroupName: string, count: number): Promise<readonly string[]> {
  await expect.poll(async () => (await eventsOf(logGroupName).catch(() => [])).length).toBeGreaterThanOrEqual(count)
  return eventsOf(logGroupName)
}

async function configure(ApiId: string, stage: Omit<UpdateStageCommandInput, 'ApiId' | 'StageName'>): Promise<void> {
  await place.v2.send(new UpdateStageCommand({ ApiId, StageName: 'dev', ...stage }))
}

/** An authorizer that asks the function of that name; resolves with its id. */
async function createBouncer(ApiId: string): Promise<string> {
  const { AuthorizerId = '' } = await place.v2.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'bouncer',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: functionProxy('bouncer').integration?.IntegrationUri ?? '',
      IdentitySource: ['route.request.querystring.who'],
    }),
  )
  return AuthorizerId
}

function accessLog(group: string, names: readonly string[]): Pick<UpdateStageCommandInput, 'AccessLogSettings'> {
  const Format = JSON.stringify(Object.fromEntries(names.map((name) => [name, `$context.${name}`])))
  return {
    AccessLogSettings: { DestinationArn: `arn:aws:logs:us-east-1:000000000000:log-group:${group}`, Format },
  }
}

const id = /^[\w-]{15}=$/
const anId = expect.stringMatching(id) as string
const digits = expect.stringMatching(/^\d+$/) as string
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/) as string

describe('the access log', () => {
  const request = ['apiId', 'connectedAt', 'connectionId', 'domainName', 'domainPrefix', 'eventType']
  const names = [
    ...request,
    'extendedRequestId',
    'messageId',
    'requestId',
    'requestTime',
    'requestTimeEpoch',
    'routeKey',
    'stage',
    'status',
    'error.message',
    'error.responseType',
    'error.validationErrorString',
    ...['authorize', 'authenticate', 'authorizer', 'waf'].flatMap((phase) =>
      ['error', 'latency', 'status'].map((what) => `${phase}.${what}`),
    ),
    ...['integrationLatency', 'integrationStatus', 'principalId', 'requestId', 'level'].map((it) => `authorizer.${it}`),
    ...['accountId', 'apiKey', 'apiKeyId', 'caller', 'user', 'userArn', 'principalOrgId', 'sourceIp', 'userAgent'].map(
      (it) => `identity.${it}`,
    ),
    ...['Provider', 'Type'].map((it) => `identity.cognitoAuthentication${it}`),
    ...['cognitoIdentityId', 'cognitoIdentityPoolId'].map((it) => `identity.${it}`),
    ...['error', 'integrationStatus', 'latency', 'requestId', 'status'].map((it) => `integration.${it}`),
    'integrationLatency',
  ]
  const nothing = Object.fromEntries(names.map((name) => [name, '-']))

  test('has every variable, of a connection, a message and an end', async () => {
    const ApiId = await createSocketApi(place, { routes: { $default: { ...functionProxy('said'), isTwoWay: true } } })
    const AuthorizerId = await createBouncer(ApiId)
    await createRoute(place.v2, ApiId, '$connect', { ...mocked(200), AuthorizationType: 'CUSTOM', AuthorizerId })
    await deploy(place, ApiId)
    await configure(ApiId, accessLog('every-variable', names))
    const client = await connect(place, ApiId, {
      path: '?who=friend',
      options: { headers: { 'user-agent': 'tester' } },
    })
    expect(await client.ask('hello')).toBe('said')
    await client.close()
    const lines = (await linesOf('every-variable', 3)).map((line) => JSON.parse(line) as Record<string, string>)
    const common = {
      ...nothing,
      apiId: ApiId,
      connectedAt: digits,
      connectionId: anId,
      domainName: `${ApiId}.execute-api.localhost`,
      domainPrefix: ApiId,
      extendedRequestId: anId,
      requestId: anId,
      requestTime: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as string,
      requestTimeEpoch: digits,
      stage: 'dev',
      status: '200',
      'identity.sourceIp': '127.0.0.1',
      'identity.userAgent': 'tester',
      'authorizer.principalId': 'principal-of-friend',
      'authorizer.level': '7',
      'authorizer.integrationLatency': digits,
    }
    expect(lines[0]).toEqual({
      ...common,
      eventType: 'CONNECT',
      routeKey: '$connect',
      'authorizer.integrationStatus': '200',
      'authorizer.latency': digits,
      'authorizer.requestId': uuid,
      'authorizer.status': '200',
      'integration.integrationStatus': '200',
      'integration.status': '200',
    })
    expect(lines[1]).toEqual({
      ...common,
      eventType: 'MESSAGE',
      routeKey: '$default',
      messageId: anId,
      'integration.integrationStatus': '200',
      'integration.latency': digits,
      'integration.requestId': uuid,
      'integration.status': '202',
      integrationLatency: digits,
    })
    expect(lines[2]).toEqual({ ...common, eventType: 'DISCONNECT', routeKey: '$disconnect' })
    expect(new Set(lines.map(({ connectionId }) => connectionId)).size).toBe(1)
    expect(lines.every(({ requestId, extendedRequestId }) => requestId === extendedRequestId)).toBe(true)

    expect((await refusal(place, ApiId, { path: '?who=foe' })).status).toBe(403)
    expect((await refusal(place, ApiId, { path: '?who=nobody' })).status).toBe(401)
    const [denied, unknown] = (await linesOf('every-variable', 5))
      .slice(3)
      .map((line) => JSON.parse(line) as Record<string, string>)
    const sentence = 'User is not authorized to access this resource with an explicit deny in an identity-based policy'
    expect(denied).toMatchObject({
      status: '403',
      'authorizer.error': sentence,
      'authorizer.integrationStatus': '200',
      'authorizer.status': '403',
      'error.message': sentence,
      'error.responseType': 'ACCESS_DENIED',
      'integration.status': '-',
    })
    expect(unknown).toMatchObject({ status: '401', 'authorizer.error': 'Unauthorized', 'authorizer.status': '401' })
  })

  test('tells of IAM who was not known, and of errors what the client read', async () => {
    const ApiId = await createSocketApi(place, {
      routes: { $connect: { ...mocked(200), AuthorizationType: 'AWS_IAM' } },
    })
    const phases = ['authenticate.status', 'authenticate.error', 'authorize.status', 'error.messageString']
    await configure(ApiId, {
      AccessLogSettings: {
        DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:iam',
        Format: `$context.requestId ${phases.map((name) => `$context.${name}`).join('|')}`,
      },
    })
    expect((await refusal(place, ApiId)).status).toBe(403)
    const [line = ''] = await linesOf('iam', 1)
    expect(line.slice(17)).toBe('403|Missing Authentication Token|-|"Missing Authentication Token"')
  })

  test('has a line for a message that names no route', async () => {
    const ApiId = await createSocketApi(place, { routes: { only: mocked(200) } })
    await configure(ApiId, accessLog('no-route', ['requestId', 'eventType', 'routeKey', 'status', 'error.message']))
    const client = await connect(place, ApiId)
    await client.ask({ action: 'other' })
    const lines = (await linesOf('no-route', 2)).map((line) => JSON.parse(line) as unknown)
    expect(lines).toEqual([
      { requestId: anId, eventType: 'CONNECT', routeKey: '$connect', status: '200', 'error.message': '-' },
      { requestId: anId, eventType: 'MESSAGE', routeKey: '-', status: '403', 'error.message': 'Forbidden' },
    ])
    await client.close()
  })
})

describe('the execution log', () => {
  const group = (ApiId: string): string => `API-Gateway-Execution-Logs_${ApiId}/dev`
  /** Without the request's id, which changes from event to event; ids that nobody knows beforehand become ID. */
  const plain = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => {
      expect(line).toMatch(/^\([\w-]{15}=\) /)
      return line.slice(19).replace(/(?<=Connection Id: |Request Id: )[\w-]{15}=/g, 'ID')
    })

  test('is not there unless a route has a level', async () => {
    const ApiId = await createSocketApi(place, { routes: { $default: mocked(200) } })
    const client = await connect(place, ApiId)
    await client.close()
    await expect(eventsOf(group(ApiId))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('at INFO tells of connections, messages and ends in AWS’s words', async () => {
    const ApiId = await createSocketApi(place, {
      routes: { $connect: mocked(200), $default: { ...serverProxy(`${backend.url}/`), isTwoWay: true } },
    })
    await configure(ApiId, { DefaultRouteSettings: { LoggingLevel: 'INFO' } })
    const client = await connect(place, ApiId, { options: { headers: { 'user-agent': 'tester' } } })
    expect(await client.ask('hello')).toBe('fine')
    client.socket.close(4001, 'enough')
    await client.closed
    expect(plain(await linesOf(group(ApiId), 13))).toEqual([
      'Extended Request Id: ID',
      'WebSocket Request Route: [$connect]',
      `Client [UserAgent: tester, SourceIp: 127.0.0.1] is connecting to WebSocket API [${ApiId}].`,
      `Client [Connection Id: ID] connected to API [${ApiId}] successfully.`,
      'Extended Request Id: ID',
      'WebSocket Request Route: [$default]',
      `WebSocket API [${ApiId}] received message from client [Connection Id: ID].`,
      `Sending request to ${backend.url}/`,
      expect.stringMatching(/^Received response\. Status: 200, Integration latency: \d+ ms$/),
      `Message from client [Connection Id: ID] sent to API [${ApiId}] with response status code [200].`,
      'Extended Request Id: ID',
      'WebSocket Request Route: [$disconnect]',
      `Client [Connection Id: ID] disconnected from API [${ApiId}]. Close reason: [4001: enough]`,
    ])
  })

  test('with data trace has what goes to the backend and what comes back', async () => {
    const ApiId = await createSocketApi(place, { routes: { $default: { ...functionProxy('said'), isTwoWay: true } } })
    await configure(ApiId, { DefaultRouteSettings: { LoggingLevel: 'INFO', DataTraceEnabled: true } })
    const client = await connect(place, ApiId)
    await client.ask('hello')
    const lines = plain(await linesOf(group(ApiId), 4 + 12)).slice(4)
    const functionUrl =
      'https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:said/invocations'
    expect(lines).toEqual([
      'Extended Request Id: ID',
      'WebSocket Request Route: [$default]',
      `WebSocket API [${ApiId}] received message from client [Connection Id: ID].`,
      `Endpoint request URI: ${functionUrl}`,
      expect.stringMatching(/^Endpoint request headers: \{x-amzn-lambda-integration-tag=/),
      expect.stringMatching(/^Endpoint request body after transformations: \{"requestContext":.*"body":"hello"/),
      `Sending request to ${functionUrl}`,
      expect.stringMatching(/^Received response\. Status: 200, Integration latency: \d+ ms$/),
      expect.stringMatching(/^Endpoint response headers: \{Date=/),
      'Endpoint response body before transformations: {"statusCode":202,"body":"said"}',
      expect.stringMatching(/^AWS Integration Endpoint RequestId : [0-9a-f-]{36}$/),
      `Message from client [Connection Id: ID] sent to API [${ApiId}] with response status code [200].`,
    ])
    await client.close()
  })

  test('tells of a Lambda authorizer whom it let in, and whom not', async () => {
    const ApiId = await createSocketApi(place, { routes: { $default: mocked(200) } })
    const AuthorizerId = await createBouncer(ApiId)
    await createRoute(place.v2, ApiId, '$connect', { AuthorizationType: 'CUSTOM', AuthorizerId })
    await deploy(place, ApiId)
    await configure(ApiId, { DefaultRouteSettings: { LoggingLevel: 'INFO' } })
    const client = await connect(place, ApiId, { path: '?who=friend' })
    await refusal(place, ApiId, { path: '?who=nobody' })
    const authorizers = (lines: readonly string[]) => plain(lines).filter((line) => /authoriz/i.test(line))
    await expect
      .poll(async () => authorizers(await eventsOf(group(ApiId)).catch(() => [])))
      .toEqual([
        expect.stringMatching(`^Starting authorizer: ${AuthorizerId} for request: [\\w-]{15}=$`),
        'Using valid authorizer policy for principal: *************friend',
        'Successfully completed authorizer execution',
        expect.stringMatching(`^Starting authorizer: ${AuthorizerId} for request: [\\w-]{15}=$`),
        expect.stringMatching(/^Unauthorized request: [\w-]{15}=$/),
        'Unauthorized',
      ])
    await client.close()
  })

  test('at ERROR has failures alone, each in its words', async () => {
    const ApiId = await createSocketApi(place, {
      routes: {
        fine: mocked(200),
        failing: functionProxy('failing'),
        mute: { ...mocked(200), responses: [] },
        missing: functionProxy('nobody-has-this'),
        slow: mocked(200),
      },
    })
    await configure(ApiId, {
      DefaultRouteSettings: { LoggingLevel: 'ERROR', DataTraceEnabled: true },
      RouteSettings: { slow: { LoggingLevel: 'ERROR', ThrottlingBurstLimit: 0, ThrottlingRateLimit: 0 } },
    })
    const client = await connect(place, ApiId)
    client.send({ action: 'fine' })
    for (const action of ['failing', 'mute', 'slow', 'other']) await client.ask({ action })
    const lines = plain(await linesOf(group(ApiId), 4))
    expect(lines).toEqual([
      expect.stringMatching(
        /^Lambda execution failed with status 200 due to customer function error: out of tea\. Lambda request id: [0-9a-f-]{36}$/,
      ),
      'Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 200',
      `Key throttle limit exceeded for WebSocketApi ${ApiId}, Stage dev, Route slow. Limit: 0.00 Burst: 0`,
      'No route for the key other',
    ])
    await client.close()
  })

  test('is each route’s own: one that is OFF says nothing', async () => {
    const ApiId = await createSocketApi(place, { routes: { loud: mocked(200), quiet: mocked(200, 'done') } })
    await configure(ApiId, { RouteSettings: { loud: { LoggingLevel: 'INFO' } } })
    const client = await connect(place, ApiId)
    client.send({ action: 'quiet' })
    client.send({ action: 'loud' })
    const lines = plain(await linesOf(group(ApiId), 4))
    expect(lines).toEqual([
      'Extended Request Id: ID',
      'WebSocket Request Route: [loud]',
      `WebSocket API [${ApiId}] received message from client [Connection Id: ID].`,
      `Message from client [Connection Id: ID] sent to API [${ApiId}] with response status code [200].`,
    ])
    await client.close()
  })

  test('cuts a line of more than 1,024 bytes, and of a refusal names the status', async () => {
    const ApiId = await createSocketApi(place, {
      routes: { $connect: mocked(403), $default: serverProxy(`${backend.url}/`) },
    })
    await configure(ApiId, { DefaultRouteSettings: { LoggingLevel: 'INFO', DataTraceEnabled: true } })
    await refusal(place, ApiId, { options: { headers: { 'user-agent': 'u'.repeat(2_000) } } })
    const lines = plain(await linesOf(group(ApiId), 4))
    expect(lines[2]).toMatch(/^Client \[UserAgent: u+ \[TRUNCATED\]$/)
    expect(lines[2]).toHaveLength(1_024)
    expect(lines[3]).toBe(
      `Client [Connection Id: ID] failed to connect to API [${ApiId}] with response status code [403].`,
    )
  })
})

test('logging needs the account’s role, as for REST APIs', async () => {
  const other = await openPlace()
  const ApiId = await createSocketApi(other, { routes: { $default: mocked(200) } })
  const set = (DefaultRouteSettings: UpdateStageCommandInput['DefaultRouteSettings']) =>
    other.v2.send(new UpdateStageCommand({ ApiId, StageName: 'dev', DefaultRouteSettings }))
  await expect(set({ LoggingLevel: 'ERROR' })).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'CloudWatch Logs role ARN must be set in account settings to enable logging',
  })
  await set({ LoggingLevel: 'OFF', DetailedMetricsEnabled: true })
  await other.close()
})
