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
const issuer = 'example.com'
const discovery = '/.well-known/openid-configuration'

describe('an authorizer of an HTTP API', () => {
  test.each([jwt, request, { ...request, IdentitySource: [], AuthorizerResultTtlInSeconds: 300 }])(
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
    [{ ...jwt, JwtConfiguration: undefined }, 'JwtConfiguration is a required parameter for JWT authorizer'],
    [{ ...jwt, JwtConfiguration: { Issuer: '' } }, 'Invalid issuer: Issuer can not be empty for JWT Authorizer.'],
    [
      { ...jwt, JwtConfiguration: { Issuer: issuer } },
      `Caught exception when connecting to ${issuer}${discovery} for issuer ${issuer}. Please try again later. Error: Invalid issuer: ${issuer}. Issuer must have a valid discovery endpoint ended with '${discovery}'`,
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
      'EnableSimpleResponses is only supported for AuthorizerPayloadFormatVersion 2.0',
    ],
    [
      { ...request, AuthorizerUri: 'x' },
      'Invalid Authorizer URI: x. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation.',
    ],
    [
      { ...request, IdentitySource: ['route.request.header.X'] },
      'Invalid identity source specified: route.request.header.X',
    ],
    [{ ...request, AuthorizerResultTtlInSeconds: 3601 }, 'Authorizer result TTL must be between 0 and 3600'],
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
    [{ ...jwt }, 'JwtConfiguration is not supported for WebSocket APIs'],
    [request, 'AuthorizerPayloadFormatVersion is not supported for WebSocket APIs'],
    [
      { ...request, AuthorizerPayloadFormatVersion: undefined, EnableSimpleResponses: undefined },
      'Invalid identity source specified: $request.header.X',
    ],
  ])('%j is refused', async (input, message) => {
    const service = testService()
    const socket = { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: 'x' } as const
    const { ApiId = '' } = await service.call('CreateApi', socket)
    await expect(service.call('CreateAuthorizer', { ApiId, ...input })).rejects.toMatchObject(badRequest(message))
  })
})
