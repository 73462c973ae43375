// `@connections` by every form of its URL, from the SDK, from a function, and at another gateway. WebSocket 30.
import { Agent, request as sendRequest } from 'node:http'
import type { LookupFunction } from 'node:net'
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { CreateStageCommand, GetStageCommand, UpdateApiCommand } from '@aws-sdk/client-apigatewayv2'
import { CreateFunctionCommand } from '@aws-sdk/client-lambda'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createMemoryConnections } from '../adapters/memory-connections.ts'
import { zipOf } from '../services/lambda/testing.ts'
import { openPlace, type Place } from './testing.ts'
import { createSocketApi, deploy, functionProxy, mocked, serverProxy } from './testing-api.ts'
import { startBackend } from './testing-backend.ts'
import { connect, type Client } from './testing-client.ts'

let place: Place
let apiId: string
let client: Client
let ConnectionId: string

const routes = { $default: { ...mocked(200, '$context.connectionId'), isTwoWay: true } }

beforeAll(async () => {
  place = await openPlace()
  apiId = await createSocketApi(place, { routes })
})

beforeEach(async () => {
  client = await connect(place, apiId)
  ConnectionId = await client.ask('who am I')
})

afterEach(() => client.close())

afterAll(() => place.close())

interface Plain {
  readonly method: string
  readonly path: string
  readonly host?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A request without the SDK, unsigned unless its headers say otherwise. */
async function plain({ method, path, host, body = '', headers = {} }: Plain) {
  return new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; body: string }>(
    (resolve, reject) => {
      const options = {
        port: place.port,
        host: '127.0.0.1',
        method,
        path,
        headers: { ...headers, ...(host && { host }) },
      }
      const request = sendRequest(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        )
      })
      request.on('error', reject)
      request.end(body)
    },
  )
}

describe('every form of the URL', () => {
  const id = (): string => encodeURIComponent(ConnectionId)

  test.for([
    ['path style', () => ({ path: `/_aws/execute-api/${apiId}/dev/@connections/${id()}` })],
    ['path style, everything encoded', () => ({ path: `/_aws/execute-api/${apiId}/dev/%40connections/${id()}` })],
    ['the host', () => ({ path: `/dev/@connections/${id()}`, host: `${apiId}.execute-api.localhost` })],
    [
      'another suffix',
      () => ({ path: `/dev/%40connections/${ConnectionId}`, host: `${apiId}.execute-api.us-east-1.amazonaws.com` }),
    ],
    ['the AWS endpoint itself', () => ({ path: `/@connections/${id()}` })],
    ['the AWS endpoint itself, encoded', () => ({ path: `/%40connections/${id()}` })],
  ] as const)('%s: POST, GET, DELETE', async ([, where]) => {
    expect(await plain({ ...where(), method: 'POST', body: 'news' })).toMatchObject({ status: 200, body: '' })
    expect(await client.next()).toBe('news')
    const found = await plain({ ...where(), method: 'GET' })
    const at = new Date(place.clock.now()).toISOString()
    expect(found.headers['content-type']).toBe('application/json')
    expect(JSON.parse(found.body)).toEqual({
      connectedAt: at,
      identity: { sourceIp: '127.0.0.1', userAgent: '' },
      lastActiveAt: at,
    })
    expect(await plain({ ...where(), method: 'DELETE' })).toMatchObject({ status: 204, body: '' })
    expect(await client.closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' })
    const gone = await plain({ ...where(), method: 'POST', body: 'late' })
    expect(gone).toMatchObject({ status: 410, body: '' })
    expect(gone.headers['x-amzn-errortype']).toBe('GoneException')
  })

  test('the SDK with the host form', async () => {
    // Not every system resolves *.localhost.
    const lookup: LookupFunction = (_host, { all }, found) =>
      all === true ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4)
    const management = new ApiGatewayManagementApiClient({
      region: 'us-east-1',
      endpoint: `http://${apiId}.execute-api.localhost:${place.port}/dev`,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      requestHandler: { httpAgent: new Agent({ lookup }) },
    })
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from('bytes') }))
    expect(await client.next()).toBe('bytes')
  })
})

describe('what is posted', () => {
  test('is one text message, of any text and any content type', async () => {
    const Data = JSON.stringify({ text: 'ä€😀', list: [1, 2] })
    await place.management(apiId).send(new PostToConnectionCommand({ ConnectionId, Data }))
    expect(await client.next()).toBe(Data)
  })

  test('of no length is accepted and says nothing', async () => {
    const path = `/_aws/execute-api/${apiId}/dev/@connections/${ConnectionId}`
    expect((await plain({ method: 'POST', path })).status).toBe(200)
    expect((await plain({ method: 'POST', path, body: 'next' })).status).toBe(200)
    expect(await client.next()).toBe('next')
  })

  test('that is no UTF-8 comes with replacement characters', async () => {
    const Data = Buffer.from([0x61, 0xff, 0x62])
    await place.management(apiId).send(new PostToConnectionCommand({ ConnectionId, Data }))
    expect(await client.next()).toBe('a\ufffdb')
  })

  test('of 131,072 bytes is taken, one byte more is refused with 413', async () => {
    const management = place.management(apiId)
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(131_072) }))
    expect((await client.next()).length).toBe(131_072)
    await expect(
      management.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(131_073) })),
    ).rejects.toMatchObject({ name: 'PayloadTooLargeException', $metadata: { httpStatusCode: 413 } })
  })
})

describe('refusals', () => {
  test('an id of nobody: 410; a text that is no id: 400', async () => {
    const management = place.management(apiId)
    const unknown = { ConnectionId: 'AAAAAAAAAAAAAAA=' }
    const gone = { name: 'GoneException', $metadata: { httpStatusCode: 410 } }
    await expect(management.send(new GetConnectionCommand(unknown))).rejects.toMatchObject(gone)
    await expect(management.send(new DeleteConnectionCommand(unknown))).rejects.toMatchObject(gone)
    await expect(management.send(new GetConnectionCommand({ ConnectionId: 'no id' }))).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Invalid connectionId: no id',
      $metadata: { httpStatusCode: 400 },
    })
  })

  test('another stage and another API: 410; a stage or API that is not there: 403', async () => {
    const { DeploymentId } = await place.v2.send(new GetStageCommand({ ApiId: apiId, StageName: 'dev' }))
    await place.v2.send(new CreateStageCommand({ ApiId: apiId, StageName: 'other', DeploymentId }))
    const elsewhere = await createSocketApi(place, { routes })
    const post = (id: string, stageName?: string) =>
      place.management(id, stageName).send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }))
    await expect(post(apiId, 'other')).rejects.toMatchObject({ name: 'GoneException' })
    await expect(post(elsewhere)).rejects.toMatchObject({ name: 'GoneException' })
    for (const [id, stageName] of [
      [apiId, 'nowhere'],
      ['nosuchapi0', 'dev'],
    ] as const) {
      await expect(post(id, stageName)).rejects.toMatchObject({
        name: 'ForbiddenException',
        message: 'Forbidden',
        $metadata: { httpStatusCode: 403 },
      })
    }
  })

  test('another account: 403', async () => {
    const stranger = new ApiGatewayManagementApiClient({
      region: 'us-east-1',
      endpoint: `${place.url}/_aws/execute-api/${apiId}/dev`,
      credentials: { accessKeyId: '111111111111', secretAccessKey: 'x' },
      maxAttempts: 1,
    })
    await expect(stranger.send(new GetConnectionCommand({ ConnectionId }))).rejects.toMatchObject({
      name: 'ForbiddenException',
      $metadata: { httpStatusCode: 403 },
    })
  })

  test('an API whose default endpoint is disabled: 403', async () => {
    const id = await createSocketApi(place, { routes })
    const other = await connect(place, id)
    const otherId = await other.ask('x')
    await place.v2.send(new UpdateApiCommand({ ApiId: id, DisableExecuteApiEndpoint: true }))
    await deploy(place, id)
    await expect(place.management(id).send(new GetConnectionCommand({ ConnectionId: otherId }))).rejects.toMatchObject({
      name: 'ForbiddenException',
    })
    await other.close()
  })

  test('a path without an id: 404', async () => {
    for (const path of [
      `/_aws/execute-api/${apiId}/dev/@connections`,
      `/_aws/execute-api/${apiId}/dev/@connections/`,
    ]) {
      expect(await plain({ method: 'POST', path })).toMatchObject({ status: 404, body: '{"message":"Not Found"}' })
    }
  })

  test('while $connect is deciding: 410, and from the 101 on it is found', async () => {
    let seen: Promise<unknown> | undefined
    const backend = await startBackend((body) => {
      const early = new PostToConnectionCommand({ ConnectionId: body, Data: 'early' })
      seen ??= place
        .management(id)
        .send(early)
        .catch((error: unknown) => error)
      return { afterMs: 40 }
    })
    onTestFinished(() => backend.close())
    const integration = {
      IntegrationType: 'HTTP',
      IntegrationMethod: 'POST',
      IntegrationUri: backend.url,
      RequestTemplates: { $default: '$context.connectionId' },
    } as const
    const id = await createSocketApi(place, {
      routes: { ...routes, $connect: { integration, responses: [{ IntegrationResponseKey: '$default' }] } },
    })
    const opened = await connect(place, id)
    expect(await seen).toMatchObject({ name: 'GoneException' })
    const own = await opened.ask('x')
    await place.management(id).send(new PostToConnectionCommand({ ConnectionId: own, Data: 'now' }))
    expect(await opened.next()).toBe('now')
    await opened.close()
  })
})

test('a function answers through @connections while it runs, with nothing but what it is given', async () => {
  const sdk = import.meta.resolve('@aws-sdk/client-apigatewaymanagementapi')
  const source = `
import sdk from ${JSON.stringify(sdk)}
export const handler = async ({ requestContext, body }) => {
  if (requestContext.eventType !== 'MESSAGE') return { statusCode: 200 }
  const { apiId, stage, connectionId: ConnectionId } = requestContext
  const endpoint = process.env.AWS_ENDPOINT_URL + '/_aws/execute-api/' + apiId + '/' + stage
  const client = new sdk.ApiGatewayManagementApiClient({ endpoint })
  for (const word of body.split(' ')) await client.send(new sdk.PostToConnectionCommand({ ConnectionId, Data: word }))
  return { statusCode: 200 }
}`
  await place.lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'words',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/words',
      Timeout: 20,
      Code: { ZipFile: zipOf(source) },
    }),
  )
  const id = await createSocketApi(place, { routes: { $default: functionProxy('words') } })
  const talker = await connect(place, id)
  talker.send('three short words')
  expect([await talker.next(), await talker.next(), await talker.next()]).toEqual(['three', 'short', 'words'])
  await talker.close()
})

test('a push, a look and a close at one gateway reach the connection that another one holds', async () => {
  const connections = createMemoryConnections()
  const [holding, asked] = [await openPlace({ connections }), await openPlace({ connections })]
  onTestFinished(async () => {
    await asked.close()
    await holding.close()
  })
  const backend = await startBackend()
  onTestFinished(() => backend.close())
  // Each has a store of its own here: the same API is made in both.
  const plan = {
    api: { Tags: { _custom_id_: 'fleetapi01' } },
    routes: { ...routes, $disconnect: serverProxy(backend.url) },
  }
  expect(await createSocketApi(holding, plan)).toBe('fleetapi01')
  await createSocketApi(asked, plan)
  const held = await connect(holding, 'fleetapi01')
  const heldId = await held.ask('x')
  const management = asked.management('fleetapi01')
  await management.send(new PostToConnectionCommand({ ConnectionId: heldId, Data: 'from afar' }))
  expect(await held.next()).toBe('from afar')
  const { Identity } = await management.send(new GetConnectionCommand({ ConnectionId: heldId }))
  expect(Identity?.SourceIp).toBe('127.0.0.1')
  await management.send(new DeleteConnectionCommand({ ConnectionId: heldId }))
  expect((await held.closed).code).toBe(1000)
  await expect(management.send(new GetConnectionCommand({ ConnectionId: heldId }))).rejects.toMatchObject({
    name: 'GoneException',
  })
  expect(asked.core.sockets.counts()).toMatchObject({ opened: 0 })
})
