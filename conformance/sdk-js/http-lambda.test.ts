// HTTP APIs in front of Lambda functions: payload formats 1.0 and 2.0, inferred answers, failures, quick create.
import { CreateApiCommand } from '@aws-sdk/client-apigatewayv2'
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'
import { expect } from 'vitest'
import { createNodeFunction } from '../fixture/functions.ts'
import { addRoute, createHttpApi, invoke } from '../fixture/http-api.ts'
import { describeGateway } from '../fixture/test.ts'

const echo = 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })'

describeGateway('HTTP API with AWS_PROXY', (test) => {
  test('gives a function of format 2.0 the event of that format', async ({ http, lambda, gateway }) => {
    const id = await createHttpApi(http, 'format 2.0', { stageName: 'dev', variables: { color: 'red' } })
    await addRoute(http, id, 'POST /pets/{petId}', invoke(await createNodeFunction(lambda, 'http-echo-2', echo), '2.0'))
    const reply = await gateway.call(id, '/dev/pets/7?x=1&x=2&y=a%20b', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Color': 'red', Cookie: 'a=1; b=2' },
      body: '{"n":1}',
    })
    expect(reply.status).toBe(200)
    const event = JSON.parse(reply.text) as APIGatewayProxyEventV2
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /pets/{petId}',
      rawPath: '/dev/pets/7',
      rawQueryString: 'x=1&x=2&y=a%20b',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { x: '1,2', y: 'a b' },
      pathParameters: { petId: '7' },
      stageVariables: { color: 'red' },
      body: '{"n":1}',
      isBase64Encoded: false,
      requestContext: {
        apiId: id,
        stage: 'dev',
        routeKey: 'POST /pets/{petId}',
        http: { method: 'POST', path: '/dev/pets/7' },
      },
    })
    expect(event.headers['x-color']).toBe('red')
    expect(event.headers['cookie']).toBeUndefined()
  })

  test('gives a function of format 1.0 the event of that format', async ({ http, lambda, gateway }) => {
    const id = await createHttpApi(http, 'format 1.0')
    await addRoute(http, id, 'GET /pets/{petId}', invoke(await createNodeFunction(lambda, 'http-echo-1', echo), '1.0'))
    const event = JSON.parse((await gateway.call(id, '/pets/7?x=1&x=2')).text) as APIGatewayProxyEvent
    expect(event).toMatchObject({
      version: '1.0',
      resource: '/pets/{petId}',
      path: '/pets/7',
      httpMethod: 'GET',
      pathParameters: { petId: '7' },
      multiValueQueryStringParameters: { x: ['1', '2'] },
      stageVariables: null,
      body: null,
      requestContext: { apiId: id, stage: '$default' },
    })
  })

  test('infers the answer from what a function of format 2.0 returns', async ({ http, lambda, gateway }) => {
    const id = await createHttpApi(http, 'inferred')
    const source = 'exports.handler = async (event) => JSON.parse(event.queryStringParameters.returns)'
    await addRoute(http, id, 'GET /', invoke(await createNodeFunction(lambda, 'http-inferred', source), '2.0'))
    const returning = async (value: unknown): Promise<unknown[]> => {
      const reply = await gateway.call(id, `/?returns=${encodeURIComponent(JSON.stringify(value))}`)
      return [reply.status, reply.headers.get('content-type'), reply.text]
    }
    expect(await returning('hello')).toEqual([200, 'application/json', 'hello'])
    expect(await returning({ pet: 1 })).toEqual([200, 'application/json', '{"pet":1}'])
    expect(await returning({ statusCode: 202, headers: { 'content-type': 'text/x' }, body: 'b' })).toEqual([
      202,
      'text/x',
      'b',
    ])
    const failure = [500, 'application/json', '{"message":"Internal Server Error"}']
    expect(await returning({ statusCode: 200, body: { not: 'a text' } })).toEqual(failure)
  })

  test('sends cookies and base64 bodies of format 2.0', async ({ http, lambda, gateway }) => {
    const id = await createHttpApi(http, 'cookies')
    const source = `exports.handler = async () => ({ statusCode: 200, cookies: ['a=1', 'b=2'], isBase64Encoded: true, body: 'aGVsbG8=' })`
    await addRoute(http, id, '$default', invoke(await createNodeFunction(lambda, 'http-cookies', source), '2.0'))
    const reply = await gateway.call(id, '/')
    expect([reply.status, reply.text, reply.headers.getSetCookie()]).toEqual([200, 'hello', ['a=1', 'b=2']])
  })

  test('answers 500 when the function throws', async ({ http, lambda, gateway }) => {
    const id = await createHttpApi(http, 'throws')
    const source = `exports.handler = async () => { throw new Error('no') }`
    await addRoute(http, id, '$default', invoke(await createNodeFunction(lambda, 'http-throws', source), '2.0'))
    const reply = await gateway.call(id, '/')
    expect([reply.status, reply.text]).toEqual([500, '{"message":"Internal Server Error"}'])
  })

  test('one call of CreateApi with a target serves a function', async ({ http, lambda, gateway }) => {
    const Target = await createNodeFunction(lambda, 'http-quick', 'exports.handler = async (event) => event.rawPath')
    const { ApiId = '' } = await http.send(new CreateApiCommand({ Name: 'quick', ProtocolType: 'HTTP', Target }))
    const reply = await gateway.call(ApiId, '/any/path')
    expect([reply.status, reply.text]).toEqual([200, '/any/path'])
  })
})
