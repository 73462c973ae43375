// HTTP of REST APIs: a request made of mappings and a template goes to the backend. Recorded: REST 29; REST 3.8.
import { configurationFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { Mapped, Returned } from '../../nouns/outgoing.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import { traceId } from '../../nouns/trace-id.ts'
import type { Backend, Upstream, UpstreamOptions } from '../../ports/upstream.ts'
import type { Step } from '../pipeline.ts'
import { callBackend } from './backend-call.ts'
import { joinQuery } from './http-proxy.ts'
import { bodilessVerbs, outgoingHeaders } from './outgoing-headers.ts'
import { compileUri } from './uri.ts'

export interface HttpSettings {
  readonly stage: RestStage
  readonly uri: string
  /** The integration's verb; `ANY` is the client's. */
  readonly httpMethod: string
  readonly timeoutMs: number
  readonly options: UpstreamOptions | undefined
}

/** Throws GatewayFault when the backend cannot be called. */
export function http(settings: HttpSettings, upstream: Upstream): Step<RestAdmitted & Mapped, Returned> {
  const { stage, timeoutMs, options } = settings
  const uri = compileUri(settings.uri, stage.variables)
  const fixedBackend = uri.origin === undefined ? undefined : upstream.to(uri.origin, options)
  const { apiId } = stage

  return {
    name: 'integrate',
    run: async (exchange) => {
      const { mapped, outgoingBody, listener } = exchange
      const target = uri.resolve(mapped.path)
      if (target === undefined) throw configurationFault('Invalid endpoint address')
      const backend: Backend = fixedBackend ?? upstream.to(target.origin, options)
      const verb = settings.httpMethod === 'ANY' ? exchange.method : settings.httpMethod
      const isBodiless = bodilessVerbs.has(verb)
      const trace = traceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs)
      const headers = outgoingHeaders(mapped.headers, [
        ['Accept', 'application/json'],
        ['Content-Type', isBodiless ? undefined : lastHeader(exchange.headers, 'content-type')],
        ['Host', target.authority],
        ['User-Agent', `AmazonAPIGateway_${apiId}`],
        ['X-Amzn-Apigateway-Api-Id', apiId],
        ['X-Amzn-Trace-Id', trace],
        ['traceparent', exchange.work?.traceContext?.traceparent],
        ['tracestate', exchange.work?.traceContext?.tracestate],
      ])
      const body = isBodiless || outgoingBody.length === 0 ? undefined : outgoingBody
      const request = { method: verb, target: joinQuery(target, '', mapped), headers, body, timeoutMs }
      const logged = { uri: `${target.origin}${request.target}`, headers, body }
      const answer = await callBackend(() => backend.request(request), logged, listener)
      return { returned: { ...answer, selector: String(answer.status), traceId: trace } }
    },
  }
}
