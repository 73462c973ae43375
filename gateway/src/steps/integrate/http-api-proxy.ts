// HTTP_PROXY of HTTP APIs: the request to a backend, public or behind a VPC link, and its answer back. HTTP 6, 8.
import type { Answered, PathParameters } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import { byHeaderName } from '../../nouns/header-names.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { httpRoutePath, type HttpAdmitted, type HttpMapped, type HttpRoute } from '../../nouns/http.ts'
import { httpTraceId } from '../../nouns/trace-id.ts'
import { encodePathValue, encodeSegment } from '../../nouns/uri-text.ts'
import {
  UpstreamFault,
  type Backend,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamOptions,
} from '../../ports/upstream.ts'
import { hopHeaders, passedHeaders } from '../answer/hop-headers.ts'
import type { Step } from '../pipeline.ts'
import { compileUri, type ResolvedUri } from './uri.ts'

export interface HttpApiProxySettings {
  readonly route: HttpRoute
  readonly uri: string
  /** The integration's verb; `ANY` is the client's. */
  readonly httpMethod: string
  readonly timeoutMs: number
  readonly options: UpstreamOptions | undefined
  /** Behind a VPC link: the client's whole path, its stage too, and the client's host name go on. HTTP 8.2. */
  readonly isPrivate?: boolean
}

export function httpApiProxy(settings: HttpApiProxySettings, upstream: Upstream): Step<Outgoing, Answered> {
  const { route, timeoutMs, options, httpMethod, isPrivate = false } = settings
  const uri = compileUri(settings.uri, route.stage.variables)
  const fixedBackend = uri.origin === undefined ? undefined : upstream.to(uri.origin, options)
  const greedyName = /\{([^{}]+)\+\}$/.exec(route.path)?.[1]
  const appendedPath = isPrivate ? wholePath : route.path === '$default' ? httpRoutePath : noPath

  return {
    name: 'integrate',
    run: (exchange) => {
      const target = uri.resolve(uriValues(exchange.pathParameters, greedyName))
      if (target === undefined) throw new HttpFault(500, 'Internal Server Error', { log: 'Invalid endpoint address' })
      const backend: Backend = fixedBackend ?? upstream.to(target.origin, options)
      const request = {
        method: httpMethod === 'ANY' ? exchange.method : httpMethod,
        target: requestTarget(exchange, target, appendedPath(exchange)),
        headers: backendHeaders(exchange, isPrivate ? exchange.domainName : target.authority),
        // Also where it is empty: AWS tells backends that a request has no body. HTTP 6.2.
        body: exchange.body,
        timeoutMs,
      }
      const isHead = request.method === 'HEAD' && exchange.method === 'HEAD'
      return backend.request(request).then(isHead ? answeredHead : answered, failed)
    },
  }
}

function answered({ status, headers, body }: UpstreamAnswer): Answered {
  return { answer: { status, headers: passedHeaders(headers), body } }
}

/** Without a body, the backend's word is all that is known of its length. RFC 9110, 8.6 */
function answeredHead({ status, headers, body }: UpstreamAnswer): Answered {
  const passed = passedHeaders(headers)
  const length = lastHeader(headers, 'content-length')
  if (length !== undefined) passed.push('Content-Length', length)
  return { answer: { status, headers: passed, body } }
}

function failed(error: unknown): never {
  throw error instanceof UpstreamFault ? unavailable(error) : error
}

/** A request, and what parameter mappings made of it. */
type Outgoing = HttpAdmitted & Partial<HttpMapped>

const noValues: ReadonlyMap<string, string> = new Map()

/** Path parameters come decoded: what is put into a URI is encoded again, so that no value ends the path. */
function uriValues(parameters: PathParameters, greedyName: string | undefined): ReadonlyMap<string, string> {
  if (parameters === undefined) return noValues
  const values = new Map<string, string>()
  for (const name of Object.keys(parameters)) {
    const value = parameters[name] ?? ''
    values.set(name, name === greedyName ? encodePathValue(value) : encodeSegment(value))
  }
  return values
}

/** Open choice: a time-out and an unreachable backend are the same 503. HTTP 6.4. */
function unavailable(error: UpstreamFault): HttpFault {
  return error.reason === 'too-large'
    ? new HttpFault(500, 'Internal Server Error', { log: error.message, cause: error })
    : new HttpFault(503, 'Service Unavailable', { log: error.message, cause: error })
}

/** A mapped path replaces the URI's; `$default` sends the whole request path on, behind the URI's own. HTTP 6.1, 9. */
function requestTarget(exchange: Outgoing, { path, query }: ResolvedUri, appendedPath: string): string {
  const { outgoing } = exchange
  const whole = outgoing?.path ?? (appendedPath === '' ? path : appended(path, appendedPath))
  const clientQuery = outgoing === undefined ? exchange.rawQuery : outgoing.rawQuery
  if (query === '' && clientQuery === '') return whole
  if (query === '') return `${whole}?${clientQuery}`
  return clientQuery === '' ? `${whole}?${query}` : `${whole}?${query}&${clientQuery}`
}

function wholePath({ rawPath }: HttpAdmitted): string {
  return rawPath === '' ? '/' : rawPath
}

function noPath(): string {
  return ''
}

function appended(base: string, path: string): string {
  return base.endsWith('/') ? base.slice(0, -1) + path : base + path
}

const replaced = new Set(['host', 'content-length', 'expect', 'x-amzn-trace-id', 'forwarded', 'via'])

/** The lower-case name of a client's header that the gateway keeps for itself; undefined where it goes on. */
const ownName = byHeaderName((_, lower) =>
  replaced.has(lower) || hopHeaders.has(lower) || lower.startsWith('x-forwarded-') ? lower : undefined,
)
const isAuthorization = byHeaderName((_, lower) => lower === 'authorization')

function backendHeaders(exchange: Outgoing, authority: string): string[] {
  const { outgoing } = exchange
  const client = outgoing === undefined ? exchange.headers : outgoing.headers
  const headers: string[] = ['Host', outgoing?.host ?? authority]
  const signed = exchange.caller?.identity !== undefined
  const own: OwnHeaders = { forwarded: undefined, via: undefined, trace: undefined, forwardedFor: undefined, named: '' }
  for (let index = 0; index < client.length; index += 2) {
    const name = client[index] ?? ''
    const value = client[index + 1] ?? ''
    const kept = ownName(name)
    if (kept !== undefined) keepOwn(own, kept, value)
    // A signature was for the gateway. HTTP 13.
    else if (!signed || !isAuthorization(name) || !value.startsWith('AWS4-')) headers.push(name, value)
  }
  headers.push('Forwarded', forwardedLine(exchange, own.forwarded, own.forwardedFor))
  headers.push('Via', listed(own.via, ownVia))
  headers.push('X-Amzn-Trace-Id', httpTraceId(own.trace, exchange.receivedAtMs))
  return own.named === '' ? headers : withoutNamed(headers, own.named)
}

/** What the client itself said in headers that the gateway then writes. */
interface OwnHeaders {
  forwarded: string | undefined
  via: string | undefined
  trace: string | undefined
  forwardedFor: string | undefined
  /** Headers that `connection` names: they are for one hop as well. */
  named: string
}

function keepOwn(own: OwnHeaders, lower: string, value: string): void {
  switch (lower) {
    case 'forwarded':
      own.forwarded = listed(own.forwarded, value)
      break
    case 'via':
      own.via = listed(own.via, value)
      break
    case 'x-amzn-trace-id':
      own.trace = value
      break
    case 'x-forwarded-for':
      own.forwardedFor = listed(own.forwardedFor, value)
      break
    case 'connection':
      if (!/^(?:keep-alive|close)$/i.test(value)) own.named = listed(own.named, value.toLowerCase())
      break
    default:
  }
}

function listed(before: string | undefined, value: string): string {
  return before === undefined || before === '' ? value : `${before}, ${value}`
}

function withoutNamed(headers: readonly string[], named: string): string[] {
  const names = new Set(named.split(',').map((name) => name.trim()))
  names.delete('host')
  return headers.filter((_, index) => !names.has((headers[index - (index % 2)] ?? '').toLowerCase()))
}

const ownVia = 'HTTP/1.1 AmazonAPIGateway'

/** The client's X-Forwarded-For is folded into the standard header; HTTP 6.2. */
function forwardedLine(exchange: HttpAdmitted, existing: string | undefined, forwardedFor: string | undefined): string {
  const parts = existing === undefined ? [] : [existing]
  for (const hop of forwardedFor?.split(',') ?? []) if (hop.trim() !== '') parts.push(`for=${token(hop.trim())}`)
  parts.push(`for=${token(exchange.sourceIp)};host=${token(exchange.domainName)};proto=${exchange.scheme}`)
  return parts.join(', ')
}

/** Values that are no token are quoted, an IPv6 address in brackets. RFC 7239. */
function token(value: string): string {
  if (/^[A-Za-z0-9.\-_]+$/.test(value)) return value
  return value.includes(':') && !value.startsWith('[') && !value.includes('"') ? `"[${value}]"` : JSON.stringify(value)
}
