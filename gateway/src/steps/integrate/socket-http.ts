// HTTP and HTTP_PROXY of WebSocket APIs: each event is a request to the backend. WebSocket 25.4, 27.1.
import { utf8 } from '../../nouns/bytes.ts'
import { configurationFault } from '../../nouns/faults.ts'
import { lastHeader, type HeaderList } from '../../nouns/headers.ts'
import type { MappedParameters, Returned } from '../../nouns/outgoing.ts'
import type { Replied, SocketExchange, SocketRoute } from '../../nouns/socket.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { Backend, Upstream, UpstreamOptions } from '../../ports/upstream.ts'
import { hopHeaders } from '../answer/hop-headers.ts'
import type { Step } from '../pipeline.ts'
import { eventHeaders } from './events/socket.ts'
import { callBackend } from './backend-call.ts'
import { joinQuery } from './http-proxy.ts'
import { incomingTrace } from './socket-lambda-proxy.ts'
import { compileUri } from './uri.ts'

export interface SocketHttpSettings {
  readonly route: SocketRoute
  readonly uri: string
  /** The integration's verb; `ANY` is POST, because an event has no verb of its own. */
  readonly httpMethod: string
  readonly timeoutMs: number
  /** A proxy hands on what the client's own request said, which only `$connect` has. */
  readonly isProxy: boolean
  /** The stage's client certificate; undefined: none is shown. */
  readonly options: UpstreamOptions | undefined
}

interface Outgoing {
  readonly mapped: MappedParameters
  readonly outgoingBody: Uint8Array | string
}

const bodiless = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Throws GatewayFault when the backend cannot be called. */
export function socketHttp(
  settings: SocketHttpSettings,
  upstream: Upstream,
): Step<SocketExchange & Outgoing, Returned> {
  const { route, timeoutMs, isProxy, options } = settings
  const uri = compileUri(settings.uri, route.stage.variables)
  const fixedBackend = uri.origin === undefined ? undefined : upstream.to(uri.origin, options)
  const method = settings.httpMethod === 'ANY' ? 'POST' : settings.httpMethod
  return {
    name: 'integrate',
    run: async (exchange) => {
      const { mapped, outgoingBody } = exchange
      const target = uri.resolve(mapped.path)
      if (target === undefined) throw configurationFault('Invalid endpoint address')
      const backend: Backend = fixedBackend ?? upstream.to(target.origin, options)
      const trace = traceId(incomingTrace(exchange), exchange.receivedAtMs)
      const clientQuery = isProxy ? (exchange.handshake?.rawQuery ?? '') : ''
      const way = wayHeaders(exchange, trace, isProxy)
      const own = ['Host', target.authority, 'X-Amzn-Apigateway-Api-Id', route.stage.apiId, ...way]
      if (lastHeader(way, 'user-agent') === undefined) own.push('User-Agent', `AmazonAPIGateway_${route.stage.apiId}`)
      const request = {
        method,
        target: joinQuery(target, clientQuery, mapped),
        headers: merged(own, mapped.headers),
        body: bodiless.has(method) || outgoingBody.length === 0 ? undefined : outgoingBody,
        timeoutMs,
      }
      const sent = { uri: `${target.origin}${request.target}`, headers: request.headers, body: request.body }
      const answer = await callBackend(() => backend.request(request), sent, exchange.listener)
      return { returned: { ...answer, selector: String(answer.status), traceId: trace } }
    },
  }
}

const notHandedOn: ReadonlySet<string> = new Set([...hopHeaders, 'expect', 'host', 'x-amzn-apigateway-api-id'])

/** The client's headers and those that the gateway adds; a message has only the latter. */
function wayHeaders({ handshake, connection }: SocketExchange, trace: string, isProxy: boolean): HeaderList {
  if (handshake === undefined || !isProxy) {
    return ['Content-Type', 'application/json', 'Accept', 'application/json', 'X-Amzn-Trace-Id', trace]
  }
  const headers = eventHeaders(handshake, connection.sourceIp, trace)
  return headers.filter((_, index) => !notHandedOn.has((headers[index - (index % 2)] ?? '').toLowerCase()))
}

/** Mapped headers take the place of all others of their name. */
function merged(own: readonly string[], mapped: MappedParameters['headers']): string[] {
  const names = new Set(mapped.map(([name]) => name.toLowerCase()))
  const kept = own.filter((_, index) => !names.has((own[index - (index % 2)] ?? '').toLowerCase()))
  return [...kept, ...mapped.flat()]
}

/** Step `answer` of HTTP_PROXY: the backend's status decides about `$connect`, its body is the frame. */
export const passSocketAnswer: Step<Returned, Replied> = {
  name: 'answer',
  run: ({ returned }) => ({
    reply: { status: returned.status, body: utf8(returned.body), subprotocol: undefined },
  }),
}
