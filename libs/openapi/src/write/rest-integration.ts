// Writes the integration of a method as `x-amazon-apigateway-integration`, leaving defaults out as AWS does.
import type { Node } from '../node.ts'
import type { Integration, IntegrationResponse } from '../rest-description.ts'
import { mapOf, mapOfPairs, stringsOf } from './tree.ts'

const defaultTimeoutMs = 29_000

/**
 * The extension object. `cacheNamespace` is written when the description has one: leave AWS's default, the resource's
 * id, out of the description (rest-recorded.md 18).
 */
export function writeIntegration(integration: Integration): Node {
  const { timeoutInMillis, connectionType, responseTransferMode, cacheKeyParameters } = integration
  return mapOf({
    type: integration.type.toLowerCase(),
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    credentials: integration.credentials,
    connectionType: connectionType === 'INTERNET' ? undefined : connectionType,
    connectionId: integration.connectionId,
    integrationTarget: integration.integrationTarget,
    responses: writeResponses(integration.integrationResponses),
    requestParameters: stringsOf(integration.requestParameters),
    requestTemplates: stringsOf(integration.requestTemplates),
    passthroughBehavior: integration.passthroughBehavior.toLowerCase(),
    contentHandling: integration.contentHandling,
    timeoutInMillis: timeoutInMillis === defaultTimeoutMs ? undefined : timeoutInMillis,
    cacheNamespace: integration.cacheNamespace,
    cacheKeyParameters: cacheKeyParameters.length === 0 ? undefined : cacheKeyParameters,
    tlsConfig:
      integration.tlsConfig && mapOf({ insecureSkipVerification: integration.tlsConfig.insecureSkipVerification }),
    responseTransferMode: responseTransferMode === 'BUFFERED' ? undefined : responseTransferMode,
  })
}

/** Keyed by selection pattern; the response without one, or with an empty one, is `default`. */
function writeResponses(responses: Readonly<Record<string, IntegrationResponse>> | undefined): Node | undefined {
  const written = Object.values(responses ?? {})
  if (written.length === 0) return undefined
  return mapOfPairs(
    written.map((response): [string, Node] => [
      response.selectionPattern === undefined || response.selectionPattern === ''
        ? 'default'
        : response.selectionPattern,
      mapOf({
        statusCode: response.statusCode,
        responseParameters: stringsOf(response.responseParameters),
        responseTemplates: stringsOf(response.responseTemplates),
        contentHandling: response.contentHandling,
      }),
    ]),
  )
}
