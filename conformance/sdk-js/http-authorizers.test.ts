// HTTP APIs with authorizers, mappings and service integrations, made through the SDK and called from outside.
import {
  ApiGatewayV2Client,
  CreateAuthorizerCommand,
  DeleteAuthorizerCommand,
  ResetAuthorizersCacheCommand,
  UpdateAuthorizerCommand,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-apigatewayv2'
import { createGateway } from 'sluice'
import { expect, test as plainTest } from 'vitest'
import { startBackend } from '../http-plans/backend.ts'
import { createPair, startIssuer, tokenOf } from '../http-plans/issuer.ts'
import { createNodeFunction, invocationUri } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke, proxyTo } from '../fixture/http-api.ts'
import { describeGateway } from '../fixture/test.ts'

describeGateway('HTTP API authorizers', (test) => {
  test('let in who brings a token of the issuer', async ({ http, upstream, gateway }) => {
    const issuer = await startIssuer()
    const pair = await createPair('k1')
    issuer.keys = [pair.publicJwk]
    const ApiId = await createHttpApi(http, 'jwt')
    const { RouteId } = await addRoute(http, ApiId, 'GET /pets', proxyTo(`${upstream.url}/pets`))
    const { AuthorizerId } = await http.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: 'jwt',
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: issuer.issuer, Audience: ['pets'] },
      }),
    )
    await http.send(
      new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'JWT', AuthorizerId, AuthorizationScopes: ['read'] }),
    )
    const exp = Math.floor(Date.now() / 1000) + 60
    const call = async (scope: string): Promise<number> => {
      const token = await tokenOf(pair, { iss: issuer.issuer, aud: 'pets', scope, exp })
      return (await gateway.call(ApiId, '/pets', { headers: { Authorization: `Bearer ${token}` } })).status
    }
    expect([await call('read write'), await call('write')]).toEqual([200, 403])
    const none = await gateway.call(ApiId, '/pets')
    expect([none.status, none.text, none.headers.get('www-authenticate')]).toEqual([
      401,
      '{"message":"Unauthorized"}',
      'Bearer',
    ])
    await issuer.close()
  })

  test('ask a function, remember its verdict, and forget it when they are reset', async ({ http, lambda, gateway }) => {
    const source = `
      let calls = 0
      exports.handler = async (event) => ({ isAuthorized: event.identitySource[0] === 'yes', context: { calls: ++calls } })`
    const authorizer = await createNodeFunction(lambda, 'http-authorizer', source)
    const echo = 'exports.handler = async (event) => event.requestContext.authorizer.lambda'
    const ApiId = await createHttpApi(http, 'lambda authorizer')
    const target = await createNodeFunction(lambda, 'http-authorized', echo)
    const { RouteId } = await addRoute(http, ApiId, 'GET /', invoke(target, '2.0'))
    const { AuthorizerId } = await http.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: 'function',
        AuthorizerType: 'REQUEST',
        AuthorizerUri: invocationUri(authorizer),
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        AuthorizerResultTtlInSeconds: 300,
        IdentitySource: ['$request.header.X-Answer'],
      }),
    )
    await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'CUSTOM', AuthorizerId }))
    const call = async (answer: string): Promise<unknown[]> => {
      const { status, text } = await gateway.call(ApiId, '/', { headers: { 'X-Answer': answer } })
      return [status, text]
    }
    expect(await call('yes')).toEqual([200, '{"calls":1}'])
    expect(await call('yes')).toEqual([200, '{"calls":1}'])
    expect(await call('no')).toEqual([403, '{"message":"Forbidden"}'])
    await http.send(new ResetAuthorizersCacheCommand({ ApiId, StageName: '$default' }))
    expect(await call('yes')).toEqual([200, '{"calls":3}'])
    await http.send(new UpdateAuthorizerCommand({ ApiId, AuthorizerId, AuthorizerResultTtlInSeconds: 0 }))
    expect(await call('yes')).toEqual([200, '{"calls":4}'])
    expect(await call('yes')).toEqual([200, '{"calls":5}'])
    await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'NONE' }))
    await http.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId }))
    expect((await call('no'))[0]).toBe(500)
  })

  test('of IAM take any signature here, and none is refused', async ({ http, upstream, gateway }) => {
    const ApiId = await createHttpApi(http, 'iam')
    const { RouteId } = await addRoute(http, ApiId, 'GET /pets', proxyTo(`${upstream.url}/pets`))
    await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'AWS_IAM' }))
    const refused = await gateway.call(ApiId, '/pets')
    expect([refused.status, refused.text]).toEqual([403, '{"message":"Forbidden"}'])
    expect(refused.headers.get('apigw-requestid')).toMatch(/^[A-Za-z0-9+/_-]{15}=$/)
    const Authorization =
      'AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=0'
    const passed = await gateway.call(ApiId, '/pets', { headers: { Authorization } })
    expect(passed.status).toBe(200)
  })

  test('mappings that are set are applied, and taken back they are not', async ({ http, upstream, gateway }) => {
    const ApiId = await createHttpApi(http, 'mapped')
    const { IntegrationId } = await addRoute(http, ApiId, 'GET /pets/{id}', proxyTo(`${upstream.url}/pets`))
    await http.send(
      new UpdateIntegrationCommand({
        ApiId,
        IntegrationId,
        RequestParameters: { 'overwrite:path': '/v2/${request.path.id}', 'append:header.x-id': '$request.path.id' },
        ResponseParameters: {
          '200': { 'overwrite:statuscode': '203', 'overwrite:header.x-body': '$response.body.method' },
        },
      }),
    )
    const reply = await gateway.call(ApiId, '/pets/7?q=1')
    expect([reply.status, reply.headers.get('x-body')]).toEqual([203, 'GET'])
    expect(JSON.parse(reply.text)).toMatchObject({ url: '/v2/7?q=1', headers: { 'x-id': '7' } })
  })
})

plainTest('service integrations call the endpoint that the gateway is given', async () => {
  const sqs = await startBackend()
  const gateway = createGateway({ awsEndpoints: { SQS: sqs.url } })
  const http = new ApiGatewayV2Client({ ...gateway.clientConfig, maxAttempts: 1 })
  const id = await createHttpApi(http, 'queue')
  await addRoute(http, id, 'POST /', {
    IntegrationType: 'AWS_PROXY',
    IntegrationSubtype: 'SQS-SendMessage',
    PayloadFormatVersion: '1.0',
    CredentialsArn: 'arn:aws:iam::000000000000:role/any',
    RequestParameters: { QueueUrl: `${sqs.url}/000000000000/q`, MessageBody: '$request.body' },
  })
  sqs.answer = (_, response) => response.writeHead(200, { 'Content-Type': 'text/xml' }).end('<SendMessageResponse/>')
  const answer = await gateway.invoke(`http://${id}.execute-api.localhost/`, { method: 'POST', body: 'hello' })
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    'text/xml',
    '<SendMessageResponse/>',
  ])
  expect(new URLSearchParams(sqs.last().body).get('MessageBody')).toBe('hello')
  await gateway.close()
  await sqs.close()
})
