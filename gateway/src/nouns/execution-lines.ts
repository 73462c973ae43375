// The lines of a REST API's execution log, in AWS's words. Told only when somebody listens. Source: Security F.5.
import { utf8 } from './bytes.ts'
import type { Listener } from './decisions.ts'
import type { Answer, AnswerBody, Keyed, Received } from './exchange.ts'
import type { HeaderList } from './headers.ts'
import { maskedKey } from './masked-key.ts'
import type { RequestParameters } from './request-parameters.ts'
import type { RestRouted } from './rest.ts'

/** Longer bodies and header lists are cut, as AWS cuts them. */
const maxChars = 1_024

export function tellMethodRequest(
  listener: Listener,
  request: RestRouted & Partial<Keyed>,
  parameters: RequestParameters,
): void {
  if (listener.decisionsOnly === true) return
  listener.logged(`Starting execution for request: ${request.requestId}`)
  listener.logged(
    `HTTP Method: ${request.method}, Resource Path: ${request.rawPath.slice(request.resourcePathStart) || '/'}`,
  )
  const { apiKey, target } = request
  if (apiKey !== undefined && target.apiKeyRequired) listener.logged(`API Key: ${maskedKey(apiKey.value)}`)
  listener.logged(`Method request path: ${javaMap(parameters.paths)}`)
  listener.logged(`Method request query string: ${javaMap(masked(parameters.queryList))}`)
  listener.logged(`Method request headers: ${javaMap(masked(parameters.headerList))}`)
  listener.logged(`Method request body before transformations: ${bodyText(request.body)}`)
}

/** What goes to an integration; `uri` is the backend's URL or Lambda's. */
export interface EndpointRequest {
  readonly uri: string
  readonly headers: HeaderList
  readonly body: Uint8Array | string | undefined
}

export function tellEndpointRequest(listener: Listener, { uri, headers, body }: EndpointRequest): void {
  if (listener.decisionsOnly === true) return
  listener.logged(`Endpoint request URI: ${maskedUri(uri)}`)
  listener.logged(`Endpoint request headers: ${javaMap(masked(pairsOf(headers)))}`)
  listener.logged(`Endpoint request body after transformations: ${bodyText(body ?? '')}`)
  listener.logged(`Sending request to ${maskedUri(uri)}`)
}

export interface EndpointResponse {
  readonly status: number
  readonly headers: HeaderList
  readonly body: AnswerBody
  readonly latencyMs: number
}

export function tellEndpointResponse(listener: Listener, { status, headers, body, latencyMs }: EndpointResponse): void {
  if (listener.decisionsOnly === true) return
  listener.logged(`Received response. Status: ${status}, Integration latency: ${Math.round(latencyMs)} ms`)
  listener.logged(`Endpoint response headers: ${javaMap(pairsOf(headers))}`)
  listener.logged(`Endpoint response body before transformations: ${bodyText(body)}`)
}

/** An invocation of a function: AWS logs it as the request that goes to Lambda. */
export interface InvocationRequest {
  readonly functionArn: string
  /** The API's request. */
  readonly requestId: string
  readonly apiId: string
  readonly payload: Uint8Array | string
  /** Epoch milliseconds. */
  readonly atMs: number
}

/** The signature and the session's token are never shown: stars and a cut stand for them. Recorded: REST 19. */
export function tellInvocation(listener: Listener, invocation: InvocationRequest): void {
  if (listener.decisionsOnly === true) return
  const { functionArn, requestId, apiId, payload, atMs } = invocation
  const uri = `https://lambda.${functionArn.split(':')[3]}.amazonaws.com/2015-03-31/functions/${functionArn}/invocations`
  const headers = [
    `x-amzn-lambda-integration-tag=${requestId}`,
    `Authorization=${'*'.repeat(64)}`,
    `X-Amz-Date=${new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '')}`,
    `x-amzn-apigateway-api-id=${apiId}`,
    'Accept=application/json',
    `User-Agent=AmazonAPIGateway_${apiId}`,
    'X-Amz-Security-Token= [TRUNCATED]',
  ]
  listener.logged(`Endpoint request URI: ${uri}`)
  listener.logged(`Endpoint request headers: {${headers.join(', ')}`)
  listener.logged(`Endpoint request body after transformations: ${bodyText(payload)}`)
  listener.logged(`Sending request to ${uri}`)
}

/** A request as lines about its admission need it. */
type Asking = Pick<Received, 'listener' | 'requestId'>

function wanted({ listener }: Asking): Listener | undefined {
  return listener?.decisionsOnly === true ? undefined : listener
}

/** An authorizer begins. `identity`: the token that it is about; empty for REQUEST authorizers (?). */
export function tellAuthorizer(asking: Asking, authorizerId: string, identity: string): void {
  const listener = wanted(asking)
  listener?.logged(`Starting authorizer: ${authorizerId} for request: ${asking.requestId}`)
  listener?.logged(`Incoming identity: ${lastSix(identity)}`)
}

/** What a Lambda authorizer's function answered. */
export function tellAuthorizerResult(asking: Asking, payload: Uint8Array): void {
  wanted(asking)?.logged(`Authorizer result body before parsing: ${bodyText(payload)}`)
}

/** An authorizer ends. `principalId`: whom its policy is about; undefined where it has none. */
export function tellAuthorized(asking: Asking, principalId: string | undefined): void {
  const listener = wanted(asking)
  if (principalId !== undefined) {
    listener?.logged(`Using valid authorizer policy for principal: ${lastSix(principalId)}`)
  }
  listener?.logged('Successfully completed authorizer execution')
}

/** A line about an error, which is also told to listeners of failures alone. */
export function tellUnauthorized({ listener, requestId }: Asking): void {
  listener?.logged(`Unauthorized request: ${requestId}`)
}

/** `place`: `API/STAGE`. Key values are masked by whoever tells. */
export function tellPlanCheck(asking: Asking, key: string, place: string): void {
  wanted(asking)?.logged(`Verifying Usage Plan for request: ${asking.requestId}. API Key: ${key} API Stage: ${place}`)
}

export function tellPlanFound(asking: Asking, key: string, place: string): void {
  wanted(asking)?.logged(`Usage Plan check succeeded for API Key ${key} and API Stage ${place}`)
}

/** `method`: `GET /pets`, which takes requests without a key. */
export function tellKeyNotNeeded(asking: Asking, key: string, method: string): void {
  const listener = wanted(asking)
  listener?.logged(
    `API Key ${key} authorized because method '${method}' does not require API Key. Request will not contribute to throttle or quota limits`,
  )
}

/** All but the last six characters are stars. Security F.4. */
function lastSix(text: string): string {
  return cut(text.replace(/[^](?=[^]{6})/g, '*'))
}

/** The answer of a method that was not refused. */
export function tellMethodResponse(listener: Listener, { headers, body }: Answer): void {
  if (listener.decisionsOnly === true) return
  listener.logged(`Method response body after transformations: ${bodyText(body)}`)
  listener.logged(`Method response headers: ${javaMap(traceFirst(pairsOf(headers)))}`)
  listener.logged('Successfully completed execution')
}

/** The last line of every request. */
export function tellCompleted(listener: Listener, { status }: Answer): void {
  if (listener.decisionsOnly === true) return
  listener.logged(`Method completed with status: ${status}`)
}

type Pairs = Iterable<readonly [name: string, value: string]>

/** `{a=1, b=2}`; of a repeated name the values are joined. */
function javaMap(pairs: Pairs): string {
  const merged = new Map<string, string>()
  for (const [name, value] of pairs) {
    const before = merged.get(name)
    merged.set(name, before === undefined ? value : `${before},${value}`)
  }
  return cut(`{${[...merged].map(([name, value]) => `${name}=${value}`).join(', ')}}`)
}

/** AWS lists the trace header before the method's own — recorded REST 19 */
function traceFirst(pairs: readonly (readonly [name: string, value: string])[]): Pairs {
  const isTrace = ([name]: readonly [string, string]): boolean => name.toLowerCase() === 'x-amzn-trace-id'
  return [...pairs.filter(isTrace), ...pairs.filter((pair) => !isTrace(pair))]
}

function pairsOf(list: HeaderList): [name: string, value: string][] {
  const pairs: [string, string][] = []
  for (let index = 0; index < list.length; index += 2) pairs.push([list[index] ?? '', list[index + 1] ?? ''])
  return pairs
}

/** Headers, and query parameters of presigned requests. */
const secretHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'x-amz-security-token',
  'x-amz-signature',
])

/** A backend's URL without the signature and token that a presigned request brings along. */
function maskedUri(uri: string): string {
  return uri.replace(/([?&]x-amz-(?:security-token|signature)=)[^&]*/gi, '$1*')
}

/** Headers with credentials show their last six characters; short ones show nothing. Security F.4. */
function* masked(pairs: Pairs): Pairs {
  for (const [name, value] of pairs) {
    if (!secretHeaders.has(name.toLowerCase())) yield [name, value]
    else
      yield [name, value.length <= 12 ? '*'.repeat(value.length) : `${'*'.repeat(value.length - 6)}${value.slice(-6)}`]
  }
}

function bodyText(body: AnswerBody): string {
  if (typeof body === 'string') return cut(body)
  if (body instanceof Uint8Array) return cut(utf8(body.subarray(0, 4 * maxChars)))
  return isChunks(body) ? bodyText(Buffer.concat(body)) : '[STREAMED]'
}

function isChunks(body: AnswerBody): body is readonly Uint8Array[] {
  return Array.isArray(body)
}

function cut(text: string): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars)} [TRUNCATED]`
}
