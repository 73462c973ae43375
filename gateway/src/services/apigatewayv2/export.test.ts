// Exporting HTTP APIs as OpenAPI.
import { describe, expect, test } from 'vitest'
import { apiWithRoute, badRequest, lambdaArn, lambdaUri, notFound, testService, type TestService } from './testing.ts'

async function exported(
  service: TestService,
  ApiId: string,
  more: { StageName?: string; IncludeExtensions?: boolean } = {},
) {
  const { body } = await service.call('ExportApi', { ApiId, Specification: 'OAS30', OutputType: 'JSON', ...more })
  return new TextDecoder().decode(body)
}

/** An API with something of everything that a document can say. */
async function fullApi(service: TestService): Promise<string> {
  const { ApiId = '' } = await service.call('CreateApi', {
    Name: 'pets',
    ProtocolType: 'HTTP',
    Description: 'all of them',
    Version: '2',
    DisableExecuteApiEndpoint: true,
    CorsConfiguration: { AllowOrigins: ['https://example.com'], AllowCredentials: true, MaxAge: 60 },
    Tags: { team: 'red' },
  })
  const integrate = async (input: object) => {
    const { IntegrationId } = await service.call('CreateIntegration', { ApiId, IntegrationType: 'AWS_PROXY', ...input })
    return `integrations/${IntegrationId}`
  }
  const lambda = await integrate({ IntegrationUri: lambdaArn, PayloadFormatVersion: '2.0', TimeoutInMillis: 1000 })
  const queue = await integrate({
    IntegrationSubtype: 'SQS-SendMessage',
    PayloadFormatVersion: '1.0',
    CredentialsArn: 'arn:aws:iam::000000000000:role/r',
    RequestParameters: { QueueUrl: 'https://queue', MessageBody: '$request.body' },
    ResponseParameters: { '200': { 'overwrite:statuscode': '202' } },
  })
  const proxy = { IntegrationType: 'HTTP_PROXY', IntegrationMethod: 'ANY', PayloadFormatVersion: '1.0' }
  const web = await integrate({
    ...proxy,
    IntegrationUri: 'https://example.com/{id}',
    RequestParameters: { 'append:header.a': '$request.path.id', 'remove:querystring.b': "''" },
  })
  const { VpcLinkId: ConnectionId } = await service.call('CreateVpcLink', { Name: 'link', SubnetIds: ['subnet-1'] })
  const hidden = await integrate({
    ...proxy,
    IntegrationUri: 'http://orders.internal:8443',
    ConnectionType: 'VPC_LINK',
    ConnectionId,
    TlsConfig: { ServerNameToVerify: 'orders.internal' },
  })
  const { AuthorizerId: jwt } = await service.call('CreateAuthorizer', {
    ApiId,
    Name: 'jwt',
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Issuer: 'https://issuer.example.com', Audience: ['a'] },
  })
  const { AuthorizerId: custom } = await service.call('CreateAuthorizer', {
    ApiId,
    Name: 'custom',
    AuthorizerType: 'REQUEST',
    AuthorizerUri: lambdaUri,
    AuthorizerPayloadFormatVersion: '2.0',
    EnableSimpleResponses: true,
    AuthorizerResultTtlInSeconds: 300,
    IdentitySource: ['$request.header.X'],
  })
  const routes = [
    { RouteKey: '$default', Target: lambda },
    { RouteKey: 'PUT /pets/{id}', Target: web },
    { RouteKey: 'GET /orders', Target: hidden },
    { RouteKey: 'ANY /pets/{id+}', Target: lambda, AuthorizationType: 'AWS_IAM' },
    {
      RouteKey: 'GET /pets',
      Target: lambda,
      AuthorizationType: 'JWT',
      AuthorizerId: jwt,
      AuthorizationScopes: ['read'],
    },
    { RouteKey: 'POST /pets', Target: queue, AuthorizationType: 'CUSTOM', AuthorizerId: custom, OperationName: 'add' },
  ] as const
  for (const route of routes) await service.call('CreateRoute', { ApiId, ...route })
  return ApiId
}

/** All that a document describes of an API, without ids. */
async function contents(service: TestService, ApiId: string) {
  const { Items: routes = [] } = await service.call('GetRoutes', { ApiId })
  const { Items: integrations = [] } = await service.call('GetIntegrations', { ApiId })
  const { Items: authorizers = [] } = await service.call('GetAuthorizers', { ApiId })
  const { Name, Description, Version, DisableExecuteApiEndpoint, CorsConfiguration, Tags } = await service.call(
    'GetApi',
    {
      ApiId,
    },
  )
  const described = routes.map(({ RouteId: _id, Target, AuthorizerId, ...route }) => {
    const integration = integrations.find(({ IntegrationId }) => Target === `integrations/${IntegrationId}`)
    const authorizer = authorizers.find((other) => other.AuthorizerId === AuthorizerId)
    return {
      ...route,
      integration: { ...integration, IntegrationId: undefined },
      authorizer: { ...authorizer, AuthorizerId: undefined },
    }
  })
  const api = { Name, Description, Version, DisableExecuteApiEndpoint, CorsConfiguration, Tags }
  return { api, routes: described.sort((a, b) => a.RouteKey.localeCompare(b.RouteKey)) }
}

describe('exporting an API', () => {
  test('gives a document from which the same API can be made', async () => {
    const service = testService()
    const first = await fullApi(service)
    const { ApiId: second = '' } = await service.call('ImportApi', {
      Body: await exported(service, first),
      FailOnWarnings: true,
    })
    expect(await contents(service, second)).toEqual(await contents(service, first))
  })

  test('names the address and, for a stage, what was deployed there', async () => {
    const service = testService()
    const { ApiId, RouteId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    await service.call('CreateDeployment', { ApiId, StageName: 'dev' })
    await service.call('UpdateRoute', { ApiId, RouteId, RouteKey: 'GET /cats' })
    const deployed = JSON.parse(await exported(service, ApiId, { StageName: 'dev' })) as Record<string, unknown>
    expect(deployed['servers']).toEqual([
      {
        url: `http://${ApiId}.execute-api.localhost:4566/{basePath}`,
        variables: { basePath: { default: 'dev' } },
      },
    ])
    expect(Object.keys(deployed['paths'] as object)).toEqual(['/pets'])
    const current = JSON.parse(await exported(service, ApiId, { IncludeExtensions: false })) as Record<string, unknown>
    expect(current).toMatchObject({
      openapi: '3.0.1',
      info: { title: 'pets', version: '2023-11-14T22:13:20Z' },
      servers: [
        { url: `http://${ApiId}.execute-api.localhost:4566/{basePath}`, variables: { basePath: { default: '' } } },
      ],
    })
    expect(current['paths']).toEqual({
      '/cats': { get: { responses: { default: { description: 'Default response for GET /cats' } } } },
    })
  })

  test('is refused for a stage without a deployment, and for what no document can say', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: 'dev' })
    const input = { ApiId, Specification: 'OAS30', OutputType: 'YAML' }
    await expect(service.call('ExportApi', { ...input, StageName: 'dev' })).rejects.toMatchObject(
      notFound('Invalid Deployment identifier specified'),
    )
    await expect(service.call('ExportApi', { ...input, Specification: 'OAS20' })).rejects.toMatchObject(
      badRequest('Invalid specification specified. Must be one of [OAS30]'),
    )
    await expect(service.call('ExportApi', { ...input, OutputType: 'XML' })).rejects.toMatchObject(
      badRequest('Invalid outputType specified. Must be one of [JSON, YAML]'),
    )
  })
})
