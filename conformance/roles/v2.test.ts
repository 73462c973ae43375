// Roles of HTTP and WebSocket APIs' integrations and authorizers, in `serve`.
import {
  ApiGatewayV2Client,
  CreateAuthorizerCommand,
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
  type CreateIntegrationCommandInput,
} from '@aws-sdk/client-apigatewayv2'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { sign } from '@sluice/sigv4'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke } from '../fixture/http-api.ts'
import {
  account,
  allowRole,
  createRole,
  createUser,
  openPlace,
  openRecorder,
  region,
  signerIn,
  type Keys,
  type Place,
  type Recorder,
} from './place.ts'

let place: Place
let sqs: Recorder
let http: ApiGatewayV2Client
let iam: IAMClient
let lambda: LambdaClient
let functionArn: string
let ApiId: string
let group: string
let groups = 0

const endpoints = new Map<string, string>()

beforeAll(async () => {
  sqs = await openRecorder()
  place = await openPlace({ awsEndpoints: endpoints })
  endpoints.set('SQS', sqs.url)
  const settings = place.settings(place.root)
  http = new ApiGatewayV2Client(settings)
  iam = new IAMClient(settings)
  lambda = new LambdaClient(settings)
  functionArn = await createNodeFunction(lambda, 'pets', `exports.handler = async () => 'pets'`)
})

beforeEach(async () => {
  ApiId = await createHttpApi(http, 'roles')
  group = `access-${groups++}`
  const DestinationArn = `arn:aws:logs:${region}:${account}:log-group:${group}`
  const AccessLogSettings = { DestinationArn, Format: '$context.requestId $context.integrationErrorMessage' }
  await http.send(new UpdateStageCommand({ ApiId, StageName: '$default', AccessLogSettings }))
})

afterAll(async () => {
  await place.close()
  await sqs.close()
})

async function call(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${place.url}/_aws/execute-api/${ApiId}/$default${path}`, { headers })
  return { status: response.status, text: await response.text() }
}

/** The reason of the last failure, as the access log has it. */
async function reason(): Promise<string | undefined> {
  const messages = await place.messages(group)
  return messages.at(-1)?.replace(/^\S+ /, '')
}

const refusal = { status: 500, text: '{"message":"Internal Server Error"}' }
const cannotCall =
  "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again."
const cannotAssume =
  "API Gateway doesn't have permissions to assume the IAM role configured on the integration. Check the permissions and try again."
const as = (CredentialsArn: string): Omit<CreateIntegrationCommandInput, 'ApiId'> => ({
  ...invoke(functionArn, '2.0'),
  CredentialsArn,
})
const queue = (CredentialsArn: string): Omit<CreateIntegrationCommandInput, 'ApiId'> => ({
  IntegrationType: 'AWS_PROXY',
  IntegrationSubtype: 'SQS-SendMessage',
  PayloadFormatVersion: '1.0',
  CredentialsArn,
  RequestParameters: { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/queue', MessageBody: 'hi' },
})

describe('a function of an HTTP API', () => {
  test('is invoked as a role that may, without a resource policy', async () => {
    const role = await createRole(iam, 'http-invoker')
    await addRoute(http, ApiId, 'GET /pets', as(role))
    expect(await call('/pets')).toEqual(refusal)
    expect(await reason()).toBe(cannotCall)
    await allowRole(iam, 'http-invoker', 'lambda:InvokeFunction', functionArn)
    expect(await call('/pets')).toEqual({ status: 200, text: 'pets' })
  })

  test('is not invoked as a role that cannot be taken on', async () => {
    await addRoute(http, ApiId, 'GET /pets', as(`arn:aws:iam::${account}:role/nobody`))
    expect(await call('/pets')).toEqual(refusal)
    expect(await reason()).toBe(cannotAssume)
  })

  test('is invoked as the caller where that is what the integration says', async () => {
    const { RouteId } = await addRoute(http, ApiId, 'GET /pets', as('arn:aws:iam::*:user/*'))
    expect(await call('/pets')).toEqual(refusal)
    await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'AWS_IAM' }))
    const entry = { Action: 'execute-api:Invoke', Resource: '*' }
    const bob = await createUser(iam, 'bob', entry)
    const eve = await createUser(iam, 'eve', entry, { Action: 'lambda:InvokeFunction', Resource: functionArn })
    expect(await call('/pets', signed(bob, '/pets'))).toEqual(refusal)
    expect(await reason()).toBe(cannotCall)
    expect(await call('/pets', signed(eve, '/pets'))).toEqual({ status: 200, text: 'pets' })
  })
})

/** The headers of a signed GET. */
function signed(keys: Keys, path: string): Record<string, string> {
  const request = {
    method: 'GET',
    path: `/_aws/execute-api/${ApiId}/$default${path}`,
    query: '',
    rawHeaders: ['host', `127.0.0.1:${place.port}`],
    body: new Uint8Array(0),
  }
  const list = sign(request, keys, { region, service: 'execute-api', date: Date.now() })
  const headers: Record<string, string> = {}
  for (let index = 0; index < list.length; index += 2) headers[list[index] ?? ''] = list[index + 1] ?? ''
  return headers
}

describe('a first-class integration', () => {
  test('is signed with temporary credentials of its role', async () => {
    const role = await createRole(iam, 'http-sender')
    await addRoute(http, ApiId, 'POST /messages', queue(role))
    await addRoute(http, ApiId, 'GET /messages', queue(role))
    expect(await call('/messages')).toEqual({ status: 200, text: '{"MessageId":"1"}' })
    expect(signerIn(sqs.last())).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(sqs.last()['x-amz-security-token']).toMatch(/^[A-Za-z0-9+/=]{100,}$/)
  })

  test('does not call for a role that trusts somebody else', async () => {
    const role = await createRole(iam, 'http-distrust', { Service: 'lambda.amazonaws.com' })
    await addRoute(http, ApiId, 'GET /messages', queue(role))
    expect(await call('/messages')).toEqual(refusal)
    expect(await reason()).toBe(cannotAssume)
  })
})

test('a Lambda authorizer of an HTTP API is asked as its role', async () => {
  const guard = await createNodeFunction(lambda, 'guard', 'exports.handler = async () => ({ isAuthorized: true })')
  const inner = await createRole(iam, 'http-inner')
  await allowRole(iam, 'http-inner', 'lambda:InvokeFunction', functionArn)
  const { RouteId } = await addRoute(http, ApiId, 'GET /pets', as(inner))
  const AuthorizerCredentialsArn = await createRole(iam, 'http-asking')
  const { AuthorizerId } = await http.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'guard',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: invocationUri(guard),
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.Authorization'],
      AuthorizerCredentialsArn,
    }),
  )
  await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'CUSTOM', AuthorizerId }))
  expect(await call('/pets', { authorization: 'token' })).toEqual(refusal)
  await allowRole(iam, 'http-asking', 'lambda:InvokeFunction', guard)
  expect(await call('/pets', { authorization: 'token' })).toEqual({ status: 200, text: 'pets' })
})

describe('a WebSocket API', () => {
  /** Sends one message to an API with one route; resolves with what has come back, if an error has. */
  async function send(route: Omit<CreateIntegrationCommandInput, 'ApiId'>): Promise<string | undefined> {
    const { ApiId = '' } = await http.send(
      new CreateApiCommand({
        Name: 'sockets',
        ProtocolType: 'WEBSOCKET',
        RouteSelectionExpression: '$request.body.action',
      }),
    )
    const { IntegrationId } = await http.send(new CreateIntegrationCommand({ ...route, ApiId }))
    await http.send(new CreateRouteCommand({ ApiId, RouteKey: '$default', Target: `integrations/${IntegrationId}` }))
    const { DeploymentId } = await http.send(new CreateDeploymentCommand({ ApiId }))
    await http.send(new CreateStageCommand({ ApiId, StageName: 'dev', DeploymentId }))
    const socket = new WebSocket(`ws://127.0.0.1:${place.port}/_aws/execute-api/${ApiId}/dev`)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    let frame: string | undefined
    socket.on('message', (data: Buffer) => (frame = data.toString()))
    socket.send('{}')
    // A second message is answered in turn: an error of the first has come by then.
    await expect.poll(() => frame !== undefined || sqs.last()['x-sent'] !== undefined).toBe(true)
    socket.terminate()
    return frame
  }

  const socketQueue = (CredentialsArn: string): Omit<CreateIntegrationCommandInput, 'ApiId'> => ({
    IntegrationType: 'AWS',
    IntegrationMethod: 'POST',
    IntegrationUri: 'arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue',
    CredentialsArn,
    RequestParameters: { 'integration.request.header.X-Sent': "'yes'" },
    RequestTemplates: { $default: 'Action=SendMessage&MessageBody=hi' },
    TemplateSelectionExpression: '\\$default',
  })

  test('calls services of AWS as its role', async () => {
    await send(socketQueue(await createRole(iam, 'socket-sender')))
    expect(sqs.last()['x-sent']).toBe('yes')
    expect(signerIn(sqs.last())).toMatch(/^ASIA[A-Z2-7]{16}$/)
  })

  test('answers an error for a function whose role may not, or is none', async () => {
    const socketFunction = (CredentialsArn: string): Omit<CreateIntegrationCommandInput, 'ApiId'> => ({
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: invocationUri(functionArn),
      IntegrationMethod: 'POST',
      CredentialsArn,
    })
    sqs.forget()
    const idle = await createRole(iam, 'socket-idle')
    expect(await send(socketFunction(idle))).toContain('Internal server error')
    expect(await send(socketQueue(`arn:aws:iam::${account}:role/nobody`))).toContain('Internal server error')
    expect(sqs.last()).toEqual({})
  })
})
