// Real AWS SDK clients against a bare HTTP server that answers with this library, and this library's client against it too.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  APIGatewayClient,
  CreateRestApiCommand,
  GetExportCommand,
  GetTagsCommand,
  ImportRestApiCommand,
  PutIntegrationCommand,
} from '@aws-sdk/client-api-gateway'
import {
  ApiGatewayManagementApiClient,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  DeleteRouteSettingsCommand,
  GetApisCommand,
  NotFoundException as V2NotFound,
} from '@aws-sdk/client-apigatewayv2'
import {
  CreateUserCommand,
  IAMClient,
  ListUsersCommand,
  NoSuchEntityException as IamNoSuchEntity,
} from '@aws-sdk/client-iam'
import { InvokeCommand, InvokeWithResponseStreamCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from './client.ts'
import type { OutgoingRequest } from './client.ts'
import { decode } from './decode.ts'
import { encode, encodeFault } from './encode.ts'
import { ServiceFault } from './fault.ts'
import { loadNamed } from './fixture.ts'
import type { Operations as RestOperations } from './generated/apigateway.ts'
import { NotFoundException } from './generated/apigatewayv2.ts'
import type { Operations as IamOperations } from './generated/iam.ts'
import { NoSuchEntityException } from './generated/iam.ts'
import type { Operations as LambdaOperations } from './generated/lambda.ts'
import type { Service } from './service.ts'
import { validate } from './validate.ts'
import type { WireAnswer, WireRequest } from './wire.ts'

const names = ['apigateway', 'apigatewayv2', 'apigatewaymanagementapi', 'lambda', 'iam', 'sts'] as const
const services = new Map<string, Service>(names.map((name) => [name, loadNamed(name)]))

/** What the server answers: operation → output, or a fault to throw. Each is given by the test that needs it. */
const answers = new Map<string, (input: Record<string, unknown>) => object | undefined>()
let lastInput: Record<string, unknown> = {}

function serviceOf({ path, headers }: WireRequest): Service {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers['authorization'] ?? '')?.[1] ?? 'apigateway'
  const name = scope === 'execute-api' ? 'apigatewaymanagementapi' : path.startsWith('/v2') ? 'apigatewayv2' : scope
  const service = services.get(name)
  if (service === undefined) throw new Error(`no service "${name}"`)
  return service
}

function answer(wire: WireRequest): WireAnswer {
  const service = serviceOf(wire)
  const match = service.match(wire)
  if (match === undefined) {
    return encodeFault(service.dialect(wire), new ServiceFault('UnknownOperationException', 404, wire.path), {
      requestId: 'r',
    })
  }
  try {
    lastInput = decode(match, wire)
    validate(match, lastInput)
    const handler = answers.get(match.operation.name)
    return encode(match, handler?.(lastInput), { requestId: 'r' })
  } catch (error) {
    if (error instanceof ServiceFault) return encodeFault(match, error, { requestId: 'r' })
    throw error
  }
}

async function readRequest(message: IncomingMessage): Promise<WireRequest> {
  const chunks: Uint8Array[] = []
  for await (const chunk of message) chunks.push(chunk as Uint8Array)
  const [path = '', query = ''] = (message.url ?? '').split('?')
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]))
  // The callback API's clients put the stage before the path.
  return {
    method: message.method ?? '',
    path: path.replace(/^\/prod\//, '/'),
    query,
    headers,
    body: new Uint8Array(Buffer.concat(chunks)),
  }
}

let server: Server
let endpoint = ''

async function respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = answer(await readRequest(message))
  response.writeHead(status, headers)
  if (typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body)
    return
  }
  for await (const chunk of body) response.write(chunk)
  response.end()
}

beforeAll(async () => {
  server = createServer((message, response) => void respond(message, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function settings() {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  return { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }
}

/** A `send` for this library's own client: Node's fetch. */
async function send({ scheme, host, path, query, method, headers, body }: OutgoingRequest): Promise<WireAnswer> {
  const url = `${scheme}://${host}${path}${query === '' ? '' : `?${query}`}`
  const response = await fetch(url, { method, headers, ...(body.length > 0 ? { body: new Uint8Array(body) } : {}) })
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: (response.body as AsyncIterable<Uint8Array> | null) ?? new Uint8Array(0),
  }
}

/** Enough of a signature for the server above to tell the service. */
function sign(request: OutgoingRequest, { service }: { service: string }): OutgoingRequest {
  return {
    ...request,
    headers: { ...request.headers, authorization: `Credential=A/20200101/us-east-1/${service}/aws4_request` },
  }
}

describe('the AWS SDK for JavaScript', () => {
  test('API Gateway v1: create, validation in AWS’s words, import, export, tags', async () => {
    const client = new APIGatewayClient(settings())
    answers.set('CreateRestApi', ({ name }) => ({ id: 'abc', name, createdDate: 1_587_481_701, tags: { a: 'b' } }))
    const created = await client.send(
      new CreateRestApiCommand({ name: 'pets', endpointConfiguration: { types: ['REGIONAL'] } }),
    )
    expect(created).toMatchObject({
      id: 'abc',
      name: 'pets',
      createdDate: new Date('2020-04-21T15:08:21Z'),
      tags: { a: 'b' },
    })
    expect(created.$metadata).toMatchObject({ httpStatusCode: 201, requestId: 'r' })
    expect(lastInput).toEqual({ name: 'pets', endpointConfiguration: { types: ['REGIONAL'] } })

    const wrong = { restApiId: 'a', resourceId: 'b', httpMethod: 'GET', type: 'HTTPS_PROXY' as 'HTTP_PROXY' }
    await expect(client.send(new PutIntegrationCommand(wrong))).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]',
    })

    const body = new TextEncoder().encode('{"swagger":"2.0"}')
    await client.send(new ImportRestApiCommand({ body, failOnWarnings: true, parameters: { basepath: 'split' } }))
    expect(lastInput).toEqual({ body, failOnWarnings: true, parameters: { basepath: 'split' } })

    answers.set('GetExport', () => ({ contentType: 'application/yaml', body }))
    const exported = await client.send(
      new GetExportCommand({ restApiId: 'a', stageName: 's', exportType: 'oas30', accepts: 'application/yaml' }),
    )
    expect([exported.contentType, exported.body?.transformToString()]).toEqual([
      'application/yaml',
      '{"swagger":"2.0"}',
    ])
    expect(lastInput).toEqual({ restApiId: 'a', stageName: 's', exportType: 'oas30', accepts: 'application/yaml' })

    const resourceArn = 'arn:aws:apigateway:us-east-1::/restapis/abc'
    answers.set('GetTags', () => ({ tags: {} }))
    expect(await client.send(new GetTagsCommand({ resourceArn }))).toMatchObject({ tags: {} })
    expect(lastInput).toEqual({ resourceArn })
  })

  test('API Gateway v2: ISO timestamps, modelled faults, encoded labels', async () => {
    const client = new ApiGatewayV2Client(settings())
    answers.set('CreateApi', ({ Name }) => ({ ApiId: 'abc', Name, CreatedDate: 1_587_481_701.5 }))
    const created = await client.send(new CreateApiCommand({ Name: 'pets', ProtocolType: 'HTTP' }))
    expect(created).toMatchObject({ ApiId: 'abc', Name: 'pets', CreatedDate: new Date('2020-04-21T15:08:21.500Z') })

    answers.set('GetApis', () => {
      throw new NotFoundException('nothing here', { ResourceType: 'Api' })
    })
    const refusal = client.send(new GetApisCommand({ MaxResults: '5' }))
    await expect(refusal).rejects.toBeInstanceOf(V2NotFound)
    await expect(refusal).rejects.toMatchObject({
      message: 'nothing here',
      ResourceType: 'Api',
      $metadata: { httpStatusCode: 404 },
    })

    await client.send(new DeleteRouteSettingsCommand({ ApiId: 'a', StageName: '$default', RouteKey: 'GET /pets/{id}' }))
    expect(lastInput).toEqual({ ApiId: 'a', StageName: '$default', RouteKey: 'GET /pets/{id}' })
  })

  test('callback API: raw payload, connection ids with =', async () => {
    const client = new ApiGatewayManagementApiClient({ ...settings(), endpoint: `${endpoint}/prod` })
    await client.send(new PostToConnectionCommand({ ConnectionId: 'L0SM9cOFvHcCIhw=', Data: new Uint8Array([1, 2]) }))
    expect(lastInput).toEqual({ ConnectionId: 'L0SM9cOFvHcCIhw=', Data: new Uint8Array([1, 2]) })
    answers.set('GetConnection', () => ({
      ConnectedAt: 1_587_481_701,
      Identity: { SourceIp: '127.0.0.1', UserAgent: 'a' },
    }))
    expect(await client.send(new GetConnectionCommand({ ConnectionId: 'a' }))).toMatchObject({
      ConnectedAt: new Date('2020-04-21T15:08:21Z'),
      Identity: { SourceIp: '127.0.0.1', UserAgent: 'a' },
    })
  })

  test('Lambda: payloads both ways, headers, and a response stream', async () => {
    const client = new LambdaClient(settings())
    answers.set('Invoke', ({ Payload }) => ({ StatusCode: 200, ExecutedVersion: '$LATEST', Payload }))
    const invoked = await client.send(new InvokeCommand({ FunctionName: 'f', Payload: '{"a":1}', LogType: 'Tail' }))
    expect([invoked.StatusCode, invoked.ExecutedVersion, invoked.Payload?.transformToString()]).toEqual([
      200,
      '$LATEST',
      '{"a":1}',
    ])
    expect(lastInput).toMatchObject({ FunctionName: 'f', LogType: 'Tail' })

    answers.set('InvokeWithResponseStream', () => ({ StatusCode: 200, EventStream: streamed() }))
    const streaming = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: 'f' }))
    const parts: unknown[] = []
    for await (const event of streaming.EventStream ?? []) {
      parts.push(event.PayloadChunk ? Buffer.from(event.PayloadChunk.Payload ?? []).toString() : event.InvokeComplete)
    }
    expect(parts).toEqual(['one', 'two', {}])
  })

  test('IAM and STS: forms in, XML out, faults by their class', async () => {
    const client = new IAMClient(settings())
    const user = {
      UserName: 'ann',
      Path: '/',
      UserId: 'AIDA',
      Arn: 'arn:aws:iam::1:user/ann',
      CreateDate: 1_587_481_701,
    }
    answers.set('CreateUser', () => ({ User: { ...user, Tags: [{ Key: 'a', Value: '<b> & "c"' }] } }))
    const { User } = await client.send(new CreateUserCommand({ UserName: 'ann', Tags: [{ Key: 'a', Value: 'b c+d' }] }))
    expect(User).toMatchObject({
      ...user,
      CreateDate: new Date('2020-04-21T15:08:21Z'),
      Tags: [{ Key: 'a', Value: '<b> & "c"' }],
    })
    expect(lastInput).toEqual({ UserName: 'ann', Tags: [{ Key: 'a', Value: 'b c+d' }] })

    answers.set('ListUsers', () => {
      throw new NoSuchEntityException('none')
    })
    await expect(client.send(new ListUsersCommand({}))).rejects.toBeInstanceOf(IamNoSuchEntity)

    answers.set('GetCallerIdentity', () => ({
      Account: '000000000000',
      UserId: 'AIDA',
      Arn: 'arn:aws:iam::000000000000:root',
    }))
    const identity = await new STSClient(settings()).send(new GetCallerIdentityCommand({}))
    expect(identity).toMatchObject({ Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root' })
  })
})

describe('this library’s own client', () => {
  const options = { region: 'us-east-1', send, sign, credentials: { accessKeyId: 'A', secretAccessKey: 's' } }

  function serviceNamed(name: (typeof names)[number]): Service {
    return services.get(name) ?? loadNamed(name)
  }

  test('calls REST-JSON services with typed input and output', async () => {
    const client = createClient<RestOperations>(serviceNamed('apigateway'), { ...options, endpoint })
    answers.set('CreateRestApi', ({ name }) => ({ id: 'abc', name, createdDate: 1_587_481_701.5 }))
    expect(await client.call('CreateRestApi', { name: 'pets' })).toEqual({
      id: 'abc',
      name: 'pets',
      createdDate: 1_587_481_701.5,
    })
    expect(await client.call('DeleteRestApi', { restApiId: 'a/b c' })).toBeUndefined()
    expect(lastInput).toEqual({ restApiId: 'a/b c' })
    await expect(client.call('DeleteRestApi', { restApiId: '' })).rejects.toThrow(
      'DeleteRestApi needs a value for "restApiId"',
    )
  })

  test('calls query services, and rejects with the fault', async () => {
    const client = createClient<IamOperations>(serviceNamed('iam'), { ...options, endpoint })
    answers.set('GetUser', () => {
      throw new NoSuchEntityException('The user with name bob cannot be found.')
    })
    await expect(client.call('GetUser', { UserName: 'bob' })).rejects.toMatchObject({
      code: 'NoSuchEntity',
      status: 404,
      message: 'The user with name bob cannot be found.',
    })
  })

  test('reads a response stream as it comes', async () => {
    const client = createClient<LambdaOperations>(serviceNamed('lambda'), { ...options, endpoint })
    answers.set('InvokeWithResponseStream', () => ({ StatusCode: 200, EventStream: streamed() }))
    const { StatusCode, EventStream } = await client.call('InvokeWithResponseStream', { FunctionName: 'f' })
    const parts: unknown[] = []
    for await (const event of EventStream ?? []) parts.push(event)
    expect(StatusCode).toBe(200)
    expect(parts).toEqual([
      { PayloadChunk: { Payload: new TextEncoder().encode('one') } },
      { PayloadChunk: { Payload: new TextEncoder().encode('two') } },
      { InvokeComplete: {} },
    ])
  })

  test('an answer that is no AWS answer is a fault or an error, never a guess', async () => {
    const iam = serviceNamed('iam')
    const from = (answer: WireAnswer) =>
      createClient(iam, { endpoint, region: 'r', send: () => Promise.resolve(answer) })
    const html = { headers: {}, body: '<html><br></html>' }
    await expect(from({ ...html, status: 502 }).call('ListUsers', {})).rejects.toMatchObject({
      code: 'UnknownError',
      status: 502,
    })
    await expect(from({ ...html, status: 200 }).call('ListUsers', {})).rejects.toThrow(
      'the answer to ListUsers cannot be read: The answer is not well-formed XML.',
    )
    await expect(from({ ...html, status: 200 }).call('Nope', {})).rejects.toThrow('IAM has no operation "Nope"')
  })

  test('refuses settings it could not honour', () => {
    const iam = serviceNamed('iam')
    expect(() => createClient(iam, { ...options, endpoint, protocol: 'json' })).toThrow('IAM does not speak json')
    expect(() => createClient(iam, { ...options, endpoint: 'ftp://a' })).toThrow('not an HTTP endpoint: ftp://a')
    const { sign: _sign, ...unsigned } = options
    expect(() => createClient(iam, { ...unsigned, endpoint })).toThrow('credentials need a `sign` to use them')
  })
})

async function* streamed(): AsyncIterable<object> {
  yield { PayloadChunk: { Payload: new TextEncoder().encode('one') } }
  yield { PayloadChunk: { Payload: new TextEncoder().encode('two') } }
  yield { InvokeComplete: {} }
}
