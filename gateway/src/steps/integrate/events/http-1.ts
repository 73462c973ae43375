// The event of payload format 1.0 as HTTP APIs send it: like a REST API's, with the differences of HTTP 5.3.
import { cognitoMember, type CognitoMember } from '../../../nouns/cognito-identity.ts'
import type { Caller } from '../../../nouns/exchange.ts'
import { lastHeader, type HeaderList } from '../../../nouns/headers.ts'
import { httpClientPath, type HttpAdmitted, type HttpRoute, type HttpRouted } from '../../../nouns/http.ts'
import { parseQuery } from '../../../nouns/query.ts'
import { requestTime } from '../../../nouns/request-time.ts'
import { eventBody } from './http-body.ts'

export function compileHttpEvent1(route: HttpRoute): (exchange: HttpAdmitted, traceId: string) => string {
  const { stage, path } = route
  return (exchange, traceId) => {
    const { pathParameters, caller } = exchange
    const headers = eventHeaders(exchange, traceId)
    const query = parseQuery(exchange.rawQuery)
    const body = exchange.body.length === 0 ? { text: null, isBase64Encoded: false } : eventBody(exchange)
    return JSON.stringify({
      version: '1.0',
      resource: path,
      path: httpClientPath(exchange),
      httpMethod: exchange.method,
      headers: lastOf(pairsOf(headers)),
      multiValueHeaders: allOf(pairsOf(headers)),
      queryStringParameters: query.length === 0 ? null : lastOf(query),
      multiValueQueryStringParameters: query.length === 0 ? null : allOf(query),
      requestContext: {
        accountId: stage.account,
        apiId: stage.apiId,
        ...authorizerOf(caller),
        domainName: exchange.domainName,
        domainPrefix: exchange.domainName.split('.', 1)[0],
        extendedRequestId: exchange.extendedRequestId,
        httpMethod: exchange.method,
        identity: identityOf(exchange, caller),
        path: httpClientPath(exchange),
        protocol: exchange.protocol,
        requestId: exchange.extendedRequestId,
        requestTime: requestTime(exchange.receivedAtMs),
        requestTimeEpoch: exchange.receivedAtMs,
        resourceId: null,
        resourcePath: path,
        stage: stage.stageName,
      },
      pathParameters: pathParameters ?? null,
      stageVariables: stage.variables ?? null,
      body: body.text,
      isBase64Encoded: body.isBase64Encoded,
    })
  }
}

/** The event of a Lambda authorizer with format 1.0. HTTP 12.3. */
export function compileAuthorizerEvent1(
  route: HttpRoute,
): (exchange: HttpRouted, question: AuthorizerQuestion1) => string {
  const { stage, path } = route
  return (exchange, { routeArn, identity, traceId }) => {
    const source = identity.length === 0 ? null : identity.join(',')
    return JSON.stringify({
      version: '1.0',
      type: 'REQUEST',
      methodArn: routeArn,
      identitySource: source,
      authorizationToken: source,
      resource: path,
      path: httpClientPath(exchange),
      httpMethod: exchange.method,
      headers: lastOf(pairsOf(eventHeaders(exchange, traceId))),
      queryStringParameters: lastOf(parseQuery(exchange.rawQuery)),
      pathParameters: exchange.pathParameters ?? {},
      stageVariables: stage.variables ?? {},
      requestContext: {
        path: httpClientPath(exchange),
        accountId: stage.account,
        resourceId: path,
        stage: stage.stageName,
        requestId: exchange.extendedRequestId,
        identity: {
          sourceIp: exchange.sourceIp,
          userAgent: lastHeader(exchange.headers, 'user-agent') ?? null,
          ...clientCertificateOf(exchange),
        },
        resourcePath: path,
        httpMethod: exchange.method,
        apiId: stage.apiId,
      },
    })
  }
}

interface AuthorizerQuestion1 {
  readonly routeArn: string
  readonly identity: readonly string[]
  readonly traceId: string
}

function eventHeaders(exchange: HttpRouted, traceId: string): HeaderList {
  const own = new Set(['x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto', 'content-length'])
  const headers: string[] = []
  const forwardedFor = lastHeader(exchange.headers, 'x-forwarded-for')
  for (let index = 0; index < exchange.headers.length; index += 2) {
    const name = exchange.headers[index] ?? ''
    if (!own.has(name.toLowerCase())) headers.push(name, exchange.headers[index + 1] ?? '')
  }
  headers.push('Content-Length', String(exchange.body.length), 'X-Amzn-Trace-Id', traceId)
  headers.push(
    'X-Forwarded-For',
    forwardedFor === undefined ? exchange.sourceIp : `${forwardedFor}, ${exchange.sourceIp}`,
  )
  headers.push('X-Forwarded-Port', String(exchange.port), 'X-Forwarded-Proto', exchange.scheme)
  return headers
}

function identityOf(exchange: HttpAdmitted, caller: Caller | undefined): object {
  const { identity } = caller ?? {}
  const cognito = (name: CognitoMember): string | null => cognitoMember(name, identity?.cognito)
  return {
    accessKey: identity?.accessKey ?? null,
    accountId: identity?.accountId ?? null,
    caller: identity?.caller ?? null,
    cognitoAuthenticationProvider: cognito('cognitoAuthenticationProvider'),
    cognitoAuthenticationType: cognito('cognitoAuthenticationType'),
    cognitoIdentityId: cognito('cognitoIdentityId'),
    cognitoIdentityPoolId: cognito('cognitoIdentityPoolId'),
    principalOrgId: null,
    sourceIp: exchange.sourceIp,
    user: identity?.user ?? null,
    userAgent: lastHeader(exchange.headers, 'user-agent') ?? null,
    userArn: identity?.userArn ?? null,
    ...clientCertificateOf(exchange),
  }
}

/** Only a domain name with mutual TLS has the member. */
function clientCertificateOf({ clientCertificate: clientCert }: HttpRouted): object {
  return clientCert === undefined ? {} : { clientCert }
}

function authorizerOf(caller: Caller | undefined): object {
  if (caller === undefined || caller.identity !== undefined) return {}
  if (caller.claims !== undefined) return { authorizer: { claims: caller.claims, scopes: caller.scopes ?? null } }
  const { principalId, authorizerLatencyMs: integrationLatency, context } = caller
  return { authorizer: { ...(principalId !== undefined && { principalId }), integrationLatency, ...context } }
}

function pairsOf(headers: HeaderList): [string, string][] {
  const pairs: [string, string][] = []
  for (let index = 0; index < headers.length; index += 2) pairs.push([headers[index] ?? '', headers[index + 1] ?? ''])
  return pairs
}

function lastOf(pairs: readonly (readonly [string, string])[]): object {
  return Object.fromEntries(pairs)
}

function allOf(pairs: readonly (readonly [string, string])[]): object {
  const all = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const values = all.get(name)
    if (values === undefined) all.set(name, [value])
    else values.push(value)
  }
  return Object.fromEntries(all)
}
