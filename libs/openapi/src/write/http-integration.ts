// Writes an integration of an HTTP API as `x-amazon-apigateway-integration`.
import type { HttpIntegration } from '../http-description.ts'
import type { Node } from '../node.ts'
import { mapOf, mapped, stringsOf } from './tree.ts'

const defaultTimeoutMs = 30_000

/** The extension object of http-websocket.md 15.2; the default timeout is left out. */
export function writeHttpIntegration(integration: HttpIntegration): Node {
  const { timeoutInMillis, tlsConfig } = integration
  return mapOf({
    payloadFormatVersion: integration.payloadFormatVersion,
    type: integration.integrationType.toLowerCase(),
    integrationSubtype: integration.integrationSubtype,
    httpMethod: integration.integrationMethod,
    uri: integration.integrationUri,
    connectionType: integration.connectionType,
    connectionId: integration.connectionId,
    credentials: integration.credentialsArn,
    description: integration.description,
    requestParameters: stringsOf(integration.requestParameters),
    responseParameters: mapped(integration.responseParameters, (mapping) => stringsOf(mapping)),
    timeoutInMillis: timeoutInMillis === defaultTimeoutMs ? undefined : timeoutInMillis,
    tlsConfig: tlsConfig && mapOf({ serverNameToVerify: tlsConfig.serverNameToVerify }),
  })
}
