// Checks and changes integrations of both protocols; the rules of each protocol are in files of their own.
import { BadRequestException, type Api, type Integration } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { checkPassRole } from '../pass-role.ts'
import { checkHttpIntegration, httpDefaults } from './integration-http.ts'
import { checkWebSocketIntegration, webSocketDefaults } from './integration-websocket.ts'
import { checkLengths } from './lengths.ts'
import { mergedMap, patched, type Changes } from './patch.ts'

/**
 * The integration with the changes: parameters are merged by name, responses by status code (`{}` removes one), and
 * template maps are replaced (HTTP 2.2).
 */
export function changedIntegration(stored: Integration, changes: Changes<Integration>): Integration {
  return patched(stored, {
    ...changes,
    RequestParameters: mergedMap(stored.RequestParameters, changes.RequestParameters),
    ResponseParameters: mergedMap(
      stored.ResponseParameters,
      changes.ResponseParameters,
      (mappings) => Object.keys(mappings).length === 0,
    ),
  })
}

/**
 * The integration with its protocol's defaults for members that are not given. A TLS configuration without a name is
 * dropped: tools send one to remove it.
 */
export function settledIntegration(api: Api, { TlsConfig, ...rest }: Integration): Integration {
  const record = (TlsConfig?.ServerNameToVerify ?? '') === '' ? rest : { ...rest, TlsConfig }
  return api.ProtocolType === 'HTTP' ? httpDefaults(record) : webSocketDefaults(record)
}

/**
 * Throws BadRequestException for the first rule that an integration breaks, and AccessDeniedException for a role that the
 * caller may not pass. `before` is the stored integration.
 */
export async function checkIntegration(call: Call, api: Api, record: Integration, before?: Integration): Promise<void> {
  checkLengths(record, {
    Description: [0, 1024],
    ConnectionId: [1, 1024],
    IntegrationUri: [1, 2048],
    IntegrationMethod: [1, 64],
    IntegrationSubtype: [1, 128],
    CredentialsArn: [1, 2048],
    TemplateSelectionExpression: [1, 128],
  })
  if (record.TlsConfig !== undefined) checkLengths(record.TlsConfig, { ServerNameToVerify: [1, 512] })
  if (record.CredentialsArn !== undefined && !record.CredentialsArn.startsWith('arn:')) {
    throw new BadRequestException('Invalid ARN specified in the request')
  }
  checkPassRole(call, record.CredentialsArn, before?.CredentialsArn)
  if (api.ProtocolType === 'HTTP') await checkHttpIntegration(call, record)
  else await checkWebSocketIntegration(call, record)
}
