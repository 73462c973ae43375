// The events that a WebSocket API's Lambda proxy integration gets: CONNECT, MESSAGE, DISCONNECT. WebSocket 26.
import { cognitoMember } from '../../../nouns/cognito-identity.ts'
import type { Caller, Keyed } from '../../../nouns/exchange.ts'
import type { HeaderList } from '../../../nouns/headers.ts'
import { quote } from '../../../nouns/json-text.ts'
import { parseQuery } from '../../../nouns/query.ts'
import { requestTime } from '../../../nouns/request-time.ts'
import type { Handshake, SocketReceived, SocketRoute } from '../../../nouns/socket.ts'

/** An event, with the key that `$connect` was shown. */
type SocketKnown = SocketReceived & Partial<Keyed>

/** A compiled event: what never changes for a route is written once, what an event brings is filled in. */
export function compileSocketEvent({
  stage,
  routeKey,
}: SocketRoute): (exchange: SocketKnown, traceId: string) => string {
  const stageVariables = stage.variables === undefined ? '' : `"stageVariables":${JSON.stringify(stage.variables)},`
  const context = compileSocketRequestContext({ stage, routeKey })
  return (exchange, traceId) =>
    `{${requestMembers(exchange, traceId)}${stageVariables}"requestContext":{${context(exchange)}},${bodyMember(exchange)}"isBase64Encoded":false}`
}

/** The members of `requestContext`, which authorizers read too. */
export function compileSocketRequestContext({
  stage,
  routeKey,
}: Pick<SocketRoute, 'stage' | 'routeKey'>): (exchange: SocketKnown) => string {
  const key = `"routeKey":${quote(routeKey)},`
  const stageName = `"messageDirection":"IN","stage":${quote(stage.stageName)},`
  const apiId = `"apiId":${quote(stage.apiId)}`

  return (exchange) => {
    const { connection, requestId, receivedAtMs, end, messageId } = exchange
    return (
      key +
      (messageId === undefined ? '' : `"messageId":"${messageId}",`) +
      authorizerMember(exchange.caller) +
      (end === undefined ? '' : `"disconnectStatusCode":${end.statusCode},`) +
      `"eventType":"${exchange.eventType}","extendedRequestId":"${requestId}",` +
      `"requestTime":"${requestTime(receivedAtMs)}",` +
      (end === undefined ? '' : `"disconnectReason":${quote(end.reason)},`) +
      `${stageName}"connectedAt":${connection.connectedAtMs},"requestTimeEpoch":${receivedAtMs},` +
      `"identity":${identityMember(exchange)},"requestId":"${requestId}","domainName":${quote(connection.domainName)},` +
      `"connectionId":"${connection.connectionId}",${apiId}`
    )
  }
}

function bodyMember({ eventType, body }: SocketReceived): string {
  return eventType === 'MESSAGE' ? `"body":${quote(body)},` : ''
}

/** Unset members are left out, as current recordings show. */
function identityMember({ connection, caller, apiKey, connectionKey: key = apiKey }: SocketKnown): string {
  const { userAgent, sourceIp } = connection
  const { cognito, ...identity } = caller?.identity ?? {}
  const pool = cognito && Object.fromEntries(cognitoMembers.map((name) => [name, cognitoMember(name, cognito)]))
  return JSON.stringify({ ...identity, ...pool, apiKey: key?.value, apiKeyId: key?.id, userAgent, sourceIp })
}

const cognitoMembers = [
  'cognitoAuthenticationProvider',
  'cognitoAuthenticationType',
  'cognitoIdentityId',
  'cognitoIdentityPoolId',
] as const

/** Values are texts, as AWS makes them; the latency alone is a number. */
function authorizerMember(caller: Caller | undefined): string {
  if (caller?.principalId === undefined) return ''
  const members: [string, unknown][] = [['principalId', caller.principalId]]
  for (const [name, value] of Object.entries(caller.context ?? {})) members.push([name, String(value)])
  members.push(['integrationLatency', caller.authorizerLatencyMs ?? 0])
  return `"authorizer":${JSON.stringify(Object.fromEntries(members))},`
}

function requestMembers(exchange: SocketReceived, traceId: string): string {
  const { handshake, eventType, connection } = exchange
  if (handshake !== undefined) return handshakeMembers(handshake, eventHeaders(handshake, connection.sourceIp, traceId))
  if (eventType !== 'DISCONNECT') return ''
  const headers = ['Host', connection.domainName, 'x-api-key', '', 'X-Forwarded-For', '', 'x-restapi', '']
  return `"headers":${lastValues(headers)},"multiValueHeaders":${allValues(headers)},`
}

function handshakeMembers({ rawQuery }: Handshake, headers: HeaderList): string {
  const members = `"headers":${lastValues(headers)},"multiValueHeaders":${allValues(headers)},`
  const query = parseQuery(rawQuery).flat()
  if (query.length === 0) return members
  return `${members}"queryStringParameters":${lastValues(query)},"multiValueQueryStringParameters":${allValues(query)},`
}

/** The client's headers without those of the hop, and what the gateway says of the way. WebSocket 26.1. */
export function eventHeaders(handshake: Handshake, sourceIp: string, traceId: string): HeaderList {
  const { headers, port, scheme } = handshake
  const kept: string[] = []
  let forwardedFor = sourceIp
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const value = headers[index + 1] ?? ''
    const lower = name.toLowerCase()
    if (lower === 'x-forwarded-for') forwardedFor = `${value}, ${sourceIp}`
    else if (!replaced.has(lower)) kept.push(name, value)
  }
  kept.push('X-Amzn-Trace-Id', traceId, 'X-Forwarded-For', forwardedFor)
  kept.push('X-Forwarded-Port', String(port), 'X-Forwarded-Proto', scheme)
  return kept
}

const replaced = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'x-amzn-trace-id',
  'x-forwarded-port',
  'x-forwarded-proto',
])

/** `{"Name":"last value"}` */
export function lastValues(pairs: readonly string[]): string {
  const last = new Map<string, string>()
  for (let index = 0; index < pairs.length; index += 2) last.set(pairs[index] ?? '', pairs[index + 1] ?? '')
  return JSON.stringify(Object.fromEntries(last))
}

export function allValues(pairs: readonly string[]): string {
  const all = new Map<string, string[]>()
  for (let index = 0; index < pairs.length; index += 2) {
    const values = all.get(pairs[index] ?? '')
    if (values === undefined) all.set(pairs[index] ?? '', [pairs[index + 1] ?? ''])
    else values.push(pairs[index + 1] ?? '')
  }
  return JSON.stringify(Object.fromEntries(all))
}
