// Checks the integrations of WebSocket APIs: mostly those of REST APIs, with selection expressions (HTTP 3.3, WebSocket 27).
import { BadRequestException, type Integration } from '@sluice/aws-protocol/apigatewayv2'
import { checkUri } from '../apigateway/integration-uri.ts'
import type { Call } from '../call.ts'
import { checkMethod } from './integration-method.ts'
import { invalidMapping, isInvocationArn } from './integration-uri.ts'
import { refuseMembers } from './protocol.ts'

const httpOnly = ['IntegrationSubtype', 'TlsConfig', 'ResponseParameters'] as const
const longestTimeoutMs = 29_000

/** The service's limit for a template. The model's 32 768 characters limit one member of the map. */
const templateBytes = 300 * 1024

const selectionExpressions: Readonly<Record<string, string>> = {
  HTTP: '${integration.response.statuscode}',
  MOCK: '${integration.response.statuscode}',
  AWS: '${integration.response.body.errorMessage}',
}

/** AWS's defaults for the members that are not given. */
export function webSocketDefaults(record: Integration): Integration {
  const { IntegrationType: type = 'AWS_PROXY' } = record
  const proxy = type === 'AWS_PROXY' || type === 'HTTP_PROXY'
  // AWS: functions are invoked by POST, whichever type says so — Terraform's acceptance tests give no method for AWS.
  const invokes = type === 'AWS_PROXY' || (type === 'AWS' && isInvocationArn(record.IntegrationUri ?? ''))
  return {
    ConnectionType: 'INTERNET',
    PayloadFormatVersion: '1.0',
    TimeoutInMillis: longestTimeoutMs,
    ...(proxy ? {} : { PassthroughBehavior: 'WHEN_NO_MATCH' as const }),
    ...(invokes ? { IntegrationMethod: 'POST' } : {}),
    ...record,
    IntegrationResponseSelectionExpression: Object.hasOwn(selectionExpressions, type)
      ? selectionExpressions[type]
      : undefined,
  }
}

/** Throws BadRequestException for the first rule that a WebSocket API's integration breaks. */
export async function checkWebSocketIntegration(call: Call, record: Integration): Promise<void> {
  refuseMembers('WEBSOCKET', record, httpOnly)
  if (record.PayloadFormatVersion !== '1.0') {
    throw new BadRequestException(`Unsupported PayloadFormatVersion: ${record.PayloadFormatVersion}`)
  }
  if ((record.TimeoutInMillis ?? 0) > longestTimeoutMs) {
    throw new BadRequestException('Timeout should be between 50 ms and 29000 ms')
  }
  checkTarget(record)
  await checkConnection(call, record)
  checkDataMapping(record.RequestParameters)
  const template = Object.values(record.RequestTemplates ?? {}).find((text) => Buffer.byteLength(text) > templateBytes)
  if (template !== undefined) throw new BadRequestException('Mapping templates must not be larger than 300 KB')
}

function checkTarget(record: Integration): void {
  const { IntegrationType: type, IntegrationUri: uri = '' } = record
  if (type === 'MOCK') return
  checkMethod(record)
  checkUri(type ?? 'AWS_PROXY', uri)
}

/** Checks the VPC link of a private integration, which is one of the REST kind. One named by a stage variable is not looked up. */
async function checkConnection(call: Call, record: Integration): Promise<void> {
  const { ConnectionId: id } = record
  if (record.ConnectionType !== 'VPC_LINK') {
    if (id !== undefined)
      throw new BadRequestException('ConnectionId is only supported for the connection type VPC_LINK')
    return
  }
  if (record.IntegrationType !== 'HTTP' && record.IntegrationType !== 'HTTP_PROXY') {
    throw new BadRequestException('ConnectionType VPC_LINK is only supported for HTTP and HTTP_PROXY integrations')
  }
  if (id?.includes('${stageVariables.') === true) return
  if (id === undefined || (await call.store.get('VpcLink', [id])) === undefined) {
    throw new BadRequestException('Invalid VPC link identifier specified')
  }
}

const target = /^integration\.request\.(?:header|querystring|path)\.[A-Za-z0-9._$-]+$/
const source =
  /^(?:route\.request\.(?:multivalue)?(?:querystring|header)\.[A-Za-z0-9._$-]+|route\.request\.body(?:\..+)?|context\.[A-Za-z0-9._]+|stageVariables\.\w+|'[^']*')$/s

function checkDataMapping(mappings: Readonly<Record<string, string>> | undefined): void {
  for (const [key, value] of Object.entries(mappings ?? {})) {
    if (!target.test(key)) throw invalidMapping(key)
    if (value.length > 512 || !source.test(value)) throw invalidMapping(value)
  }
}
