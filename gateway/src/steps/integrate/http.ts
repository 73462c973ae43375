// HTTP of REST APIs: a request made of mappings and a template goes to the backend. Recorded: REST 29; rest specification 3.8.
import { configurationFault } from '../../nouns/faults.ts'
import { lastHeader } from '../../nouns/headers.ts'
import type { Mapped, Returned } from '../../nouns/outgoing.ts'
import type { RestAdmitted, RestMethod } from '../../nouns/rest.ts'
import { traceId } from '../../nouns/trace-id.ts'
import { UpstreamFault, type Backend, type Upstream, type UpstreamOptions } from '../../ports/upstream.ts'
import type { Step } from '../pipeline.ts'
import { gatewayFault, joinQuery } from './http-proxy.ts'
import { compileUri } from './uri.ts'

export interface HttpSettings {
  readonly method: RestMethod
  readonly uri: string
  /** The integration's verb; `ANY` is the client's. */
  readonly httpMethod: string
  readonly timeoutMs: number
  readonly options: UpstreamOptions | undefined
}

/** Verbs that go without a body and without the client's Content-Type. */
const bodiless = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Throws GatewayFault when the backend cannot be called. */
export function http(settings: HttpSettings, upstream: Upstream): Step<RestAdmitted & Mapped, Returned> {
  const { method, timeoutMs, options } = settings
  const uri = compileUri(settings.uri, method.stage.variables)
  const fixedBackend = uri.origin === undefined ? undefined : upstream.to(uri.origin, options)
  const { apiId } = method.stage

  return {
    name: 'integrate',
    run: async (exchange) => {
      const { mapped, outgoingBody } = exchange
      const target = uri.resolve(mapped.path)
      if (target === undefined) throw configurationFault('Invalid endpoint address')
      const backend: Backend = fixedBackend ?? upstream.to(target.origin, options)
      const verb = settings.httpMethod === 'ANY' ? exchange.method : settings.httpMethod
      const trace = traceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs)
      const defaults = [
        ['Accept', 'application/json'],
        ['Content-Type', bodiless.has(verb) ? undefined : lastHeader(exchange.headers, 'content-type')],
        ['Host', target.authority],
        ['User-Agent', `AmazonAPIGateway_${apiId}`],
        ['X-Amzn-Apigateway-Api-Id', apiId],
        ['X-Amzn-Trace-Id', trace],
      ] as const
      try {
        const answer = await backend.request({
          method: verb,
          target: joinQuery(target, '', mapped),
          headers: outgoingHeaders(mapped.headers, defaults),
          body: bodiless.has(verb) || outgoingBody.length === 0 ? undefined : outgoingBody,
          timeoutMs,
        })
        const { status, headers } = answer
        const [first, ...rest] = answer.body
        const body = first !== undefined && rest.length === 0 ? first : Buffer.concat(answer.body)
        return { returned: { status, headers, body, selector: String(status), traceId: trace } }
      } catch (error) {
        throw error instanceof UpstreamFault ? gatewayFault(error) : error
      }
    },
  }
}

type Pair<Value> = readonly [name: string, value: Value]

/** Mapped headers, and the defaults that none of them replaces. */
export function outgoingHeaders(
  mapped: readonly Pair<string>[],
  defaults: readonly Pair<string | undefined>[],
): string[] {
  const names = new Set(mapped.map(([name]) => name.toLowerCase()))
  const headers: string[] = []
  for (const [name, value] of defaults)
    if (value !== undefined && !names.has(name.toLowerCase())) headers.push(name, value)
  for (const [name, value] of mapped) headers.push(name, value)
  return headers
}
