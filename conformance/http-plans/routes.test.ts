// Which route serves a request of an HTTP API, through the whole plan; CORS; errors. HTTP 4, 10, 19.
import { describe, expect, test } from 'vitest'
import type { Call, Reply } from '../fixture/plan-call.ts'
import { answering, invoking, stageOf, type StageOptions } from './stage.ts'

/** The key of the route that serves a call; undefined when it is 404. */
async function routeOf(keys: readonly string[], method: string, path: string): Promise<string | undefined> {
  const call = stageOf({
    routes: Object.fromEntries(keys.map((key) => [key, invoking('2.0')])),
    invoke: ({ payload }) => answering((JSON.parse(String(payload)) as { routeKey: string }).routeKey),
  })
  const { status, text } = await call({ method, path })
  if (status === 404) expect(text).toBe('{"message":"Not Found"}')
  return status === 404 ? undefined : text
}

describe('routes', () => {
  const documented = ['GET /pets/dog/1', 'GET /pets/dog/{id}', 'GET /pets/{proxy+}', 'ANY /{proxy+}', '$default']

  test.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}'],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}'],
    ['POST', '/test/5', 'ANY /{proxy+}'],
    ['POST', '/pets/dog/1', 'ANY /{proxy+}'],
    ['GET', '/', '$default'],
    ['TRACE', '/pets/dog/1', '$default'],
  ])('of the documentation: %s %s is %s', async (method, path, key) => {
    expect(await routeOf(documented, method, path)).toBe(key)
  })

  test.each([
    [['GET /a/{x}', 'GET /{y}/b'], 'GET', '/a/b', 'GET /a/{x}'],
    [['GET /a/b', 'ANY /a/b'], 'GET', '/a/b', 'GET /a/b'],
    [['GET /a/b', 'ANY /a/b'], 'PUT', '/a/b', 'ANY /a/b'],
    [['GET /a/{p+}', 'ANY /a/b'], 'GET', '/a/b', 'ANY /a/b'],
    [['GET /{p+}', 'GET /a/{q+}', 'GET /{x}/{q+}'], 'GET', '/a/b/c', 'GET /a/{q+}'],
    [['GET /{p+}', 'GET /{x}/{q+}'], 'GET', '/a/b/c', 'GET /{x}/{q+}'],
    [['GET /pets'], 'HEAD', '/pets', undefined],
    [['GET /pets'], 'GET', '/pets/', undefined],
    [['GET /pets'], 'GET', '/Pets', undefined],
    [['GET /{p+}'], 'GET', '/', undefined],
    [['GET /parent/{p+}'], 'GET', '/parent/', undefined],
    [['ANY /pets'], 'CONNECT', '/pets', undefined],
    [['GET /a%20b/{x}'], 'GET', '/a%2520b/1', 'GET /a%20b/{x}'],
    [['GET /{a}/{b}', 'GET /{a}'], 'GET', '/x%2Fy', 'GET /{a}'],
    [['GET /'], 'GET', '/', 'GET /'],
  ])('%j: %s %s is %s', async (keys, method, path, key) => {
    expect(await routeOf(keys, method, path)).toBe(key)
  })
})

const outcome = ({ status, text }: Reply): unknown[] => [status, text]

describe('errors', () => {
  test('have the compact body, its type and the request id', async () => {
    const reply = await stageOf({ routes: {} })({ path: '/none' })
    expect(outcome(reply)).toEqual([404, '{"message":"Not Found"}'])
    expect(reply.headers).toEqual(['Content-Type', 'application/json', 'apigw-requestid', 'KtF82HGdliAFjxw='])
  })

  test('are 500 for routes that cannot work', async () => {
    const broken = [500, '{"message":"Internal Server Error"}']
    const call = stageOf({
      routes: {
        'GET /none': {},
        'GET /function': invoking('2.0', { IntegrationUri: 'arn:aws:lambda:nowhere' }),
        'GET /authorizer': { ...invoking('2.0'), route: { AuthorizationType: 'JWT', AuthorizerId: 'gone' } },
        'GET /subtype': { integration: { IntegrationType: 'AWS_PROXY', IntegrationSubtype: 'SNS-Publish' } },
      },
    })
    for (const path of ['/none', '/function', '/authorizer', '/subtype']) {
      expect(outcome(await call({ path }))).toEqual(broken)
    }
  })

  test('are 404 for everything when the default endpoint is disabled', async () => {
    const routes = { 'GET /pets': invoking('2.0') }
    const call = stageOf({ routes, api: { DisableExecuteApiEndpoint: true }, invoke: () => answering('in') })
    expect(outcome(await call())).toEqual([404, '{"message":"Not Found"}'])
  })
})

describe('CORS', () => {
  const own = {
    statusCode: 200,
    headers: { 'Access-Control-Allow-Origin': 'https://own.example', 'x-a': '1', Vary: 'Accept' },
  }
  const stage = (cors: StageOptions['cors'], routes?: StageOptions['routes']): ((call?: Call) => Promise<Reply>) =>
    stageOf({
      routes: routes ?? { 'GET /pets': invoking('2.0') },
      ...(cors && { cors }),
      invoke: () => answering(own),
    })
  const corsOf = ({ headers }: Reply): Record<string, string> => {
    const found: Record<string, string> = {}
    for (let index = 0; index < headers.length; index += 2) {
      const name = (headers[index] ?? '').toLowerCase()
      if (name.startsWith('access-control-') || name === 'vary') found[name] = headers[index + 1] ?? ''
    }
    return found
  }
  const whole = {
    AllowOrigins: ['https://a.example', 'http://*'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['X-Api', 'Content-Type'],
    ExposeHeaders: ['x-a', 'x-b'],
    AllowCredentials: true,
    MaxAge: 60,
  }
  const preflight = (origin: string): Call => ({
    method: 'OPTIONS',
    headers: ['Origin', origin, 'Access-Control-Request-Method', 'DELETE'],
  })

  test('answers preflights itself, with everything that is configured', async () => {
    const reply = await stage(whole)(preflight('https://a.example'))
    expect(outcome(reply)).toEqual([204, ''])
    expect(corsOf(reply)).toEqual({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'x-api,content-type',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '60',
      vary: 'Origin',
    })
    expect(reply.header('apigw-requestid')).toBe('KtF82HGdliAFjxw=')
  })

  test.each([
    ['http://any.example:8080', 'http://any.example:8080'],
    ['https://b.example', undefined],
    ['https://a.example:443', undefined],
    ['null', undefined],
  ])('origin %s is allowed as %s', async (origin, allowed) => {
    const reply = await stage(whole)(preflight(origin))
    expect([reply.status, corsOf(reply)['access-control-allow-origin']]).toEqual([204, allowed])
    if (allowed === undefined) expect(corsOf(reply)).toEqual({})
  })

  test('allows every origin by a star, without Vary', async () => {
    const reply = await stage({ AllowOrigins: ['*'], AllowMethods: ['*'] })(preflight('https://x.example'))
    expect(corsOf(reply)).toEqual({ 'access-control-allow-origin': '*', 'access-control-allow-methods': '*' })
  })

  test('replaces the integration’s headers in actual answers', async () => {
    const call = stage(whole)
    const allowed = await call({ headers: ['Origin', 'https://a.example'] })
    expect(corsOf(allowed)).toEqual({
      'access-control-allow-origin': 'https://a.example',
      'access-control-expose-headers': 'x-a,x-b',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    })
    expect([allowed.header('x-a'), allowed.header('vary')]).toEqual(['1', 'Accept | Origin'])
    expect(corsOf(await call({ headers: ['Origin', 'https://b.example'] }))).toEqual({ vary: 'Accept' })
    expect(corsOf(await call())).toEqual({ vary: 'Accept' })
  })

  test('is in errors of the gateway too', async () => {
    const reply = await stage(whole)({ path: '/none', headers: ['Origin', 'https://a.example'] })
    expect([reply.status, reply.header('access-control-allow-origin')]).toEqual([404, 'https://a.example'])
  })

  test('leaves the integration’s headers alone where it is not configured', async () => {
    expect(corsOf(await stage(undefined)({ headers: ['Origin', 'https://x.example'] }))).toEqual({
      'access-control-allow-origin': 'https://own.example',
      vary: 'Accept',
    })
    expect(outcome(await stage(undefined)(preflight('https://x.example')))).toEqual([404, '{"message":"Not Found"}'])
  })

  test('answers an OPTIONS without the headers of a preflight only where no route takes it', async () => {
    const none = await stage(whole)({ method: 'OPTIONS', headers: ['Origin', 'https://a.example'] })
    expect(none.status).toBe(204)
    const routed = await stage(whole, { 'ANY /pets': invoking('2.0') })({ method: 'OPTIONS' })
    expect([routed.status, routed.header('x-a')]).toEqual([200, '1'])
  })

  test('asks the authorizer of the route that a preflight meets, and then answers itself', async () => {
    const protection = { AuthorizationType: 'CUSTOM' as const, AuthorizerId: 'a1' }
    const asked: string[] = []
    const call = stageOf({
      cors: whole,
      authorizers: [
        {
          AuthorizerId: 'a1',
          Name: 'a',
          AuthorizerType: 'REQUEST',
          AuthorizerUri: 'arn:aws:lambda:eu-west-1:123456789012:function:auth',
          AuthorizerPayloadFormatVersion: '2.0',
          EnableSimpleResponses: true,
          IdentitySource: ['$request.header.Authorization'],
        },
      ],
      routes: { $default: { ...invoking('2.0'), route: protection }, 'OPTIONS /open': invoking('2.0') },
      invoke: ({ functionArn }) => {
        asked.push(functionArn.slice(functionArn.lastIndexOf(':') + 1))
        return answering({ isAuthorized: true })
      },
    })
    const { headers = [], ...rest } = preflight('https://a.example')
    const denied = await call({ ...rest, headers })
    expect([denied.status, denied.header('access-control-allow-origin')]).toEqual([401, 'https://a.example'])
    const passed = await call({ ...rest, headers: [...headers, 'Authorization', 't'] })
    expect([passed.status, passed.header('access-control-allow-methods')]).toEqual([204, 'GET,POST'])
    expect((await call({ ...rest, headers, path: '/open' })).status).toBe(204)
    expect(asked).toEqual(['auth'])
  })
})
