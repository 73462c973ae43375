// HTTP and HTTP_PROXY of WebSocket APIs: each event is a request to the backend. WebSocket 25.4, 27.1.
import { utf8 } from '../../nouns/bytes.ts'
import { configurationFault } from '../../nouns/faults.ts'
import type { HeaderList } from '../../nouns/headers.ts'
import type { MappedParameters, Returned } from '../../nouns/outgoing.ts'
import type { Replied, SocketExchange, SocketRoute } from '../../nouns/socket.ts'
import { traceId } from '../../nouns/trace-id.ts'
import { UpstreamFault, type Backend, type Upstream } from '../../ports/upstream.ts'
import type { Step } from '../pipeline.ts'
import { eventHeaders } from './events/socket.ts'
import { gatewayFault, joinQuery } from './http-proxy.ts'
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
  const { route, timeoutMs, isProxy } = settings
  const uri = compileUri(settings.uri, route.stage.variables)
  const fixedBackend = uri.origin === undefined ? undefined : upstream.to(uri.origin)
  const method = settings.httpMethod === 'ANY' ? 'POST' : settings.httpMethod
  return {
    name: 'integrate',
    run: async (exchange) => {
      const { mapped, outgoingBody } = exchange
      const target = uri.resolve(mapped.path)
      if (target === undefined) throw configurationFault('Invalid endpoint address')
      const backend: Backend = fixedBackend ?? upstream.to(target.origin)
      const trace = traceId(incomingTrace(exchange), exchange.receivedAtMs)
      const clientQuery = isProxy ? (exchange.handshake?.rawQuery ?? '') : ''
      const own = ['Host', target.authority, 'User-Agent', `AmazonAPIGateway_${route.stage.apiId}`]
      own.push('X-Amzn-Apigateway-Api-Id', route.stage.apiId, ...wayHeaders(exchange, trace, isProxy))
      try {
        const answer = await backend.request({
          method,
          target: joinQuery(target, clientQuery, mapped),
          headers: merged(own, mapped.headers),
          body: bodiless.has(method) || outgoingBody.length === 0 ? undefined : outgoingBody,
          timeoutMs,
        })
        const { status, headers } = answer
        const body = Buffer.concat(answer.body)
        return { returned: { status, headers, body, selector: String(status), traceId: trace } }
      } catch (error) {
        throw error instanceof UpstreamFault ? gatewayFault(error) : error
      }
    },
  }
}

const notHandedOn = new Set(['host', 'user-agent', 'sec-websocket-extensions'])

/** The client's own headers with what the gateway adds to them; of a message there is only the latter. */
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
