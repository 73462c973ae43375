// AWS of WebSocket APIs with any service but a Lambda function: a signed request made of mappings and a template. WebSocket 27.1.
import { utf8 } from '../../nouns/bytes.ts'
import { configurationFault } from '../../nouns/faults.ts'
import type { MappedParameters, Returned } from '../../nouns/outgoing.ts'
import type { SocketExchange, SocketRoute } from '../../nouns/socket.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { Aws } from '../../ports/aws.ts'
import type { NamedRole } from '../../ports/roles.ts'
import type { Step } from '../pipeline.ts'
import { compileAwsUri } from './aws-uri.ts'
import { callBackend } from './backend-call.ts'
import { bodilessVerbs, outgoingHeaders } from './outgoing-headers.ts'
import { errorMessageOf } from './socket-lambda.ts'
import { incomingTrace } from './socket-lambda-proxy.ts'

export interface SocketAwsSettings {
  readonly route: SocketRoute
  readonly uri: string
  /** The integration's verb; `ANY` is POST, because an event has no verb of its own. */
  readonly httpMethod: string
  readonly timeoutMs: number
  /** Whose credentials sign the call; those of the process when undefined. */
  readonly role: NamedRole | undefined
}

interface Outgoing {
  readonly mapped: MappedParameters
  readonly outgoingBody: Uint8Array | string
}

/** Throws GatewayFault when the service cannot be called. */
export function socketAws(settings: SocketAwsSettings, aws: Aws): Step<SocketExchange & Outgoing, Returned> {
  const { route, timeoutMs, role } = settings
  const { apiId, variables } = route.stage
  const service = compileAwsUri(settings.uri, variables)
  const method = settings.httpMethod === 'ANY' ? 'POST' : settings.httpMethod
  return {
    name: 'integrate',
    run: async (exchange) => {
      if (service === undefined) throw configurationFault('AWS ARN for integration must contain path or action')
      const { mapped, outgoingBody, listener } = exchange
      const target = service.target(mapped)
      if (target === undefined) throw configurationFault('Invalid endpoint address')
      const trace = traceId(incomingTrace(exchange), exchange.receivedAtMs)
      const isBodiless = bodilessVerbs.has(method)
      // The port writes `host`, and signs it: a mapped one cannot go out.
      const mappedHeaders = mapped.headers.filter(([name]) => name.toLowerCase() !== 'host')
      const headers = outgoingHeaders(
        [
          ...service.headers.filter(([name]) => !mappedHeaders.some(([other]) => other.toLowerCase() === name)),
          ...mappedHeaders,
        ],
        [
          ['accept', 'application/json'],
          ['content-type', isBodiless ? undefined : 'application/json'],
          ['user-agent', `AmazonAPIGateway_${apiId}`],
          ['x-amzn-apigateway-api-id', apiId],
          ['x-amzn-trace-id', trace],
        ],
      )
      const body = isBodiless || outgoingBody.length === 0 ? undefined : outgoingBody
      const { service: name, endpointPrefix, region } = service
      const request = { service: name, endpointPrefix, region, method, target, headers, body, timeoutMs, role }
      const uri = `https://${endpointPrefix ?? name}.${region}.amazonaws.com${target}`
      const answer = await callBackend(() => aws.call(request), { uri, headers, body }, listener)
      return { returned: { ...answer, selector: errorMessageOf(utf8(answer.body)), traceId: trace } }
    },
  }
}
