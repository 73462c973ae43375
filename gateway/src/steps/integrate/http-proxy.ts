// HTTP_PROXY of REST APIs: the client's request goes on as it is, the backend's answer comes back as it is. Recorded: REST 30.
import { isAscii, isUtf8 } from 'node:buffer'
import { base64, utf8 } from '../../nouns/bytes.ts'
import { visibleHeaders } from '../../nouns/client-headers.ts'
import type { Listener } from '../../nouns/decisions.ts'
import type { Answer, Answered } from '../../nouns/exchange.ts'
import { tellEndpointRequest, tellEndpointResponse } from '../../nouns/execution-lines.ts'
import { configurationFault, fault, type GatewayFault } from '../../nouns/faults.ts'
import { byHeaderName } from '../../nouns/header-names.ts'
import { lastHeader } from '../../nouns/headers.ts'
import { firstMediaType } from '../../nouns/media-type.ts'
import type { MappedParameters, ProxyMapped } from '../../nouns/outgoing.ts'
import { splitAtSemicolons } from '../../nouns/query.ts'
import type { RestAdmitted, RestStage } from '../../nouns/rest.ts'
import { traceId } from '../../nouns/trace-id.ts'
import { encodeQueryText } from '../../nouns/uri-text.ts'
import type { Clock } from '../../ports/clock.ts'
import {
  UpstreamFault,
  type Backend,
  type StreamedUpstreamAnswer,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamOptions,
  type UpstreamRequest,
} from '../../ports/upstream.ts'
import { remappedHeaders } from '../answer/proxy-headers.ts'
import { requestConversion, type ContentHandling } from '../map/payload.ts'
import type { Step } from '../pipeline.ts'
import { streamBody } from './stream-body.ts'
import { compileUri, type ResolvedUri } from './uri.ts'

export interface HttpProxySettings {
  readonly stage: RestStage
  readonly uri: string
  /** The integration's verb; `ANY` is the client's. */
  readonly httpMethod: string
  readonly timeoutMs: number
  readonly options: UpstreamOptions | undefined
  readonly contentHandling: ContentHandling
}

const noValues: ReadonlyMap<string, string> = new Map()

/** `clock` bounds streamed answers; undefined: answers are read whole. */
export function httpProxy(
  settings: HttpProxySettings,
  upstream: Upstream,
  clock: Clock | undefined,
): Step<RestAdmitted & Partial<ProxyMapped>, Answered> {
  const { stage, timeoutMs, options } = settings
  const uri = compileUri(settings.uri, stage.variables)
  const fixedBackend = uri.origin === undefined ? undefined : upstream.to(uri.origin, options)
  const userAgent = `AmazonAPIGateway_${stage.apiId}`
  const bodyOf = compileBody(settings.contentHandling, stage)
  const read = clock === undefined ? readWhole(stage) : readStream(stage, clock)

  return {
    name: 'integrate',
    run: (exchange) => {
      const { mapped, listener } = exchange
      const target = uri.resolve(mapped?.path ?? noValues)
      if (target === undefined) throw configurationFault('Invalid endpoint address')
      const backend: Backend = fixedBackend ?? upstream.to(target.origin, options)
      const request = {
        method: settings.httpMethod === 'ANY' ? exchange.method : settings.httpMethod,
        // Semicolons split the query for validators and authorizers, so the backend gets it split as well.
        target: joinQuery(target, splitAtSemicolons(exchange.rawQuery), mapped),
        headers: proxyHeaders(exchange, { authority: target.authority, userAgent, apiId: stage.apiId }, mapped),
        body: bodyOf(exchange),
        timeoutMs,
      }
      const isTold = listener !== undefined && listener.decisionsOnly !== true
      const whole = isTold ? toldRead(read, listener, target.origin) : read
      return whole(backend, request, exchange).then(answered, failed)
    },
  }
}

/** Text goes on as UTF-8, whatever it was; only what is binary for the API stays as it came. REST 3.7. */
function compileBody(handling: ContentHandling, { isBinary }: RestStage) {
  const [ofText, ofBinary] = [requestConversion(handling, false), requestConversion(handling, true)]
  return ({ body, headers }: RestAdmitted): Uint8Array | string | undefined => {
    if (body.length === 0) return undefined
    const mediaType = firstMediaType(lastHeader(headers, 'content-type') ?? 'application/json')
    return (isBinary(mediaType) ? ofBinary : ofText)(body).content
  }
}

function answered({ answer }: Outcome): Answered {
  return { answer }
}

function failed(error: unknown): never {
  throw error instanceof UpstreamFault ? gatewayFault(error) : error
}

/** The same, with both halves of the exchange told to whoever listens. */
function toldRead(read: Read, listener: Listener, origin: string): Read {
  return async (backend, request, exchange) => {
    const startedMs = performance.now()
    const { target, headers, body } = request
    tellEndpointRequest(listener, { uri: `${origin}${target}`, headers, body })
    const outcome = await read(backend, request, exchange)
    tellEndpointResponse(listener, { ...outcome.received, latencyMs: performance.now() - startedMs })
    return outcome
  }
}

/** What came from the backend, and what the client gets of it. */
type Read = (backend: Backend, request: UpstreamRequest, exchange: RestAdmitted) => Promise<Outcome>

interface Outcome {
  readonly received: UpstreamAnswer | StreamedUpstreamAnswer
  readonly answer: Answer
}

function readWhole({ isBinary }: RestStage): Read {
  return (backend, request, exchange) =>
    backend.request(request).then((received) => ({ received, answer: passThrough(received, exchange, isBinary) }))
}

/** Bytes pass as they come, whatever their type, and keep the length that the backend names. */
function readStream({ isEdge }: RestStage, clock: Clock): Read {
  return async (backend, request, { receivedAtMs }) => {
    const received = await backend.stream(request)
    const headers = remappedHeaders(received.headers)
    const length = lastHeader(received.headers, 'content-length')
    if (length !== undefined && request.method !== 'HEAD') headers.push('Content-Length', length)
    const body = streamBody(received.body, headers, { clock, isEdge, receivedAtMs })
    return { received, answer: { status: received.status, headers, body } }
  }
}

/** What a failed backend call is to a REST API's client. REST 7.1. */
export function gatewayFault(error: UpstreamFault): GatewayFault {
  switch (error.reason) {
    case 'timeout':
      return fault('INTEGRATION_TIMEOUT', { log: 'Execution failed due to a timeout error', cause: error })
    case 'certificate':
      return configurationFault(error.logged ?? error.message, error)
    case 'refused':
    case 'broken':
      return fault('INTEGRATION_FAILURE', {
        log: `Execution failed due to a network error communicating with endpoint${detailOf(error)}`,
        cause: error,
      })
    case 'too-large':
      return configurationFault(
        'Integration response of reported length is larger than allowed maximum of 10485760 bytes.',
        error,
      )
  }
}

function detailOf({ logged }: UpstreamFault): string {
  return logged === undefined ? '' : `: ${logged}`
}

/** The URI's query, then the client's, then the mapped one, as recorded. */
export function joinQuery(
  { path, query }: ResolvedUri,
  clientQuery: string,
  mapped: MappedParameters | undefined,
): string {
  let all = query
  if (clientQuery !== '') all = all === '' ? clientQuery : `${all}&${clientQuery}`
  for (const [name, value] of mapped?.query ?? []) {
    all += `${all === '' ? '' : '&'}${encodeQueryText(name)}=${encodeQueryText(value)}`
  }
  return all === '' ? path : `${path}?${all}`
}

/** Names that the gateway writes itself, or does not send on. */
const replaced = new Set([
  'host',
  'content-encoding',
  // AWS: it reaches the backend only where it is mapped — documented, REST 1.3
  'x-http-method-override',
  'via',
  // Not the client's to say: backends read from it which API calls.
  'x-amzn-apigateway-api-id',
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
])

const lowerName = byHeaderName((_, lower) => lower)
const noNames: ReadonlySet<string> = new Set()

interface Target {
  readonly authority: string
  readonly userAgent: string
  readonly apiId: string
}

function proxyHeaders(exchange: RestAdmitted, target: Target, mapped: MappedParameters | undefined): string[] {
  // Mapped names replace the client's, and the client's replace the defaults.
  const mappedNames =
    mapped === undefined || mapped.headers.length === 0
      ? noNames
      : new Set(mapped.headers.map(([name]) => name.toLowerCase()))
  const headers: string[] = []
  const client = visibleHeaders(exchange.headers)
  for (let index = 0; index < client.length; index += 2) {
    const name = client[index] ?? ''
    const lower = lowerName(name)
    if (!replaced.has(lower) && !mappedNames.has(lower)) headers.push(name, client[index + 1] ?? '')
  }
  const isAbsent = (lower: string): boolean => !mappedNames.has(lower) && lastHeader(client, lower) === undefined
  if (!mappedNames.has('host')) headers.push('Host', target.authority)
  if (isAbsent('accept')) headers.push('Accept', 'application/json')
  if (isAbsent('user-agent')) headers.push('User-Agent', target.userAgent)
  headers.push('X-Amzn-Apigateway-Api-Id', target.apiId)
  headers.push('X-Amzn-Trace-Id', traceId(lastHeader(exchange.headers, 'x-amzn-trace-id'), exchange.receivedAtMs))
  const forwardedFor = lastHeader(client, 'x-forwarded-for')
  addForwarded(headers, exchange, forwardedFor, mappedNames)
  for (const [name, value] of mapped?.headers ?? []) headers.push(name, value)
  return headers
}

/** Says who called, unless mappings do. */
function addForwarded(
  headers: string[],
  { sourceIp, port, scheme }: RestAdmitted,
  forwardedFor: string | undefined,
  mappedNames: ReadonlySet<string>,
): void {
  const hops = forwardedFor === undefined ? sourceIp : `${forwardedFor}, ${sourceIp}`
  if (!mappedNames.has('x-forwarded-for')) headers.push('X-Forwarded-For', hops)
  if (!mappedNames.has('x-forwarded-port')) headers.push('X-Forwarded-Port', String(port))
  if (!mappedNames.has('x-forwarded-proto')) headers.push('X-Forwarded-Proto', scheme)
}

/**
 * Binary passes where the answer's type is binary for the API (as base64 unless the client accepts binary) or the client
 * accepts binary; anything else is text, whose invalid bytes become U+FFFD. REST 4.4, 4.6.
 */
function passThrough(answer: UpstreamAnswer, exchange: RestAdmitted, isBinary: RestStage['isBinary']): Answer {
  const { status, body } = answer
  const headers = remappedHeaders(answer.headers)
  const accept = lastHeader(exchange.headers, 'accept')
  const acceptsBinary = accept !== undefined && isBinary(firstMediaType(accept))
  if (acceptsBinary || body.length === 0) return { status, headers, body }
  const contentType = lastHeader(answer.headers, 'content-type')
  const isBinaryAnswer = contentType !== undefined && isBinary(firstMediaType(contentType))
  // ASCII is text however it is cut: the chunks go on as they came. Anything else is looked at whole.
  if (!isBinaryAnswer && body.every((chunk) => isAscii(chunk))) return { status, headers, body }
  const bytes = body.length === 1 && body[0] !== undefined ? body[0] : Buffer.concat(body)
  if (isBinaryAnswer) return { status, headers, body: base64(bytes) }
  return { status, headers, body: isUtf8(bytes) ? bytes : utf8(bytes) }
}
