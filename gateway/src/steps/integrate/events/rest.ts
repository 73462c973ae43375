// The event that a REST API's Lambda proxy integration gets: payload format 1.0. Recorded: REST 32.1; REST 5.1, 5.2.
import { base64, utf8 } from '../../../nouns/bytes.ts'
import { visibleHeaders } from '../../../nouns/client-headers.ts'
import { cognitoMember, type CognitoMember } from '../../../nouns/cognito-identity.ts'
import { userAgentOf } from '../../../nouns/context.ts'
import type { Caller, Keyed, Received } from '../../../nouns/exchange.ts'
import { byHeaderName } from '../../../nouns/header-names.ts'
import { lastHeader, type HeaderList } from '../../../nouns/headers.ts'
import { quote } from '../../../nouns/json-text.ts'
import { firstMediaType } from '../../../nouns/media-type.ts'
import { parseQuery, splitAtSemicolons } from '../../../nouns/query.ts'
import { requestTime } from '../../../nouns/request-time.ts'
import { eventPath, type RestAdmitted, type RestMethod, type RestRouted, type RestStage } from '../../../nouns/rest.ts'

/** A compiled event: what never changes for a stage is written once, what a request brings is filled in. */
export function compileRestEvent(stage: RestStage): (exchange: RestAdmitted, traceId: string) => string {
  const stageVariables = stage.variables === undefined ? 'null' : JSON.stringify(stage.variables)
  const stageContext = stageMembers(stage, stage.isTest ? undefined : stage.deploymentId)

  return (exchange, traceId) => {
    const headers = stage.isTest ? visibleHeaders(exchange.headers) : eventHeaders(exchange, traceId)
    const query = parseQuery(splitAtSemicolons(exchange.rawQuery))
    const { target, pathParameters, caller } = exchange
    const resource = quote(target.resourcePath)
    return (
      `{"resource":${resource},"path":${quote(eventPath(exchange))},"httpMethod":${quote(exchange.method)},` +
      (headers.length === 0 ? '"headers":null,"multiValueHeaders":null,' : headerMembers(headers)) +
      queryMembers(query, 'null') +
      `"pathParameters":${pathParameters === undefined ? 'null' : JSON.stringify(pathParameters)},` +
      `"stageVariables":${stageVariables},` +
      `"requestContext":{${methodMembers(target, resource)}${stageContext}${requestContext(exchange, caller)}},${bodyMembers(exchange, stage.isBinary)}}`
    )
  }
}

/** The event of a REQUEST authorizer: the same request without its body; what is empty is `{}`, never null. Security C.2. */
export function compileRestAuthorizerEvent(stage: RestStage): RestAuthorizerEvent {
  const stageVariables = JSON.stringify(stage.variables ?? {})
  const stageContext = stageMembers(stage, stage.deploymentId)

  return (exchange, { methodArn, traceId }) => {
    const headers = eventHeaders(exchange, traceId)
    const { target } = exchange
    const resource = quote(target.resourcePath)
    return (
      `{"type":"REQUEST","methodArn":${quote(methodArn)},"resource":${resource},"path":${quote(eventPath(exchange))},` +
      `"httpMethod":${quote(exchange.method)},` +
      headerMembers(headers) +
      queryMembers(parseQuery(splitAtSemicolons(exchange.rawQuery)), '{}') +
      `"pathParameters":${JSON.stringify(exchange.pathParameters ?? {})},"stageVariables":${stageVariables},` +
      `"requestContext":{${methodMembers(target, resource)}${stageContext}${requestContext(exchange, undefined)}}}`
    )
  }
}

export type RestAuthorizerEvent = (
  exchange: RestRouted,
  asked: { readonly methodArn: string; readonly traceId: string },
) => string

/** The members of `requestContext` that name the method. `resource`: its path, quoted. */
function methodMembers({ resourceId, operationName }: RestMethod, resource: string): string {
  const operation = operationName === undefined ? '' : `"operationName":${quote(operationName)},`
  return `"resourceId":${quote(resourceId)},"resourcePath":${resource},${operation}`
}

/** The members that are the same for every request of a stage. */
function stageMembers({ account, stageName, apiId, canary }: RestStage, deploymentId: string | undefined): string {
  return (
    `"accountId":${quote(account)},"stage":${quote(stageName)},"apiId":${quote(apiId)},` +
    (deploymentId === undefined ? '' : `"deploymentId":${quote(deploymentId)},`) +
    (canary === undefined ? '' : `"isCanaryRequest":${canary.isCanaryRequest},`)
  )
}

function requestContext(exchange: Received & Partial<Keyed>, caller: Caller | undefined): string {
  const { domainName } = exchange
  const dot = domainName.indexOf('.')
  return (
    authorizerMember(caller) +
    `"extendedRequestId":${quote(exchange.extendedRequestId)},"requestTime":"${requestTime(exchange.receivedAtMs)}",` +
    `"path":${quote(exchange.rawPath)},"httpMethod":${quote(exchange.method)},"protocol":"${exchange.protocol}",` +
    `"domainPrefix":${quote(dot < 0 ? domainName : domainName.slice(0, dot))},"requestTimeEpoch":${exchange.receivedAtMs},` +
    `"requestId":"${exchange.requestId}","identity":${identityMember(exchange, caller)},"domainName":${quote(domainName)}`
  )
}

function authorizerMember(caller: Caller | undefined): string {
  if (caller === undefined || (caller.context === undefined && caller.claims === undefined)) return ''
  const { claims, scopes, principalId, authorizerLatencyMs: integrationLatency } = caller
  if (claims !== undefined) return `"authorizer":${JSON.stringify({ claims, scopes })},`
  return `"authorizer":${JSON.stringify({ principalId, integrationLatency, ...caller.context })},`
}

/** Every key is there, null where nothing is known. */
function identityMember(exchange: Received & Partial<Keyed>, caller: Caller | undefined): string {
  const { identity } = caller ?? {}
  const { apiKey } = exchange
  const cognito = (name: CognitoMember): string => orNull(cognitoMember(name, identity?.cognito))
  return (
    `{"cognitoIdentityPoolId":${cognito('cognitoIdentityPoolId')},"accountId":${orNull(identity?.accountId)},` +
    `"cognitoIdentityId":${cognito('cognitoIdentityId')},` +
    `"caller":${orNull(identity?.caller)},"sourceIp":${quote(exchange.sourceIp)},"principalOrgId":null,` +
    `"accessKey":${orNull(identity?.accessKey)},"cognitoAuthenticationType":${cognito('cognitoAuthenticationType')},` +
    `"cognitoAuthenticationProvider":${cognito('cognitoAuthenticationProvider')},` +
    (apiKey === undefined ? '' : `"apiKey":${quote(apiKey.value)},"apiKeyId":${quote(apiKey.id)},`) +
    `"userArn":${orNull(identity?.userArn)},"userAgent":${orNull(userAgentOf({ headers: exchange.headers, caller }))},` +
    `"user":${orNull(identity?.user)}${clientCertificateMember(exchange)}${vpcEndpointMembers(exchange)}}`
  )
}

/** Only a domain name with mutual TLS has the member. */
function clientCertificateMember({ clientCertificate }: Received): string {
  return clientCertificate === undefined ? '' : `,"clientCert":${JSON.stringify(clientCertificate)}`
}

/** Only a private API has the members. */
function vpcEndpointMembers({ vpcEndpoint }: Received): string {
  if (vpcEndpoint === undefined) return ''
  const { vpcId, vpceId } = vpcEndpoint
  return `,"vpcId":${orNull(vpcId)},"vpceId":${quote(vpceId)}`
}

/** Written by the gateway itself; the last one is for the gateway alone. REST 1.3. */
const replaced = new Set(['x-amzn-trace-id', 'x-forwarded-port', 'x-forwarded-proto', 'x-http-method-override'])

/** The lower-case name of a header that the gateway writes or adds to; undefined for any other. */
const ownName = byHeaderName((_, lower) => (lower === 'x-forwarded-for' || replaced.has(lower) ? lower : undefined))

function eventHeaders(exchange: Received, traceId: string): HeaderList {
  const headers = visibleHeaders(exchange.headers)
  const forwarded: string[] = []
  let forwardedFor = exchange.sourceIp
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const own = ownName(name)
    if (own === undefined) forwarded.push(name, headers[index + 1] ?? '')
    else if (own === 'x-forwarded-for') forwardedFor = `${headers[index + 1]}, ${exchange.sourceIp}`
  }
  forwarded.push('X-Amzn-Trace-Id', traceId, 'X-Forwarded-For', forwardedFor)
  forwarded.push('X-Forwarded-Port', String(exchange.port), 'X-Forwarded-Proto', exchange.scheme)
  return forwarded
}

const quotedName = byHeaderName(quote)

/** `"headers"` with the last value of each name and `"multiValueHeaders"` with all; names that differ in case are kept apart, as recorded. */
function headerMembers(headers: HeaderList): string {
  /** Values as JSON, by name. */
  const quoted = new Map<string, string[]>()
  for (let index = 0; index < headers.length; index += 2) {
    append(quoted, headers[index] ?? '', quote(headers[index + 1] ?? ''))
  }
  let [last, all] = ['', '']
  for (const [name, values] of quoted) {
    const member = `${last === '' ? '' : ','}${quotedName(name)}:`
    last += `${member}${values.at(-1)}`
    all += `${member}[${values.join(',')}]`
  }
  return `"headers":{${last}},"multiValueHeaders":{${all}},`
}

function queryMembers(query: readonly (readonly [string, string])[], empty: 'null' | '{}'): string {
  if (query.length === 0) return `"queryStringParameters":${empty},"multiValueQueryStringParameters":${empty},`
  const all = new Map<string, string[]>()
  for (const [name, value] of query) append(all, name, value)
  const last = new Map(query)
  return `"queryStringParameters":${objectOf(last, quote)},"multiValueQueryStringParameters":${objectOf(all, JSON.stringify)},`
}

function bodyMembers(exchange: Received, isBinary: (mediaType: string) => boolean): string {
  const { body } = exchange
  if (body.length === 0) return '"body":null,"isBase64Encoded":false'
  const contentType = lastHeader(exchange.headers, 'content-type')
  if (isBinary(contentType === undefined ? '' : firstMediaType(contentType))) {
    return `"body":"${base64(body)}","isBase64Encoded":true`
  }
  return `"body":${quote(utf8(body))},"isBase64Encoded":false`
}

function append(all: Map<string, string[]>, name: string, value: string): void {
  const values = all.get(name)
  if (values === undefined) all.set(name, [value])
  else values.push(value)
}

function objectOf<Value>(map: ReadonlyMap<string, Value>, write: (value: Value) => string): string {
  let text = '{'
  for (const [name, value] of map) text += `${text.length === 1 ? '' : ','}${quote(name)}:${write(value)}`
  return `${text}}`
}

function orNull(text: string | null | undefined): string {
  return text === undefined || text === null ? 'null' : quote(text)
}
