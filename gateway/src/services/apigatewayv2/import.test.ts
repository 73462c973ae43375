// Importing and reimporting HTTP APIs from OpenAPI.
import { describe, expect, test } from 'vitest'
import { badRequest, lambdaUri, testService } from './testing.ts'

const document = {
  openapi: '3.0.1',
  info: { title: 'pets', version: '1.0', description: 'all of them' },
  servers: [{ url: 'https://example.com/v1' }],
  tags: [{ name: 'team', 'x-amazon-apigateway-tag-value': 'red' }],
  'x-amazon-apigateway-cors': { allowOrigins: ['https://example.com'], maxAge: 60 },
  paths: {
    '/pets': {
      get: {
        operationId: 'listPets',
        security: [{ jwt: ['read'] }],
        'x-amazon-apigateway-integration': {
          type: 'http_proxy',
          httpMethod: 'GET',
          uri: 'http://127.0.0.1:9000/pets',
          payloadFormatVersion: '1.0',
        },
        responses: {},
      },
    },
    '/$default': {
      'x-amazon-apigateway-any-method': {
        isDefaultRoute: true,
        'x-amazon-apigateway-integration': { type: 'aws_proxy', uri: lambdaUri, payloadFormatVersion: '2.0' },
        responses: {},
      },
    },
  },
  components: {
    securitySchemes: {
      jwt: {
        type: 'oauth2',
        'x-amazon-apigateway-authorizer': {
          type: 'jwt',
          identitySource: '$request.header.Authorization',
          jwtConfiguration: { issuer: 'https://issuer.example.com', audience: ['a'] },
        },
      },
    },
  },
}

const Body = JSON.stringify(document)

describe('importing a document', () => {
  test('makes an API with its routes, integrations and authorizers', async () => {
    const service = testService()
    const api = await service.call('ImportApi', { Body })
    const { ApiId = '' } = api
    expect(api).toMatchObject({
      Name: 'pets',
      Description: 'all of them',
      Version: '1.0',
      ProtocolType: 'HTTP',
      ApiEndpoint: `http://${ApiId}.execute-api.localhost:4566`,
      CorsConfiguration: { AllowOrigins: ['https://example.com'], MaxAge: 60 },
      Tags: { team: 'red' },
    })
    const { Items: [authorizer] = [] } = await service.call('GetAuthorizers', { ApiId })
    expect(authorizer).toMatchObject({
      Name: 'jwt',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://issuer.example.com', Audience: ['a'] },
    })
    const { Items: routes = [] } = await service.call('GetRoutes', { ApiId })
    const { Items: integrations = [] } = await service.call('GetIntegrations', { ApiId })
    const targetOf = (type: string) =>
      `integrations/${integrations.find(({ IntegrationType }) => IntegrationType === type)?.IntegrationId}`
    expect(routes.find(({ RouteKey }) => RouteKey === 'GET /pets')).toEqual({
      ApiKeyRequired: false,
      AuthorizationScopes: ['read'],
      AuthorizationType: 'JWT',
      AuthorizerId: authorizer?.AuthorizerId,
      OperationName: 'listPets',
      RouteId: expect.any(String),
      RouteKey: 'GET /pets',
      Target: targetOf('HTTP_PROXY'),
    })
    expect(routes.find(({ RouteKey }) => RouteKey === '$default')).toMatchObject({ Target: targetOf('AWS_PROXY') })
    expect(integrations.find(({ IntegrationType }) => IntegrationType === 'AWS_PROXY')).toMatchObject({
      IntegrationMethod: 'POST',
      IntegrationUri: lambdaUri,
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 30_000,
    })
  })

  test('puts the base path in front of every route when asked', async () => {
    const service = testService()
    const { ApiId = '' } = await service.call('ImportApi', { Body, Basepath: 'prepend' })
    const { Items = [] } = await service.call('GetRoutes', { ApiId })
    expect(Items.map(({ RouteKey }) => RouteKey)).toContain('GET /v1/pets')
  })

  test('the tag _custom_id_ chooses the id', async () => {
    const tags = [{ name: '_custom_id_', 'x-amazon-apigateway-tag-value': 'pets' }]
    const api = await testService().call('ImportApi', { Body: JSON.stringify({ ...document, tags }) })
    expect(api.ApiId).toBe('pets')
  })

  test.each([
    ['no document', '{', 'Invalid OpenAPI input.'],
    ['a Swagger document', '{"swagger":"2.0","info":{"title":"x"},"paths":{}}', 'Invalid OpenAPI input.'],
    [
      'a URL that is none',
      Body.replace('http://127.0.0.1:9000/pets', 'nowhere'),
      'Invalid HTTP endpoint specified for URI',
    ],
    [
      'credentials with every origin',
      Body.replace('["https://example.com"],', '["*"],"allowCredentials":true,'),
      "allow-credentials is not supported if 'allow-origin' is *",
    ],
  ])('%s is refused, and nothing is made', async (_what, text, message) => {
    const service = testService()
    await expect(service.call('ImportApi', { Body: text })).rejects.toMatchObject(badRequest(message))
    expect(await service.call('GetApis', {})).toEqual({ Items: [] })
  })

  test('a base path mode that is none is refused', async () => {
    await expect(testService().call('ImportApi', { Body, Basepath: 'drop' })).rejects.toMatchObject(
      badRequest('Invalid basepath specified. Must be one of [ignore, prepend, split]'),
    )
  })

  test('an authorizer that cannot be made is left out with its routes, and both are told', async () => {
    const service = testService()
    const text = Body.replace('"issuer":"https://issuer.example.com"', '"issuer":""')
    const { ApiId = '', Warnings } = await service.call('ImportApi', { Body: text })
    expect(Warnings).toEqual([
      "Unable to create Authorizer 'jwt': Invalid issuer: Issuer can not be empty for JWT Authorizer.. Ignoring.",
      "Unable to put method 'GET' on resource at path '/pets': Invalid authorizer definition. Setting the authorization type to JWT requires a valid authorizer. Ignoring.",
    ])
    expect((await service.call('GetAuthorizers', { ApiId })).Items).toEqual([])
    expect((await service.call('GetRoutes', { ApiId })).Items?.map(({ RouteKey }) => RouteKey)).toEqual(['$default'])
  })

  test('warnings are told, and fail the import when asked', async () => {
    const service = testService()
    const { info: _info, ...untitled } = document
    const text = JSON.stringify(untitled)
    const { ApiId, Name, Warnings } = await service.call('ImportApi', { Body: text })
    expect(Warnings).not.toEqual([])
    expect(Name).toBe(ApiId)
    await expect(service.call('ImportApi', { Body: text, FailOnWarnings: true })).rejects.toMatchObject(
      badRequest(`Warnings found during import:${(Warnings ?? []).map((warning) => `\n\t${warning}`).join('')}`),
    )
  })
})

test('a schema that a body refers to and the document does not have is warned of', async () => {
  const schema = { $ref: '#/components/schemas/Missing' }
  const operation = {
    ...document.paths['/pets'].get,
    responses: { 200: { description: 'd', content: { 'application/json': { schema } } } },
  }
  const text = JSON.stringify({ ...document, paths: { '/pets': { get: operation } } })
  const sentence =
    "Parse issue: attribute paths.'/pets'(get).responses.200.content.schema.#/components/schemas/Missing is missing"
  const service = testService()
  expect((await service.call('ImportApi', { Body: text })).Warnings).toEqual([sentence])
  await expect(service.call('ImportApi', { Body: text, FailOnWarnings: true })).rejects.toMatchObject(
    badRequest(`Warnings found during import:\n\t${sentence}`),
  )
})

describe('importing over an API', () => {
  test('replaces what the document describes, keeps id and stages, and deploys', async () => {
    const service = testService()
    const { ApiId = '' } = await service.call('ImportApi', { Body })
    const stage = { ApiId, StageName: '$default' }
    const before = await service.call('CreateStage', { ...stage, AutoDeploy: true, StageVariables: { a: '1' } })
    const path = {
      get: { 'x-amazon-apigateway-integration': document.paths['/pets'].get['x-amazon-apigateway-integration'] },
    }
    const smaller = { openapi: '3.0.1', info: { title: 'cats', version: '2' }, paths: { '/cats': path } }
    const api = await service.call('ReimportApi', { ApiId, Body: JSON.stringify(smaller) })
    expect(api).toMatchObject({ ApiId, Name: 'cats', Version: '2', Tags: { team: 'red' } })
    expect(api).not.toHaveProperty('CorsConfiguration')
    expect(api).not.toHaveProperty('Description')
    expect((await service.call('GetRoutes', { ApiId })).Items?.map(({ RouteKey }) => RouteKey)).toEqual(['GET /cats'])
    expect((await service.call('GetAuthorizers', { ApiId })).Items).toEqual([])
    const after = await service.call('GetStage', stage)
    expect(after.StageVariables).toEqual({ a: '1' })
    expect(after.DeploymentId).not.toBe(before.DeploymentId)
  })

  test('is refused for a WebSocket API', async () => {
    const service = testService()
    const input = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: 'x' } as const
    const { ApiId = '' } = await service.call('CreateApi', input)
    await expect(service.call('ReimportApi', { ApiId, Body })).rejects.toMatchObject(
      badRequest('Import is not supported for WebSocket APIs'),
    )
  })
})
