// AWS's defaults and checks for integrations; shared by putting, patching and importing.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Integration, IntegrationResponse, IntegrationType, Method } from '@sluice/aws-protocol/apigateway'
import { compileRegex, RegexFault } from '@sluice/java-regex'
import { restTimeoutMs } from '../../nouns/limits.ts'
import type { Call } from '../call.ts'
import { checkPassRole } from '../pass-role.ts'
import { entryOf } from './found.ts'
import { checkCredentials, checkUri, isStreamingUri } from './integration-uri.ts'
import { checkCacheKeys, checkContentTypes, checkRequestMappings, checkResponseMappings } from './mapping-rules.ts'
import { checkedVerb } from './method-rules.ts'
import { oneOf } from './patch.ts'
import { checkTemplateSizes } from './quotas.ts'

const shortestTimeoutMs = 50
const longestStreamTimeoutMs = 900_000

const passthroughBehaviors = ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']

/**
 * An integration as it is stored, its members in AWS's order. `httpMethod` is the integration's own verb, not the method's
 * (recorded REST 6.1).
 */
export function withDefaults(type: IntegrationType, given: Integration, resourceId: string): Integration {
  const isHttp = type === 'HTTP' || type === 'HTTP_PROXY'
  const isMock = type === 'MOCK'
  return {
    type,
    httpMethod: isMock ? undefined : given.httpMethod,
    uri: isMock ? undefined : given.uri,
    connectionType: given.connectionType ?? (isHttp ? 'INTERNET' : undefined),
    connectionId: given.connectionId,
    integrationTarget: given.integrationTarget,
    credentials: given.credentials,
    requestParameters: given.requestParameters,
    requestTemplates: given.requestTemplates,
    passthroughBehavior: passthroughBehaviorOf(given.passthroughBehavior),
    contentHandling: given.contentHandling,
    timeoutInMillis: given.timeoutInMillis ?? restTimeoutMs,
    cacheNamespace: given.cacheNamespace ?? resourceId,
    cacheKeyParameters: given.cacheKeyParameters ?? [],
    tlsConfig: given.tlsConfig,
    responseTransferMode: given.responseTransferMode,
    integrationResponses: given.integrationResponses,
  }
}

/** The passthrough behaviour, WHEN_NO_MATCH when none is given. Throws BadRequestException. */
export function passthroughBehaviorOf(value: string | undefined): string {
  const behavior = value ?? 'WHEN_NO_MATCH'
  if (passthroughBehaviors.includes(behavior)) return behavior
  throw new BadRequestException(
    `Invalid passthroughBehavior specified. Valid options are ${passthroughBehaviors.join(',')}`,
  )
}

/**
 * Throws BadRequestException for the first rule that an integration breaks, and AccessDeniedException for a role that the
 * caller may not pass.
 */
export async function checkIntegration(call: Call, method: Method, integration: Integration): Promise<void> {
  const type = integration.type ?? 'MOCK'
  if (type !== 'MOCK') {
    if (!integration.httpMethod) throw new BadRequestException('Enumeration value for HttpMethod must be non-empty')
    checkedVerb(integration.httpMethod)
  }
  checkWords(integration)
  checkUri(type, integration.uri)
  checkCredentials(integration.credentials)
  checkPassRole(call, integration.credentials, method.methodIntegration?.credentials)
  await checkConnection(call, type, integration)
  checkTimeout(call, integration)
  checkTransfer(type, integration)
  const declared = method.requestParameters ?? {}
  checkRequestMappings(integration.requestParameters, declared)
  checkContentTypes(integration.requestTemplates)
  checkTemplateSizes(integration.requestTemplates)
  checkCacheKeys(integration.cacheKeyParameters, declared, integration.requestParameters)
}

const contentHandlingOf = oneOf('content handling', ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'])
const connectionTypeOf = oneOf('connection type', ['INTERNET', 'VPC_LINK'])
const transferModeOf = oneOf('response transfer mode', ['BUFFERED', 'STREAM'])

/** Refuses unknown words of enums. The model has checked those of calls already, but not those of documents. */
function checkWords({ contentHandling, connectionType, responseTransferMode }: Integration): void {
  contentHandlingOf(contentHandling)
  connectionTypeOf(connectionType)
  transferModeOf(responseTransferMode)
}

/** Refuses a VPC link that does not exist. One named by a stage variable is looked up when a request comes. */
async function checkConnection(call: Call, type: IntegrationType, integration: Integration): Promise<void> {
  const { connectionType, connectionId, integrationTarget } = integration
  if (connectionType !== 'VPC_LINK') return
  if (type !== 'HTTP' && type !== 'HTTP_PROXY') {
    throw new BadRequestException('Connection type VPC_LINK is only supported for HTTP and HTTP_PROXY integrations')
  }
  if (!connectionId) {
    const should = 'ConnectionId should be set to the vpcLinkId or stage variable on connection type VPC_LINK'
    throw new BadRequestException(should)
  }
  if (connectionId.includes('${stageVariables.')) return
  const key = [connectionId]
  if ((await call.store.get('VpcLink', key)) !== undefined) return
  if ((await call.store.get('V2VpcLink', key)) === undefined) {
    throw new BadRequestException('Invalid Vpc Link identifier specified')
  }
  if (!integrationTarget) throw new BadRequestException('IntegrationTarget is required for VpcLinkV2')
}

/** Refuses a timeout beyond the gateway's limit. An integration without one is accepted even when the limit is below AWS's default. */
function checkTimeout({ limits }: Call, { timeoutInMillis, responseTransferMode }: Integration): void {
  const longest = responseTransferMode === 'STREAM' ? longestStreamTimeoutMs : limits.integrationTimeoutMs
  const timeoutMs = timeoutInMillis ?? longest
  if (!(timeoutMs >= shortestTimeoutMs && timeoutMs <= longest)) {
    throw new BadRequestException(`Timeout should be between ${shortestTimeoutMs} ms and ${longest} ms`)
  }
}

/**
 * Refuses response streaming for other integrations than proxies, a Lambda URI that does not match the transfer mode (REST
 * 3.10), and TLS settings where no HTTP backend is called.
 */
function checkTransfer(type: IntegrationType, { responseTransferMode, uri, tlsConfig }: Integration): void {
  const streams = responseTransferMode === 'STREAM'
  if (streams && type !== 'HTTP_PROXY' && type !== 'AWS_PROXY') {
    throw new BadRequestException(
      'Response transfer mode STREAM is only supported for HTTP_PROXY and AWS_PROXY integrations',
    )
  }
  if (type === 'AWS_PROXY' && streams !== isStreamingUri(uri)) {
    throw new BadRequestException('The integration URI does not support the response transfer mode')
  }
  if (tlsConfig !== undefined && type !== 'HTTP' && type !== 'HTTP_PROXY') {
    throw new BadRequestException('tlsConfig is only supported for HTTP and HTTP_PROXY integrations')
  }
}

/** Throws BadRequestException for a pattern that is no regular expression of Java (observed). */
function checkPattern(selectionPattern: string | undefined): void {
  try {
    if (selectionPattern !== undefined) compileRegex(selectionPattern)
  } catch (error) {
    throw error instanceof RegexFault ? new BadRequestException('Invalid regex pattern specified') : error
  }
}

/**
 * The headers that an integration response of a status may set. When the status has no method response, the headers of all
 * other method responses count: AWS accepts its own sample of request validation, whose `default` maps a header that only
 * 200 declares.
 */
function declaredHeaders(
  { methodResponses = {} }: Method,
  status: string,
): Readonly<Record<string, boolean>> | undefined {
  const own = entryOf(methodResponses, status)
  if (own !== undefined) return own.responseParameters ?? {}
  const others = Object.values(methodResponses)
  if (others.length === 0) return undefined
  return Object.fromEntries(others.flatMap((other) => Object.entries(other.responseParameters ?? {})))
}

/** Throws BadRequestException when an integration response maps to a header that its method response does not declare. */
export function checkIntegrationResponse(method: Method, response: IntegrationResponse): void {
  contentHandlingOf(response.contentHandling)
  checkPattern(response.selectionPattern)
  checkResponseMappings(response.responseParameters, declaredHeaders(method, response.statusCode ?? ''))
  checkContentTypes(response.responseTemplates)
  checkTemplateSizes(response.responseTemplates)
}
