// Asks the control plane for the names, addresses and routes of a stack's APIs.
import type { AwsCall } from '../client.ts'
import type { DeployedApi } from '../deployed.ts'
import { textMember, type Input } from './input.ts'
import type { Stack } from './stack.ts'

/** The largest page that AWS gives; an API of a template has no more resources or routes. */
const pageSize = 500

/** A row for every stage of every API. */
export async function apisOf(stack: Stack, call: AwsCall): Promise<readonly DeployedApi[]> {
  const rest = stack.ofType('AWS::ApiGateway::RestApi').map(({ made }) => restApi(call, made.ref))
  const http = stack.ofType('AWS::ApiGatewayV2::Api').map(({ made }) => httpApi(call, made.ref))
  return (await Promise.all([...rest, ...http])).flat()
}

async function restApi(call: AwsCall, restApiId: string): Promise<readonly DeployedApi[]> {
  const { name } = await call('apigateway', 'GetRestApi', { restApiId })
  const stages = await call('apigateway', 'GetStages', { restApiId })
  const resources = await call('apigateway', 'GetResources', { restApiId, limit: pageSize })
  const routes = listOf(resources, 'items').flatMap((resource) =>
    Object.keys(resource['resourceMethods'] ?? {}).map((verb) => `${verb} ${textMember(resource, 'path')}`),
  )
  return listOf(stages, 'item').map((stage) => ({
    name: String(name),
    kind: 'REST',
    apiId: restApiId,
    stageName: textMember(stage, 'stageName'),
    routes,
  }))
}

async function httpApi(call: AwsCall, ApiId: string): Promise<readonly DeployedApi[]> {
  const { Name, ProtocolType } = await call('apigatewayv2', 'GetApi', { ApiId })
  const stages = await call('apigatewayv2', 'GetStages', { ApiId, MaxResults: String(pageSize) })
  const routes = listOf(await call('apigatewayv2', 'GetRoutes', { ApiId, MaxResults: String(pageSize) }), 'Items')
  return listOf(stages, 'Items').map((stage) => ({
    name: String(Name),
    kind: ProtocolType === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP',
    apiId: ApiId,
    stageName: textMember(stage, 'StageName'),
    routes: routes.map((route) => textMember(route, 'RouteKey')),
  }))
}

function listOf(answer: Input, name: string): readonly Input[] {
  return (answer[name] ?? []) as readonly Input[]
}
