// The event of payload format 2.0: what an HTTP API's Lambda function gets by default. HTTP 5.2.
import type { Caller } from '../../../nouns/exchange.ts'
import { byHeaderName } from '../../../nouns/header-names.ts'
import { lastHeader } from '../../../nouns/headers.ts'
import { decodePath } from '../../../nouns/http-arn.ts'
import type { HttpAdmitted, HttpRoute, HttpRouted } from '../../../nouns/http.ts'
import { quote } from '../../../nouns/json-text.ts'
import { parseQuery } from '../../../nouns/query.ts'
import { requestTime } from '../../../nouns/request-time.ts'
import { eventBody } from './http-body.ts'

/** A compiled event: what never changes for a route is written once. */
export function compileHttpEvent2(route: HttpRoute): (exchange: HttpAdmitted, traceId: string) => string {
  const members = compileMembers2(route)
  return (exchange, traceId) =>
    `{"version":"2.0",${members(exchange, traceId, authorizerMember(exchange.caller))},${bodyMembers(exchange)}}`
}

/** The event of a Lambda authorizer: what the function's own event has, with a question, without body and caller. HTTP 12.2. */
export function compileAuthorizerEvent2(
  route: HttpRoute,
): (exchange: HttpRouted, question: AuthorizerQuestion2) => string {
  const members = compileMembers2(route)
  return (exchange, { routeArn, identity, traceId }) => {
    const source = identity.length === 0 ? 'null' : JSON.stringify(identity)
    const asked = `"routeArn":${quote(routeArn)},"identitySource":${source}`
    return `{"version":"2.0","type":"REQUEST",${asked},${members(exchange, traceId, '')}}`
  }
}

interface AuthorizerQuestion2 {
  readonly routeArn: string
  readonly identity: readonly string[]
  readonly traceId: string
}

/** The members from `routeKey` to `stageVariables`, which both events have. */
function compileMembers2(route: HttpRoute): (exchange: HttpRouted, traceId: string, authorizer: string) => string {
  const { stage } = route
  const opening = `"routeKey":${quote(route.routeKey)},"rawPath":`
  const variables = stage.variables === undefined ? '' : `,"stageVariables":${JSON.stringify(stage.variables)}`
  const fixedContext = `"requestContext":{"accountId":${quote(stage.account)},"apiId":${quote(stage.apiId)},`
  const closing = `,"routeKey":${quote(route.routeKey)},"stage":${quote(stage.stageName)},"time":"`

  return (exchange, traceId, authorizer) => {
    const path = quote(decodePath(exchange.rawPath))
    const { headers, cookies } = eventHeaders(exchange, traceId)
    const { pathParameters } = exchange
    return (
      `${opening}${path},"rawQueryString":${quote(exchange.rawQuery)},` +
      (cookies.length === 0 ? '' : `"cookies":${JSON.stringify(cookies)},`) +
      `"headers":${headers},${queryMember(exchange.rawQuery)}${fixedContext}${authenticationMember(exchange)}${authorizer}` +
      `${domainMembers(exchange.domainName)}"http":{"method":${quote(exchange.method)},"path":${path},` +
      `"protocol":"${exchange.protocol}","sourceIp":${quote(exchange.sourceIp)},` +
      `"userAgent":${quote(lastHeader(exchange.headers, 'user-agent') ?? '')}},"requestId":${quote(exchange.extendedRequestId)}` +
      `${closing}${requestTime(exchange.receivedAtMs)}","timeEpoch":${exchange.receivedAtMs}}` +
      (pathParameters === undefined ? '' : `,"pathParameters":${JSON.stringify(pathParameters)}`) +
      variables
    )
  }
}

const lowerName = byHeaderName((_, lower) => lower)
const quotedName = byHeaderName(quote)

/** Lower-case names, repeats joined by `,`; cookies apart. The gateway's own forwarding headers are among them. */
function eventHeaders(
  exchange: HttpRouted,
  traceId: string,
): { readonly headers: string; readonly cookies: readonly string[] } {
  const joined = new Map<string, string>()
  const cookies: string[] = []
  const { headers } = exchange
  for (let index = 0; index < headers.length; index += 2) {
    const name = lowerName(headers[index] ?? '')
    const value = headers[index + 1] ?? ''
    if (name === 'cookie') cookies.push(...splitCookies(value))
    else {
      const before = joined.get(name)
      joined.set(name, before === undefined ? value : `${before},${value}`)
    }
  }
  const forwardedFor = joined.get('x-forwarded-for')
  joined.set(
    'x-forwarded-for',
    forwardedFor === undefined ? exchange.sourceIp : `${forwardedFor}, ${exchange.sourceIp}`,
  )
  joined.set('x-forwarded-port', String(exchange.port))
  joined.set('x-forwarded-proto', exchange.scheme)
  joined.set('x-amzn-trace-id', traceId)
  joined.set('content-length', String(exchange.body.length))
  let text = '{'
  for (const [name, value] of joined) text += `${text.length === 1 ? '' : ','}${quotedName(name)}:${quote(value)}`
  return { headers: `${text}}`, cookies }
}

function splitCookies(value: string): string[] {
  return value
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '')
}

function queryMember(rawQuery: string): string {
  const joined = new Map<string, string>()
  for (const [name, value] of parseQuery(rawQuery)) {
    const before = joined.get(name)
    joined.set(name, before === undefined ? value : `${before},${value}`)
  }
  if (joined.size === 0) return ''
  let text = ''
  for (const [name, value] of joined) text += `${text === '' ? '' : ','}${quote(name)}:${quote(value)}`
  return `"queryStringParameters":{${text}},`
}

/** Only a domain name with mutual TLS has the member. */
function authenticationMember({ clientCertificate: clientCert }: HttpRouted): string {
  return clientCert === undefined ? '' : `"authentication":${JSON.stringify({ clientCert })},`
}

function authorizerMember(caller: Caller | undefined): string {
  if (caller === undefined) return ''
  if (caller.claims !== undefined) {
    return `"authorizer":${JSON.stringify({ jwt: { claims: caller.claims, scopes: caller.scopes ?? null } })},`
  }
  if (caller.identity === undefined) return `"authorizer":${JSON.stringify({ lambda: caller.context ?? {} })},`
  const { accessKey, accountId, caller: callerId, userArn, user, cognito } = caller.identity
  const cognitoIdentity =
    cognito === undefined
      ? null
      : { amr: cognito.authenticationMethods, identityId: cognito.identityId, identityPoolId: cognito.identityPoolId }
  const iam = { accessKey, accountId, callerId, cognitoIdentity, principalOrgId: null, userArn, userId: user }
  return `"authorizer":${JSON.stringify({ iam })},`
}

function domainMembers(domainName: string): string {
  const dot = domainName.indexOf('.')
  return `"domainName":${quote(domainName)},"domainPrefix":${quote(dot < 0 ? domainName : domainName.slice(0, dot))},`
}

function bodyMembers(exchange: HttpAdmitted): string {
  if (exchange.body.length === 0) return '"isBase64Encoded":false'
  const { text, isBase64Encoded } = eventBody(exchange)
  return `"body":${quote(text)},"isBase64Encoded":${isBase64Encoded}`
}
