// HTTP_PROXY of HTTP APIs against a real backend: URI, headers, failures. HTTP 6.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBackend, type Backend } from './backend.ts'
import { proxyTo, stageOf, startMs } from './stage.ts'

let backend: Backend
beforeAll(async () => {
  backend = await startBackend()
})
beforeEach(() => {
  backend.asked.length = 0
  backend.answer = (_, response) => response.end('ok')
})
afterAll(() => backend.close())

describe('the backend URI', () => {
  test('takes path variables by name, greedy ones too, and the client query behind its own', async () => {
    const call = stageOf({ routes: { 'GET /pets/{id}/{rest+}': proxyTo(`${backend.url}/v1/{rest}?id={id}`) } })
    await call({ path: '/pets/7/a/b', query: 'x=1&y=%20' })
    expect(backend.last().target).toBe('/v1/a/b?id=7&x=1&y=%20')
  })

  test('cannot be left by a value: decoded delimiters are encoded again', async () => {
    const call = stageOf({ routes: { 'GET /pets/{rest+}': proxyTo(`${backend.url}/v1/{rest}?fixed=1`) } })
    await call({ path: '/pets/a%3Fadmin=1%23/%25%20c:d@e' })
    expect(backend.last().target).toBe('/v1/a%3Fadmin%3D1%23/%25%20c:d@e?fixed=1')
  })

  test('has one segment for one of the client’s, whatever was encoded in it; a greedy value has as many as it has', async () => {
    const call = stageOf({ routes: { 'GET /pets/{id}/{rest+}': proxyTo(`${backend.url}/v1/{id}/x/{rest}`) } })
    await call({ path: '/pets/..%2F..%2Fadmin/a%2Fb/c' })
    expect(backend.last().target).toBe('/v1/..%2F..%2Fadmin/x/a/b/c')
  })

  test('is the path of explicit routes alone; $default sends the request path on, without the stage', async () => {
    const call = stageOf({
      stageName: 'dev',
      routes: { 'GET /pets': proxyTo(`${backend.url}/fixed`), $default: proxyTo(`${backend.url}/base/`) },
    })
    await call({ path: '/pets' })
    await call({ path: '/other/thing', query: 'a' })
    expect(backend.asked.map(({ target }) => target)).toEqual(['/fixed', '/base/other/thing?a'])
  })

  test('takes stage variables in its authority and path', async () => {
    const uri = 'http://${stageVariables.host}/${stageVariables.area}/x'
    const call = stageOf({
      variables: { host: backend.authority, area: 'north' },
      routes: { 'GET /pets': proxyTo(uri) },
    })
    await call()
    expect(backend.last().target).toBe('/north/x')
  })

  test('is called with the integration method, or with the client’s for ANY', async () => {
    const call = stageOf({
      routes: {
        'GET /fixed': proxyTo(backend.url, { IntegrationMethod: 'PUT' }),
        'ANY /any': proxyTo(backend.url),
      },
    })
    await call({ path: '/fixed' })
    await call({ path: '/any', method: 'PATCH', body: 'b' })
    expect(backend.asked.map(({ method, body }) => [method, body])).toEqual([
      ['PUT', ''],
      ['PATCH', 'b'],
    ])
  })
})

describe('headers to the backend', () => {
  const call = (headers: readonly string[]): Promise<unknown> =>
    stageOf({ routes: { 'GET /pets': proxyTo(backend.url) } })({ headers })

  test('keep name and order; Host is the backend’s; Forwarded, Via and the trace are the gateway’s', async () => {
    await call(['Host', 'api.example.com', 'X-Color', 'red', 'authorization', 'Bearer t', 'X-Color', 'blue'])
    const { rawHeaders, headers } = backend.last()
    expect(headers.host).toBe(backend.authority)
    const trace = headers['x-amzn-trace-id']
    // The client sets `host` and `connection` itself, in front of all others.
    expect(rawHeaders.slice(4)).toEqual([
      'X-Color',
      'red',
      'authorization',
      'Bearer t',
      'X-Color',
      'blue',
      'Forwarded',
      'for=192.0.2.1;host=a1b2c3d4e5.execute-api.localhost;proto=http',
      'Via',
      'HTTP/1.1 AmazonAPIGateway',
      'X-Amzn-Trace-Id',
      trace,
      // A request without a body says so. HTTP 6.2.
      'Content-Length',
      '0',
    ])
    expect(trace).toMatch(new RegExp(`^Root=1-${(startMs / 1000).toString(16)}-[0-9a-f]{24}$`))
  })

  test('fold X-Forwarded-* into Forwarded, behind what is there', async () => {
    await call([
      'X-Forwarded-For',
      '203.0.113.7, 2001:db8::1',
      'X-Forwarded-Proto',
      'https',
      'Forwarded',
      'for=10.0.0.1',
    ])
    const { headers } = backend.last()
    expect(headers['forwarded']).toBe(
      'for=10.0.0.1, for=203.0.113.7, for="[2001:db8::1]", for=192.0.2.1;host=a1b2c3d4e5.execute-api.localhost;proto=http',
    )
    expect(Object.keys(headers).filter((name) => name.startsWith('x-forwarded-'))).toEqual([])
  })

  test('leave out what is for one hop, and what Connection names', async () => {
    await call([
      'Connection',
      'close, X-Hop',
      'X-Hop',
      '1',
      'Keep-Alive',
      '5',
      'TE',
      'trailers',
      'Proxy-Authorization',
      'x',
    ])
    const { headers } = backend.last()
    expect(Object.keys(headers).sort()).toEqual([
      'connection',
      'content-length',
      'forwarded',
      'host',
      'via',
      'x-amzn-trace-id',
    ])
    expect(headers.connection).toBe('keep-alive')
  })

  test('put Self before a trace that came in, and Via behind', async () => {
    await call(['X-Amzn-Trace-Id', 'Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e', 'Via', '1.1 proxy'])
    const { headers } = backend.last()
    expect(headers['x-amzn-trace-id']).toMatch(
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e$/,
    )
    expect(headers.via).toBe('1.1 proxy, HTTP/1.1 AmazonAPIGateway')
  })
})

describe('the answer', () => {
  test('is passed on with status, headers and body, without those of one hop, with the request id', async () => {
    backend.answer = (_, response) => {
      response.writeHead(418, ['X-A', '1', 'X-A', '2', 'Keep-Alive', 'x', 'Server', 'teapot', 'Location', '/next'])
      response.end('short')
    }
    const reply = await stageOf({ routes: { 'GET /pets': proxyTo(backend.url) } })()
    expect(reply.status).toBe(418)
    expect(reply.text).toBe('short')
    const names = reply.headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
    expect(names.filter((name) => name !== 'date')).toEqual(['x-a', 'x-a', 'server', 'location', 'apigw-requestid'])
    expect(reply.header('apigw-requestid')).toBe('KtF82HGdliAFjxw=')
  })

  test('to HEAD keeps the length that the backend names; to another verb it has its own', async () => {
    backend.answer = (_, response) => response.writeHead(200, { 'Content-Length': 5000 }).end()
    const head = proxyTo(backend.url, { IntegrationMethod: 'HEAD' })
    const call = stageOf({ routes: { 'HEAD /pets': head, 'GET /pets': head } })
    expect((await call({ method: 'HEAD' })).header('content-length')).toBe('5000')
    expect((await call()).header('content-length')).toBeUndefined()
  })

  test.each([301, 302, 307, 308])('follows no redirect: %i goes to the client', async (status) => {
    backend.answer = (_, response) => response.writeHead(status, { Location: '/elsewhere' }).end()
    const reply = await stageOf({ routes: { 'GET /pets': proxyTo(backend.url) } })()
    expect([reply.status, reply.header('location'), backend.asked.length]).toEqual([status, '/elsewhere', 1])
  })

  test('is 503 when the backend is late, cuts the connection or is not there', async () => {
    const expected = [503, '{"message":"Service Unavailable"}', 'application/json']
    const asking = async (uri: string): Promise<unknown> => {
      const reply = await stageOf({ routes: { 'GET /pets': proxyTo(uri, { TimeoutInMillis: 50 }) } })()
      return [reply.status, reply.text, reply.header('content-type')]
    }
    backend.answer = () => {}
    expect(await asking(backend.url)).toEqual(expected)
    backend.answer = (request) => request.socket.destroy()
    expect(await asking(backend.url)).toEqual(expected)
    expect(await asking('http://127.0.0.1:1')).toEqual(expected)
  })

  test('is 500 when the URI is no address', async () => {
    const reply = await stageOf({ routes: { 'GET /pets': proxyTo('http://${stageVariables.none}/x') } })()
    expect([reply.status, reply.text]).toEqual([500, '{"message":"Internal Server Error"}'])
  })
})
