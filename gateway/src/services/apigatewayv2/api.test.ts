// APIs of the v2 control plane: creating, changing, deleting, defaults and refusals.
import { describe, expect, test } from 'vitest'
import { apiWithRoute, badRequest, conflict, lambdaArn, notFound, testService } from './testing.ts'

const created = 1_700_000_000

describe('creating an API', () => {
  test('an HTTP API gets the defaults of its protocol', async () => {
    const service = testService()
    const api = await service.call('CreateApi', { Name: 'pets', ProtocolType: 'HTTP' })
    expect(api).toEqual({
      ApiEndpoint: `http://${api.ApiId}.execute-api.localhost:4566`,
      ApiId: expect.stringMatching(/^[a-z0-9]{10}$/),
      ApiKeySelectionExpression: '$request.header.x-api-key',
      CreatedDate: created,
      DisableExecuteApiEndpoint: false,
      IpAddressType: 'ipv4',
      Name: 'pets',
      ProtocolType: 'HTTP',
      RouteSelectionExpression: '$request.method $request.path',
      Tags: {},
    })
    expect(await service.call('GetApi', { ApiId: api.ApiId ?? '' })).toEqual(api)
  })

  test('a WebSocket API is reached at a ws address', async () => {
    const service = testService()
    const input = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' } as const
    const { ApiEndpoint, ApiId } = await service.call('CreateApi', input)
    expect(ApiEndpoint).toBe(`ws://${ApiId}.execute-api.localhost:4566`)
  })

  test('the tag _custom_id_ chooses the id, once', async () => {
    const service = testService()
    const input = { Name: 'pets', ProtocolType: 'HTTP', Tags: { _custom_id_: 'pets' } } as const
    const { ApiId, Tags } = await service.call('CreateApi', input)
    expect({ ApiId, Tags }).toEqual({ ApiId: 'pets', Tags: { _custom_id_: 'pets' } })
    await expect(service.call('CreateApi', input)).rejects.toMatchObject(
      conflict('An API with the identifier pets already exists'),
    )
    await service.call('DeleteApi', { ApiId: 'pets' })
    expect((await service.call('CreateApi', input)).ApiId).toBe('pets')
  })

  test('keeps the methods of CORS as they are written', async () => {
    const CorsConfiguration = { AllowMethods: ['GET', 'put'], AllowOrigins: ['HTTP://WWW.EXAMPLE.ORG'] }
    const created = testService().call('CreateApi', { Name: 'pets', ProtocolType: 'HTTP', CorsConfiguration })
    expect((await created).CorsConfiguration).toEqual(CorsConfiguration)
  })

  test.each([
    [{ Name: '' }, 'Invalid API name specified'],
    [{ Name: 'x'.repeat(129) }, 'Name must be between 1 and 128 characters long.'],
    [{ ProtocolType: 'REST' as 'HTTP' }, 'Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]'],
    [{ Description: 'x'.repeat(1025) }, 'Description must be between 0 and 1024 characters long.'],
    [{ DisableSchemaValidation: true }, 'DisableSchemaValidation is not supported for HTTP APIs'],
    [
      { RouteSelectionExpression: '$request.body.action' },
      'Route selection expression is currently limited to "${request.method} ${request.path}"',
    ],
    [
      { CorsConfiguration: { AllowOrigins: ['*'], AllowCredentials: true } },
      "allow-credentials is not supported if 'allow-origin' is *",
    ],
    [
      { CorsConfiguration: { AllowOrigins: ['example.com'] } },
      'Invalid origin specified: example.com. Format should be "*", "<scheme>://*" or "<scheme>://<host>[:<port>]"',
    ],
    [{ CorsConfiguration: { AllowMethods: ['FETCH'] } }, 'Invalid method specified: FETCH'],
    [{ RouteKey: 'GET /pets' }, 'Target is a required parameter for quick create'],
    [{ Target: 'ftp://example.com' }, 'Invalid HTTP endpoint specified for URI'],
    [{ Target: 'arn:aws:sqs:us-east-1:000000000000:queue' }, 'Invalid ARN specified in the request'],
    [
      { Target: 'http://example.com', CredentialsArn: 'arn:aws:iam::000000000000:role/r' },
      'CredentialsArn is not supported for HTTP_PROXY integrations',
    ],
  ])('%j is refused for an HTTP API', async (members, message) => {
    const call = testService().call('CreateApi', { Name: 'pets', ProtocolType: 'HTTP', ...members })
    await expect(call).rejects.toMatchObject(badRequest(message))
  })

  test.each([
    [{}, 'Invalid routeSelectionExpression'],
    [
      { RouteSelectionExpression: '${request.header.x}' },
      'Invalid RouteSelectionExpression specified. Variables must start with $request.body',
    ],
    [
      { RouteSelectionExpression: 'x', CorsConfiguration: { AllowOrigins: ['*'] } },
      'Cors is not supported for WEBSOCKET protocolType',
    ],
    [{ RouteSelectionExpression: 'x', Target: 'http://example.com' }, 'Target is not supported for WebSocket APIs'],
  ])('%j is refused for a WebSocket API', async (members, message) => {
    const call = testService().call('CreateApi', { Name: 'chat', ProtocolType: 'WEBSOCKET', ...members })
    await expect(call).rejects.toMatchObject(badRequest(message))
  })

  test.each(['$request.body.action', '${request.body.a}/${request.body.b}', 'join', '\\$default'])(
    '%s selects routes of a WebSocket API',
    async (RouteSelectionExpression) => {
      const input = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression } as const
      expect((await testService().call('CreateApi', input)).RouteSelectionExpression).toBe(RouteSelectionExpression)
    },
  )
})

describe('quick create', () => {
  test('a function becomes a managed integration, route and stage, and is deployed', async () => {
    const service = testService()
    const { ApiId = '' } = await service.call('CreateApi', { Name: 'pets', ProtocolType: 'HTTP', Target: lambdaArn })
    const { Items: [integration] = [] } = await service.call('GetIntegrations', { ApiId })
    const { Items: [route] = [] } = await service.call('GetRoutes', { ApiId })
    const { Items: [stage] = [] } = await service.call('GetStages', { ApiId })
    const { Items: [deployment] = [] } = await service.call('GetDeployments', { ApiId })
    expect(integration).toEqual({
      ApiGatewayManaged: true,
      ConnectionType: 'INTERNET',
      IntegrationId: expect.stringMatching(/^[a-z0-9]{7}$/),
      IntegrationMethod: 'POST',
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: lambdaArn,
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 30_000,
    })
    expect(route).toEqual({
      ApiGatewayManaged: true,
      ApiKeyRequired: false,
      AuthorizationType: 'NONE',
      RouteId: expect.stringMatching(/^[a-z0-9]{7}$/),
      RouteKey: '$default',
      Target: `integrations/${integration?.IntegrationId}`,
    })
    expect(stage).toEqual({
      ApiGatewayManaged: true,
      AutoDeploy: true,
      CreatedDate: created,
      DefaultRouteSettings: { DetailedMetricsEnabled: false },
      DeploymentId: deployment?.DeploymentId,
      LastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${deployment?.DeploymentId}'`,
      LastUpdatedDate: created,
      RouteSettings: {},
      StageName: '$default',
      StageVariables: {},
      Tags: {},
    })
    expect(deployment).toEqual({
      AutoDeployed: true,
      CreatedDate: created,
      DeploymentId: expect.stringMatching(/^[a-z0-9]{6}$/),
      DeploymentStatus: 'DEPLOYED',
      Description: 'Automatic deployment triggered by changes to the Api configuration',
    })
  })

  test('its target changes from a function to a URL, its route key with it', async () => {
    const service = testService()
    const { ApiId = '' } = await service.call('CreateApi', { Name: 'pets', ProtocolType: 'HTTP', Target: lambdaArn })
    await service.call('UpdateApi', { ApiId, Target: 'http://127.0.0.1:9000/', RouteKey: 'ANY /pets' })
    const { Items: [integration] = [] } = await service.call('GetIntegrations', { ApiId })
    const { Items: [route] = [] } = await service.call('GetRoutes', { ApiId })
    expect(integration).toMatchObject({
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'ANY',
      PayloadFormatVersion: '1.0',
    })
    expect(route).toMatchObject({ RouteKey: 'ANY /pets', ApiGatewayManaged: true })
  })

  test('its target changes and keeps what else was set, until the type changes', async () => {
    const service = testService()
    const CredentialsArn = 'arn:aws:iam::000000000000:role/r'
    const input = { Name: 'pets', ProtocolType: 'HTTP', Target: lambdaArn, CredentialsArn } as const
    const { ApiId = '' } = await service.call('CreateApi', input)
    const integration = async () => (await service.call('GetIntegrations', { ApiId })).Items?.[0]
    const { IntegrationId = '' } = (await integration()) ?? {}
    await service.call('UpdateIntegration', { ApiId, IntegrationId, TimeoutInMillis: 50 })
    await service.call('UpdateApi', { ApiId, Target: `${lambdaArn}2` })
    expect(await integration()).toMatchObject({ IntegrationUri: `${lambdaArn}2`, TimeoutInMillis: 50, CredentialsArn })
    await service.call('UpdateApi', { ApiId, Target: 'http://127.0.0.1:9000/' })
    expect(await integration()).not.toHaveProperty('CredentialsArn')
    expect(await integration()).toMatchObject({ IntegrationId, TimeoutInMillis: 30_000 })
  })

  test('its children are not deleted one by one, nor its route renamed', async () => {
    const service = testService()
    const { ApiId = '' } = await service.call('CreateApi', { Name: 'pets', ProtocolType: 'HTTP', Target: lambdaArn })
    const { Items: [integration] = [] } = await service.call('GetIntegrations', { ApiId })
    const { Items: [route] = [] } = await service.call('GetRoutes', { ApiId })
    const { IntegrationId = '' } = integration ?? {}
    const { RouteId = '' } = route ?? {}
    await expect(service.call('DeleteIntegration', { ApiId, IntegrationId })).rejects.toMatchObject(
      badRequest('Cannot delete Integration because it is managed by API Gateway'),
    )
    await expect(service.call('DeleteRoute', { ApiId, RouteId })).rejects.toMatchObject(
      badRequest('Cannot delete Route because it is managed by API Gateway'),
    )
    await expect(service.call('UpdateRoute', { ApiId, RouteId, RouteKey: 'GET /x' })).rejects.toMatchObject(
      badRequest('Cannot update Route because it is managed by API Gateway'),
    )
    await expect(service.call('DeleteStage', { ApiId, StageName: '$default' })).rejects.toMatchObject(
      badRequest('Cannot delete Stage because it is managed by API Gateway'),
    )
  })

  test('an API of another kind has no target to update', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await expect(service.call('UpdateApi', { ApiId, Target: lambdaArn })).rejects.toMatchObject(
      badRequest('Target, RouteKey and CredentialsArn can only be updated for quick create APIs'),
    )
  })
})

describe('an API that exists', () => {
  test('an update changes what it names, and an empty text clears', async () => {
    const service = testService()
    const input = { Name: 'pets', ProtocolType: 'HTTP', Description: 'd', Version: '1' } as const
    const { ApiId = '' } = await service.call('CreateApi', input)
    const updated = await service.call('UpdateApi', { ApiId, Description: '', Version: '2' })
    expect(updated).toMatchObject({ Name: 'pets', Version: '2' })
    expect(updated).not.toHaveProperty('Description')
    await expect(service.call('UpdateApi', { ApiId, Name: '' })).rejects.toMatchObject(
      badRequest('Invalid API name specified'),
    )
  })

  test('its CORS configuration is replaced whole and deleted by its own operation', async () => {
    const service = testService()
    const cors = { AllowOrigins: ['https://example.com'], MaxAge: 5 }
    const { ApiId = '' } = await service.call('CreateApi', { Name: 'p', ProtocolType: 'HTTP', CorsConfiguration: cors })
    const changed = await service.call('UpdateApi', { ApiId, CorsConfiguration: { AllowMethods: ['GET'] } })
    expect(changed.CorsConfiguration).toEqual({ AllowMethods: ['GET'] })
    await service.call('DeleteCorsConfiguration', { ApiId })
    expect(await service.call('GetApi', { ApiId })).not.toHaveProperty('CorsConfiguration')
  })

  test('deleting it deletes all that is below it, snapshots too', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true })
    const reader = service.store.read(service.scope)
    expect(await reader.list('Snapshot', [])).toHaveLength(1)
    await service.call('DeleteApi', { ApiId })
    for (const kind of ['V2Api', 'V2Route', 'V2Integration', 'V2Stage', 'V2Deployment', 'Snapshot'] as const) {
      expect(await reader.list(kind, []), kind).toEqual([])
    }
    expect(await reader.claimed('api', ApiId)).toBeUndefined()
  })

  test('one that does not exist is not found, by any operation', async () => {
    const { call } = testService()
    const missing = notFound('Invalid API identifier specified 000000000000:nothere')
    await expect(call('GetApi', { ApiId: 'nothere' })).rejects.toMatchObject(missing)
    await expect(call('GetRoute', { ApiId: 'nothere', RouteId: 'r' })).rejects.toMatchObject(missing)
    await expect(call('GetStages', { ApiId: 'nothere' })).rejects.toMatchObject(missing)
    await expect(call('DeleteApi', { ApiId: '__proto__' })).rejects.toMatchObject(
      notFound('Invalid API identifier specified 000000000000:__proto__'),
    )
  })
})

describe('pages of APIs', () => {
  test('go on after the last that was shown, even when it is gone', async () => {
    const { call } = testService()
    for (const id of ['a', 'b', 'c']) {
      await call('CreateApi', { Name: id, ProtocolType: 'HTTP', Tags: { _custom_id_: id } })
    }
    const first = await call('GetApis', { MaxResults: '2' })
    expect(first.Items?.map(({ ApiId }) => ApiId)).toEqual(['a', 'b'])
    await call('DeleteApi', { ApiId: 'b' })
    const second = await call('GetApis', { MaxResults: '2', NextToken: first.NextToken })
    expect(second.Items?.map(({ ApiId }) => ApiId)).toEqual(['c'])
    expect(second).not.toHaveProperty('NextToken')
  })

  test.each(['0', '-1', 'ten'])('a size of %s is refused', async (MaxResults) => {
    await expect(testService().call('GetApis', { MaxResults })).rejects.toMatchObject({ code: 'BadRequestException' })
  })

  test('a token that is none is refused', async () => {
    await expect(testService().call('GetApis', { NextToken: 'none' })).rejects.toMatchObject({
      code: 'BadRequestException',
    })
  })
})

describe('tags', () => {
  test('are added, replaced and taken away by ARN', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service, { a: '1' })
    const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}`
    await service.call('TagResource', { ResourceArn, Tags: { a: '2', b: '3' } })
    expect(await service.call('GetTags', { ResourceArn })).toEqual({ Tags: { a: '2', b: '3' } })
    await service.call('UntagResource', { ResourceArn, TagKeys: ['a', 'absent'] })
    expect((await service.call('GetApi', { ApiId })).Tags).toEqual({ b: '3' })
  })

  test('belong to stages too, and do not deploy', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const { DeploymentId } = await service.call('CreateStage', { ApiId, StageName: 'dev', AutoDeploy: true })
    const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages/dev`
    await service.call('TagResource', { ResourceArn, Tags: { a: '1' } })
    await service.call('TagResource', { ResourceArn: ResourceArn.replace('/stages/dev', ''), Tags: { a: '1' } })
    expect(await service.call('GetStage', { ApiId, StageName: 'dev' })).toMatchObject({
      DeploymentId,
      Tags: { a: '1' },
    })
  })

  test.each([
    'arn:aws:apigateway:us-east-1::/apis/x/routes/y',
    'arn:aws:apigateway:eu-west-1::/apis/x',
    'arn:aws:lambda:us-east-1::/apis/x',
    'x',
  ])('%s is no ARN of a tagged resource', async (ResourceArn) => {
    await expect(testService().call('GetTags', { ResourceArn })).rejects.toMatchObject(
      badRequest('Invalid ARN specified in the request'),
    )
  })

  test('keys of AWS are refused', async () => {
    const call = testService().call('CreateApi', { Name: 'p', ProtocolType: 'HTTP', Tags: { 'aws:x': '1' } })
    await expect(call).rejects.toMatchObject({ code: 'BadRequestException' })
  })
})
