// Authorizers of the v2 control plane: their kinds, their rules, what refers to them.
import { describe, expect, test } from 'vitest'
import { apiWithRoute, badRequest, lambdaUri, testService } from './testing.ts'

const jwt = {
  Name: 'jwt',
  AuthorizerType: 'JWT',
  IdentitySource: ['$request.header.Authorization'],
  JwtConfiguration: { Issuer: 'https://issuer.example.com', Audience: ['a'] },
} as const
const request = {
  Name: 'function',
  AuthorizerType: 'REQUEST',
  AuthorizerUri: lambdaUri,
  AuthorizerPayloadFormatVersion: '2.0',
  EnableSimpleResponses: true,
  IdentitySource: ['$request.header.X', '$context.routeKey', '$stageVariables.tenant'],
} as const

describe('an authorizer of an HTTP API', () => {
  test.each([jwt, request, { ...request, AuthorizerResultTtlInSeconds: 300 }, { ...request, IdentitySource: [] }])(
    '%j is kept as given',
    async (input) => {
      const service = testService()
      const { ApiId } = await apiWithRoute(service)
      const kept = await service.call('CreateAuthorizer', { ApiId, ...input })
      expect(kept).toEqual({ AuthorizerId: expect.stringMatching(/^[a-z0-9]{6}$/), ...input })
      expect(await service.call('GetAuthorizer', { ApiId, AuthorizerId: kept.AuthorizerId ?? '' })).toEqual(kept)
    },
  )

  test.each([
    [{ ...jwt, Name: '' }, 'Name must be between 1 and 128 characters long.'],
    [{ ...jwt, JwtConfiguration: undefined }, 'JwtConfiguration must not be null for JWT Authorizer'],
    [{ ...jwt, JwtConfiguration: { Issuer: '' } }, 'Invalid issuer: Issuer can not be empty for JWT Authorizer.'],
    [
      { ...jwt, JwtConfiguration: { Issuer: 'example.com', Audience: ['a'] } },
      'Invalid issuer: Issuer is not a valid URL for JWT Authorizer',
    ],
    [
      { ...jwt, JwtConfiguration: { Issuer: 'https://issuer.example.com' } },
      'Audience list must have at least 1 item for JWT Authorizer',
    ],
    [
      { ...jwt, IdentitySource: ['$request.header.A', '$request.header.B'] },
      'Invalid identity source specified. JWT authorizers need exactly one of the form $request.header.name or $request.querystring.name',
    ],
    [{ ...jwt, AuthorizerUri: lambdaUri }, 'AuthorizerUri is not supported for JWT authorizers'],
    [
      { ...request, AuthorizerPayloadFormatVersion: undefined },
      'AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer',
    ],
    [
      { ...request, AuthorizerPayloadFormatVersion: '1.0' },
      'EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion "2.0".',
    ],
    [{ ...request, AuthorizerUri: undefined }, 'AuthorizerUri is a required field in an Authorizer'],
    [
      { ...request, AuthorizerUri: 'x' },
      'Invalid Authorizer URI: x. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.',
    ],
    [
      { ...request, IdentitySource: ['route.request.header.X'] },
      'Invalid identity source expression: route.request.header.X. The source must be a request header, request querystring, stage variable or context parameter',
    ],
    [
      { ...request, AuthorizerResultTtlInSeconds: 3601 },
      'Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.',
    ],
  ])('%j is refused', async (input, message) => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await expect(service.call('CreateAuthorizer', { ApiId, ...input })).rejects.toMatchObject(badRequest(message))
  })

  test('has a name of its own', async () => {
    const service = testService()
    const { ApiId } = await apiWithRoute(service)
    await service.call('CreateAuthorizer', { ApiId, ...jwt })
    const { AuthorizerId = '' } = await service.call('CreateAuthorizer', { ApiId, ...request })
    await expect(service.call('UpdateAuthorizer', { ApiId, AuthorizerId, Name: 'jwt' })).rejects.toMatchObject(
      badRequest('Authorizer name must be unique. Authorizer jwt already exists in this RestApi.'),
    )
    const updated = await service.call('UpdateAuthorizer', { ApiId, AuthorizerId, AuthorizerResultTtlInSeconds: 0 })
    expect(updated).toEqual({ AuthorizerId, ...request, AuthorizerResultTtlInSeconds: 0 })
  })
})

describe('an authorizer of a WebSocket API', () => {
  test.each([
    [{ ...jwt }, 'Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.'],
    [request, 'AuthorizerPayloadFormatVersion is not supported for WebSocket APIs'],
    [
      { ...request, AuthorizerPayloadFormatVersion: undefined, EnableSimpleResponses: undefined },
      "Invalid request identity source expression: $request.header.X. The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'",
    ],
  ])('%j is refused', async (input, message) => {
    const service = testService()
    const socket = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: 'x' } as const
    const { ApiId = '' } = await service.call('CreateApi', socket)
    await expect(service.call('CreateAuthorizer', { ApiId, ...input })).rejects.toMatchObject(badRequest(message))
  })
})
