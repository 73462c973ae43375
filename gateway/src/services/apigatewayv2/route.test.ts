// Routes: the grammar of their keys, their uniqueness, what they point at.
import { describe, expect, test } from 'vitest'
import { apiWithRoute, badRequest, conflict, lambdaUri, notFound, testService, type TestService } from './testing.ts'

async function webSocketApi(service: TestService): Promise<string> {
  const input = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' } as const
  return (await service.call('CreateApi', input)).ApiId ?? ''
}

const malformed = badRequest(
  'The provided route key is not formatted properly for HTTP protocol. Format should be "[HTTP METHOD] /[RESOURCE PATH]" or "$default"',
)

describe('the key of an HTTP route', () => {
  test.each(['$default', 'GET /', 'ANY /pets/{id}', 'POST /a/{b}/{c+}', 'HEAD /A.b-c_d~'])(
    '%s is one',
    async (RouteKey) => {
      const service = testService()
      const { ApiId } = await apiWithRoute(service)
      expect(await service.call('CreateRoute', { ApiId, RouteKey })).toEqual({
        ApiKeyRequired: false,
        AuthorizationType: 'NONE',
        RouteId: expect.stringMatching(/^[a-z0-9]{7}$/),
        RouteKey,
      })
    },
  )

  test.each([
    'GET',
    'get /pets',
    'GET pets',
    'GET  /pets',
    'TRACE /pets',
    '$connect',
    'GET /a{b}',
    'GET /{a+}/b',
    'GET /{a}/{a}',
    'GET /{}',
    'GET /a?b',
    'GET /a#b',
    `GET /${'x'.repeat(512)}`,
  ])('%s is none', async (RouteKey) => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await expect(service.call('CreateRoute', { ApiId, RouteKey })).rejects.toMatchObject(malformed)
  })

  test('is taken when another differs only in the names of its variables', async () => {
    const service = testService()
    const { ApiId, RouteId } = await apiWithRoute(service)
    await service.call('CreateRoute', { ApiId, RouteKey: 'GET /a/{x}' })
    await service.call('CreateRoute', { ApiId, RouteKey: 'GET /a/{x+}' })
    await expect(service.call('CreateRoute', { ApiId, RouteKey: 'GET /a/{y}' })).rejects.toMatchObject(
      conflict('Route with key GET /a/{y} already exists for this API'),
    )
    await expect(service.call('UpdateRoute', { ApiId, RouteId, RouteKey: 'GET /a/{z}' })).rejects.toMatchObject(
      conflict('Route with key GET /a/{z} already exists for this API'),
    )
    expect(await service.call('UpdateRoute', { ApiId, RouteId, RouteKey: 'GET /pets' })).toMatchObject({ RouteId })
  })
})

describe('the key of a WebSocket route', () => {
  test.each(['$connect', '$disconnect', '$default', 'join', 'GET /x', 'a b'])('%s is one', async (RouteKey) => {
    const service = testService()
    expect(await service.call('CreateRoute', { ApiId: await webSocketApi(service), RouteKey })).toMatchObject({
      RouteKey,
    })
  })

  test.each(['$other', 'x'.repeat(129)])('%s is none', async (RouteKey) => {
    const service = testService()
    await expect(service.call('CreateRoute', { ApiId: await webSocketApi(service), RouteKey })).rejects.toMatchObject(
      badRequest('The provided route key is not formatted properly for WEBSOCKET protocol'),
    )
  })
})

test('a route needs a key', async () => {
  const service = testService()
  const required = badRequest('Route key is required')
  for (const ApiId of [await webSocketApi(service), (await apiWithRoute(service)).ApiId]) {
    await expect(service.call('CreateRoute', { ApiId, RouteKey: '' })).rejects.toMatchObject(required)
  }
})

describe('what an HTTP route may be', () => {
  test.each([
    [
      { ApiKeyRequired: true },
      'ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route null',
    ],
    [{ ModelSelectionExpression: '$default' }, 'ModelSelectionExpression is not supported for HTTP APIs'],
    [
      { RequestParameters: { 'route.request.header.x': { Required: true } } },
      'RequestParameters is not supported for HTTP APIs',
    ],
    [
      { Target: 'x' },
      'Unexpected or malformed target in route null. Correct format should be integrations/<integration_id>.',
    ],
    [{ OperationName: 'x'.repeat(65) }, 'OperationName must be between 1 and 64 characters long.'],
    [
      { AuthorizationType: 'JWT' as const },
      'Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.',
    ],
    [
      { AuthorizationType: 'CUSTOM' as const, AuthorizerId: 'gone' },
      'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
    ],
    [
      { AuthorizationScopes: ['read'] },
      'Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types',
    ],
  ])('%j is refused', async (members, message) => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await expect(service.call('CreateRoute', { ApiId, RouteKey: 'GET /x', ...members })).rejects.toMatchObject(
      badRequest(message),
    )
  })

  test('a target must exist', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const input = { ApiId, RouteKey: 'GET /x', Target: 'integrations/none' }
    await expect(service.call('CreateRoute', input)).rejects.toMatchObject(
      notFound('Invalid Integration identifier specified'),
    )
  })

  test('defaults of WebSocket members say nothing', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    const input = { ApiId, RouteKey: 'GET /x', ApiKeyRequired: false, RequestModels: {} }
    expect(await service.call('CreateRoute', input)).toMatchObject({ RouteKey: 'GET /x' })
  })
})

describe('an authorizer of a route', () => {
  const jwt = {
    Name: 'jwt',
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Issuer: 'https://issuer.example.com', Audience: ['a'] },
  } as const

  test('must be of the kind that the route asks for', async () => {
    const service = testService()
    const { ApiId, RouteId } = await apiWithRoute(service)
    const { AuthorizerId } = await service.call('CreateAuthorizer', { ApiId, ...jwt })
    await expect(
      service.call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'CUSTOM', AuthorizerId }),
    ).rejects.toMatchObject({ code: 'BadRequestException' })
    const input = { ApiId, RouteId, AuthorizationType: 'JWT', AuthorizerId, AuthorizationScopes: ['read'] } as const
    expect(await service.call('UpdateRoute', input)).toMatchObject({ AuthorizerId, AuthorizationScopes: ['read'] })
  })

  test('is not deleted while a route has it, and is let go of by a route without authorization', async () => {
    const service = testService()
    const { ApiId, RouteId } = await apiWithRoute(service)
    const { AuthorizerId = '' } = await service.call('CreateAuthorizer', { ApiId, ...jwt })
    const scopes = { AuthorizationScopes: ['read'] }
    await service.call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'JWT', AuthorizerId, ...scopes })
    await expect(service.call('DeleteAuthorizer', { ApiId, AuthorizerId })).rejects.toMatchObject(
      conflict(`Cannot delete authorizer '${jwt.Name}', is referenced in route: GET /pets`),
    )
    await service.call('UpdateRoute', { ApiId, RouteId, AuthorizationType: 'NONE' })
    const stored = await service.call('GetRoute', { ApiId, RouteId })
    expect(stored).not.toHaveProperty('AuthorizerId')
    expect(stored).not.toHaveProperty('AuthorizationScopes')
    await service.call('DeleteAuthorizer', { ApiId, AuthorizerId })
    expect(await service.call('GetAuthorizers', { ApiId })).toEqual({ Items: [] })
  })
})

describe('a WebSocket route', () => {
  test('merges request parameters, and deletes one by its own operation', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    const first = 'route.request.querystring.token'
    const second = 'route.request.header.x'
    const { RouteId = '' } = await service.call('CreateRoute', {
      ApiId,
      RouteKey: '$connect',
      RequestParameters: { [first]: { Required: true } },
    })
    const RequestParameters = { [second]: { Required: false } }
    expect((await service.call('UpdateRoute', { ApiId, RouteId, RequestParameters })).RequestParameters).toEqual({
      [first]: { Required: true },
      [second]: { Required: false },
    })
    await service.call('DeleteRouteRequestParameter', { ApiId, RouteId, RequestParameterKey: first })
    expect((await service.call('GetRoute', { ApiId, RouteId })).RequestParameters).toEqual(RequestParameters)
  })

  test('has at most one response, with the key $default, and takes it along', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    const { RouteId = '' } = await service.call('CreateRoute', { ApiId, RouteKey: 'join' })
    const input = { ApiId, RouteId, RouteResponseKey: '$default' }
    await expect(service.call('CreateRouteResponse', { ...input, RouteResponseKey: 'x' })).rejects.toMatchObject(
      badRequest(
        'Currently, only $default is supported as a RouteResponseKey. The creation of the RouteResponse with a key of $default will indicate to API Gateway that this Route is intended to handle two-way communication.',
      ),
    )
    const { RouteResponseId = '' } = await service.call('CreateRouteResponse', input)
    await expect(service.call('CreateRouteResponse', input)).rejects.toMatchObject(
      conflict('Route response with key $default already exists for this route'),
    )
    expect(await service.call('GetRouteResponse', { ApiId, RouteId, RouteResponseId })).toEqual({
      RouteResponseId,
      RouteResponseKey: '$default',
    })
    await service.call('DeleteRoute', { ApiId, RouteId })
    expect(await service.store.read(service.scope).list('V2RouteResponse', [])).toEqual([])
  })

  test('accepts an authorizer function, but no token issuer', async () => {
    const service = testService()
    const ApiId = await webSocketApi(service)
    const { AuthorizerId } = await service.call('CreateAuthorizer', {
      ApiId,
      Name: 'auth',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: lambdaUri,
      IdentitySource: ['route.request.querystring.token'],
    })
    const input = { ApiId, RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId } as const
    expect(await service.call('CreateRoute', input)).toMatchObject({ AuthorizerId })
    await expect(
      service.call('CreateRoute', { ApiId, RouteKey: 'x', AuthorizationType: 'JWT', AuthorizerId }),
    ).rejects.toMatchObject(badRequest('AuthorizationType JWT is not supported for WebSocket APIs'))
  })
})

test.each(['RouteResponse', 'IntegrationResponse'] as const)('an HTTP API has no %ss', async (kind) => {
  const service = testService()
  const { ApiId } = await apiWithRoute(service)
  const why = 'This is because the API may only be configured with proxy integration at this time.'
  const refused = badRequest(`${kind}s are currently not supported for this API protocol type. ${why}`)
  const call =
    kind === 'RouteResponse'
      ? service.call('CreateRouteResponse', { ApiId, RouteId: 'r', RouteResponseKey: '$default' })
      : service.call('CreateIntegrationResponse', { ApiId, IntegrationId: 'i', IntegrationResponseKey: '$default' })
  await expect(call).rejects.toMatchObject(refused)
})
