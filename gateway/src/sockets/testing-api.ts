// WebSocket APIs for tests, made through the SDK from a short plan of their routes.
import {
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateIntegrationResponseCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
  UpdateStageCommand,
  type ApiGatewayV2Client,
  type CreateApiCommandInput,
  type CreateIntegrationCommandInput,
  type CreateIntegrationResponseCommandInput,
  type CreateRouteCommandInput,
} from '@aws-sdk/client-apigatewayv2'
import type { Place } from './testing.ts'

export interface RoutePlan extends Partial<Omit<CreateRouteCommandInput, 'ApiId' | 'RouteKey' | 'Target'>> {
  readonly integration?: Omit<CreateIntegrationCommandInput, 'ApiId'>
  readonly responses?: readonly Omit<CreateIntegrationResponseCommandInput, 'ApiId' | 'IntegrationId'>[]
  /** Whether the route answers its caller. */
  readonly isTwoWay?: boolean
}

export interface ApiPlan {
  readonly api?: Partial<CreateApiCommandInput>
  readonly variables?: Record<string, string>
  readonly routes: Readonly<Record<string, RoutePlan>>
}

/** A WebSocket API with a stage `dev` that serves these routes; resolves with its id. */
export async function createSocketApi({ v2 }: Pick<Place, 'v2'>, plan: ApiPlan): Promise<string> {
  const { ApiId = '' } = await v2.send(
    new CreateApiCommand({
      Name: 'sockets',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
      ...plan.api,
    }),
  )
  for (const [RouteKey, route] of Object.entries(plan.routes)) await createRoute(v2, ApiId, RouteKey, route)
  await v2.send(new CreateStageCommand({ ApiId, StageName: 'dev', StageVariables: plan.variables }))
  await deploy({ v2 }, ApiId)
  return ApiId
}

/** Points the stage `dev` at what the API is now. */
export async function deploy({ v2 }: Pick<Place, 'v2'>, ApiId: string): Promise<void> {
  const { DeploymentId } = await v2.send(new CreateDeploymentCommand({ ApiId }))
  await v2.send(new UpdateStageCommand({ ApiId, StageName: 'dev', DeploymentId }))
}

export async function createRoute(
  v2: ApiGatewayV2Client,
  ApiId: string,
  RouteKey: string,
  { integration, responses = [], isTwoWay = false, ...more }: RoutePlan,
): Promise<void> {
  let Target: string | undefined
  if (integration !== undefined) {
    const { IntegrationId = '' } = await v2.send(new CreateIntegrationCommand({ ApiId, ...integration }))
    Target = `integrations/${IntegrationId}`
    for (const response of responses) {
      await v2.send(new CreateIntegrationResponseCommand({ ApiId, IntegrationId, ...response }))
    }
  }
  const selection = isTwoWay ? { RouteResponseSelectionExpression: '$default' } : {}
  const { RouteId = '' } = await v2.send(new CreateRouteCommand({ ApiId, RouteKey, Target, ...selection, ...more }))
  if (isTwoWay) await v2.send(new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default' }))
}

/** A MOCK that answers a status, and its text on two-way routes. */
export function mocked(statusCode: number, text = ''): Pick<RoutePlan, 'integration' | 'responses'> {
  return {
    integration: { IntegrationType: 'MOCK', RequestTemplates: { $default: `{"statusCode": ${statusCode}}` } },
    responses: [
      { IntegrationResponseKey: '$default', ...(text === '' ? {} : { ResponseTemplates: { $default: text } }) },
    ],
  }
}

/** A function as a proxy. */
export function functionProxy(name: string): Pick<RoutePlan, 'integration'> {
  const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`
  const IntegrationUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`
  return { integration: { IntegrationType: 'AWS_PROXY', IntegrationUri } }
}

/** A server as a proxy. */
export function serverProxy(IntegrationUri: string): Pick<RoutePlan, 'integration'> {
  return { integration: { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'POST', IntegrationUri } }
}
