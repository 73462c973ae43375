// A gateway behind a real listener, WebSocket APIs made through the SDK, and clients that write down what they get.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateIntegrationResponseCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
  UpdateStageCommand,
  type CreateApiCommandInput,
  type CreateIntegrationCommandInput,
  type CreateIntegrationResponseCommandInput,
  type CreateRouteCommandInput,
} from '@aws-sdk/client-apigatewayv2'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { createClient, type Client as Service } from '@sluice/aws-protocol'
import { WebSocket, type ClientOptions } from 'ws'
import { VirtualClock } from '../adapters/clocks.ts'
import type { GatewayParts } from '../gateway-parts.ts'
import { modelOf, type ModelName } from '../services/models.ts'
import { openListening, type Listening } from '../testing.ts'

export interface Place extends Listening {
  readonly clock: VirtualClock
  readonly v2: ApiGatewayV2Client
  readonly lambda: LambdaClient
  /** A client for `@connections` of a stage, by the path-style URL unless another is given. */
  readonly management: (apiId: string, stageName?: string) => ApiGatewayManagementApiClient
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** Opens a gateway on a free port. Its clock stands still until it is moved. */
export async function openPlace(parts: Partial<GatewayParts> = {}): Promise<Place> {
  const clock = new VirtualClock()
  const listening = await openListening({ clock, ...parts })
  const { url } = listening
  const config = { region: 'us-east-1', endpoint: url, credentials, maxAttempts: 1 }
  return {
    ...listening,
    clock,
    v2: new ApiGatewayV2Client(config),
    lambda: new LambdaClient(config),
    management: (apiId, stageName = 'dev') =>
      new ApiGatewayManagementApiClient({ ...config, endpoint: `${url}/_aws/execute-api/${apiId}/${stageName}` }),
  }
}

/** A client for a service that no SDK of ours is here for, by the host that it is called by: `logs`. */
export function serviceOf<Operations>(
  { core }: Pick<Place, 'core'>,
  model: ModelName,
  host: string,
): Service<Operations> {
  return createClient<Operations>(modelOf(model), {
    endpoint: `http://${host}.localhost`,
    region: 'us-east-1',
    send: ({ method, path, query, headers, body }) => {
      const named = { ...headers, host: `${host}.localhost` }
      const wire = { method, path, query, headers: named, body }
      const signed = { method, path, query, rawHeaders: Object.entries(named).flat(), body }
      return core.endpoint({ wire, signed })
    },
  })
}

export interface RoutePlan extends Partial<Omit<CreateRouteCommandInput, 'ApiId' | 'RouteKey' | 'Target'>> {
  readonly integration?: Omit<CreateIntegrationCommandInput, 'ApiId'>
  readonly responses?: readonly Omit<CreateIntegrationResponseCommandInput, 'ApiId' | 'IntegrationId'>[]
  /** Whether the route answers its caller. */
  readonly isTwoWay?: boolean
}

export interface ApiPlan {
  readonly api?: Partial<CreateApiCommandInput>
  readonly variables?: Record<string, string>
  readonly routes: Readonly<Record<string, RoutePlan>>
}

/** A WebSocket API with a stage `dev` that serves these routes; resolves with its id. */
export async function createSocketApi({ v2 }: Pick<Place, 'v2'>, plan: ApiPlan): Promise<string> {
  const { ApiId = '' } = await v2.send(
    new CreateApiCommand({
      Name: 'sockets',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
      ...plan.api,
    }),
  )
  for (const [RouteKey, route] of Object.entries(plan.routes)) await createRoute(v2, ApiId, RouteKey, route)
  await v2.send(new CreateStageCommand({ ApiId, StageName: 'dev', StageVariables: plan.variables }))
  await deploy({ v2 }, ApiId)
  return ApiId
}

/** Points the stage `dev` at what the API is now. */
export async function deploy({ v2 }: Pick<Place, 'v2'>, ApiId: string): Promise<void> {
  const { DeploymentId } = await v2.send(new CreateDeploymentCommand({ ApiId }))
  await v2.send(new UpdateStageCommand({ ApiId, StageName: 'dev', DeploymentId }))
}

export async function createRoute(
  v2: ApiGatewayV2Client,
  ApiId: string,
  RouteKey: string,
  { integration, responses = [], isTwoWay = false, ...more }: RoutePlan,
): Promise<void> {
  let Target: string | undefined
  if (integration !== undefined) {
    const { IntegrationId = '' } = await v2.send(new CreateIntegrationCommand({ ApiId, ...integration }))
    Target = `integrations/${IntegrationId}`
    for (const response of responses) {
      await v2.send(new CreateIntegrationResponseCommand({ ApiId, IntegrationId, ...response }))
    }
  }
  const selection = isTwoWay ? { RouteResponseSelectionExpression: '$default' } : {}
  const { RouteId = '' } = await v2.send(new CreateRouteCommand({ ApiId, RouteKey, Target, ...selection, ...more }))
  if (isTwoWay) await v2.send(new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default' }))
}

/** A MOCK that answers a status, and its text on two-way routes. */
export function mocked(statusCode: number, text = ''): Pick<RoutePlan, 'integration' | 'responses'> {
  return {
    integration: { IntegrationType: 'MOCK', RequestTemplates: { $default: `{"statusCode": ${statusCode}}` } },
    responses: [
      { IntegrationResponseKey: '$default', ...(text === '' ? {} : { ResponseTemplates: { $default: text } }) },
    ],
  }
}

/** A function as a proxy. */
export function functionProxy(name: string): Pick<RoutePlan, 'integration'> {
  const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`
  const IntegrationUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`
  return { integration: { IntegrationType: 'AWS_PROXY', IntegrationUri } }
}

/** A server as a proxy. */
export function serverProxy(IntegrationUri: string): Pick<RoutePlan, 'integration'> {
  return { integration: { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'POST', IntegrationUri } }
}

/** A backend: answers each request as `answer` says, with the request's body when it says nothing. */
export interface Backend {
  readonly url: string
  readonly requests: { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[]
  readonly close: () => Promise<void>
}

export interface BackendAnswer {
  readonly status?: number
  readonly body?: string | Uint8Array
  readonly afterMs?: number
}

export async function startBackend(
  answer: (body: string, url: string) => BackendAnswer = () => ({}),
): Promise<Backend> {
  const requests: Backend['requests'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      requests.push({ url: request.url ?? '', headers: request.headers, body })
      const { status = 200, body: said = body, afterMs = 0 } = answer(body, request.url ?? '')
      const finish = () => response.writeHead(status, { 'content-type': 'application/json' }).end(said)
      if (afterMs > 0) setTimeout(finish, afterMs)
      else finish()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A client that keeps what it receives until it is asked for. */
export class Client {
  readonly socket: WebSocket
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  private readonly received: string[] = []
  private wake: () => void = () => {}

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.received.push(data.toString())
      this.wake()
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) =>
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() })
        this.wake()
      }),
    )
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** The next message; rejects when the connection ends first. */
  async next(): Promise<string> {
    while (this.received.length === 0) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('the connection was closed')
      await new Promise<void>((resolve) => (this.wake = resolve))
    }
    return this.received.shift() ?? ''
  }

  /** Sends, and gives the message that comes next. */
  async ask(message: unknown): Promise<string> {
    this.send(message)
    return this.next()
  }

  /** How many messages wait to be asked for. */
  get pending(): number {
    return this.received.length
  }

  async close(): Promise<void> {
    this.socket.close()
    await this.closed
  }
}

export interface ConnectOptions {
  /** Behind the stage: `?a=1`. */
  readonly path?: string
  readonly stageName?: string
  readonly protocols?: readonly string[]
  readonly options?: ClientOptions
}

/** Connects by the path-style URL. Rejects with `Unexpected server response: 403` and the like. */
export async function connect(place: Pick<Place, 'port'>, apiId: string, how: ConnectOptions = {}): Promise<Client> {
  const url = `ws://127.0.0.1:${place.port}/_aws/execute-api/${apiId}/${how.stageName ?? 'dev'}${how.path ?? ''}`
  const socket = new WebSocket(url, [...(how.protocols ?? [])], how.options)
  const client = new Client(socket)
  await once(socket, 'open')
  return client
}

/** A refused upgrade: what HTTP says. */
export async function refusal(
  place: Pick<Place, 'port'>,
  apiId: string,
  how: ConnectOptions = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: string }> {
  const url = `ws://127.0.0.1:${place.port}/_aws/execute-api/${apiId}/${how.stageName ?? 'dev'}${how.path ?? ''}`
  const socket = new WebSocket(url, [...(how.protocols ?? [])], how.options)
  socket.on('error', () => {})
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  socket.terminate()
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }
}
