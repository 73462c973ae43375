// Quick create: an HTTP API with an integration, a route and an auto-deploying `$default` stage, all in one call (HTTP 14).
import { BadRequestException, type Integration } from '@sluice/aws-protocol/apigatewayv2'
import { checkUri } from '../apigateway/integration-uri.ts'
import { nowSeconds, type Call } from '../call.ts'
import { checkPassRole } from '../pass-role.ts'
import { isFunctionArn, isInvocationArn } from './integration-uri.ts'
import { checkRouteKey, refuseTakenKey } from './route-key.ts'
import { newStage } from './stage-rules.ts'

/** The members of CreateApi and UpdateApi that ask for it; they are never shown again. */
export interface QuickCreate {
  readonly Target?: string | undefined
  readonly RouteKey?: string | undefined
  readonly CredentialsArn?: string | undefined
}

/** Whether a call asks for quick create at all. */
export function asksForQuickCreate(input: QuickCreate): boolean {
  return input.Target !== undefined || input.RouteKey !== undefined || input.CredentialsArn !== undefined
}

/** Makes the three managed resources of a new HTTP API; the caller deploys. */
export function quickCreate(call: Call, apiId: string, input: QuickCreate): void {
  if (input.Target === undefined) throw new BadRequestException('Target is a required parameter for quick create')
  const { RouteKey = '$default' } = input
  checkPassRole(call, input.CredentialsArn)
  checkRouteKey('HTTP', RouteKey)
  const IntegrationId = call.ids.short(7)
  const integration = aimed({ IntegrationId, ApiGatewayManaged: true }, input.Target, input.CredentialsArn)
  call.store.put('V2Integration', [apiId, IntegrationId], integration)
  const RouteId = call.ids.short(7)
  call.store.put('V2Route', [apiId, RouteId], {
    RouteId,
    RouteKey,
    ApiGatewayManaged: true,
    ApiKeyRequired: false,
    AuthorizationType: 'NONE',
    Target: `integrations/${IntegrationId}`,
  })
  const stage = newStage('HTTP', '$default', nowSeconds(call))
  call.store.put('V2Stage', [apiId, '$default'], { ...stage, ApiGatewayManaged: true, AutoDeploy: true })
}

/** Changes the managed integration and route of an API that quick create made; the caller deploys. */
export async function changeQuickCreate(call: Call, apiId: string, input: QuickCreate): Promise<void> {
  const integrations = await call.store.list('V2Integration', [apiId])
  const routes = await call.store.list('V2Route', [apiId])
  const integration = integrations.find(({ record }) => record.ApiGatewayManaged === true)
  const route = routes.find(({ record }) => record.ApiGatewayManaged === true)
  if (integration === undefined || route === undefined) {
    throw new BadRequestException('Target, RouteKey and CredentialsArn can only be updated for quick create APIs')
  }
  if (input.Target === '') throw new BadRequestException('Target of a quick create API cannot be removed')
  checkPassRole(call, input.CredentialsArn, integration.record.CredentialsArn)
  call.store.put('V2Integration', integration.key, reaimed(integration.record, input))
  if (input.RouteKey === undefined) return
  checkRouteKey('HTTP', input.RouteKey)
  const { RouteId: routeId } = route.record
  await refuseTakenKey(call, apiId, { protocol: 'HTTP', key: input.RouteKey, routeId })
  call.store.put('V2Route', route.key, { ...route.record, RouteKey: input.RouteKey })
}

/** The integration with another target. Its settings stay, unless it becomes one of the other type. */
function reaimed(
  stored: Integration,
  { Target = stored.IntegrationUri ?? '', CredentialsArn }: QuickCreate,
): Integration {
  const { IntegrationId, ApiGatewayManaged } = stored
  const next = aimed({ IntegrationId, ApiGatewayManaged }, Target, CredentialsArn)
  if (next.IntegrationType !== stored.IntegrationType) return next
  const credentials = CredentialsArn === undefined ? stored.CredentialsArn : next.CredentialsArn
  return { ...stored, IntegrationUri: Target, CredentialsArn: credentials }
}

/** The integration for a target: HTTP_PROXY for a URL, AWS_PROXY for a Lambda function's ARN. */
function aimed(managed: Integration, target: string, credentialsArn: string | undefined): Integration {
  const common: Integration = {
    ...managed,
    ConnectionType: 'INTERNET',
    IntegrationUri: target,
    TimeoutInMillis: 30_000,
  }
  if (isFunctionArn(target) || isInvocationArn(target)) {
    const CredentialsArn = credentialsArn === '' ? undefined : credentialsArn
    const lambda = { IntegrationType: 'AWS_PROXY', IntegrationMethod: 'POST', PayloadFormatVersion: '2.0' } as const
    return { ...common, ...lambda, CredentialsArn }
  }
  if (target.startsWith('arn:')) throw new BadRequestException('Invalid ARN specified in the request')
  checkUri('HTTP_PROXY', target)
  if (credentialsArn !== undefined && credentialsArn !== '') {
    throw new BadRequestException('CredentialsArn is not supported for HTTP_PROXY integrations')
  }
  return { ...common, IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', PayloadFormatVersion: '1.0' }
}
