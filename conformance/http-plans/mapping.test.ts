// Parameter mapping of HTTP APIs, requests and responses, against a real backend and in Lambda events. HTTP 9.
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBackend, type Backend } from './backend.ts'
import type { Call } from '../fixture/plan-call.ts'
import { answering, invoking, proxyTo, stageOf } from './stage.ts'

let backend: Backend
beforeAll(async () => {
  backend = await startBackend()
})
beforeEach(() => {
  backend.answer = (_, response) => response.end('ok')
})
afterAll(() => backend.close())

describe('request mappings', () => {
  const variables = { color: 'red' }
  const mapped = (RequestParameters: Record<string, string>, call: Call = {}): Promise<unknown> =>
    stageOf({
      stageName: 'dev',
      variables,
      routes: { 'POST /pets/{id}': proxyTo(`${backend.url}/base`, { RequestParameters }) },
    })({ method: 'POST', path: '/pets/7', ...call })

  test('append beside what is there, overwrite all of it, remove it; header names without case', async () => {
    await mapped(
      { 'append:header.x-a': 'appended', 'overwrite:header.X-B': 'over', 'remove:header.x-c': "''" },
      { headers: ['X-A', '1', 'x-b', '2', 'X-B', '3', 'X-C', '4', 'X-D', '5'] },
    )
    const { headers } = backend.last()
    expect(['x-a', 'x-b', 'x-c', 'x-d'].map((name) => headers[name])).toEqual(['1, appended', 'over', undefined, '5'])
  })

  test('change query parameters by exact name and leave the others byte for byte', async () => {
    await mapped(
      {
        'append:querystring.a': 'x y&z',
        'overwrite:querystring.b': '$request.querystring.a',
        'remove:querystring.c': '',
      },
      { query: 'a=1&a=%2B&B=k%7eep&b=0&c=1&%63=2&flag' },
    )
    expect(backend.last().target).toBe('/base?a=1&a=%2B&B=k%7eep&flag&b=1%2C%2B&a=x%20y%26z')
  })

  test('overwrite the path, whole: no value gets out of it', async () => {
    const path = async (value: string, call: Call = {}): Promise<string> => {
      await mapped({ 'overwrite:path': value }, call)
      return backend.last().target
    }
    expect(await path('$request.path')).toBe('/pets/7')
    expect(await path('plain')).toBe('/plain')
    expect(await path('/v2/${request.path.id}', { path: '/pets/a%3Fb%20c' })).toBe('/v2/a%3Fb%20c')
    expect(await path('/x/$request.header.y', {})).toBe('/x/$request.header.y')
    expect(await path('/x/${request.header.y}', { headers: ['Y', 'a b?c\u00e4#'], query: 'q=1' })).toBe(
      '/x/a%20b%3Fc%C3%A4%23?q=1',
    )
  })

  test.each([
    ['static text', 'static text'],
    ['$request.header.x', '1,2'],
    ['$request.querystring.q', 'a b,c'],
    ['$request.body', '{"a":{"b":[1,"two"]},"t":"text"}'],
    ['$request.body.t', 'text'],
    ['$request.body.a.b[1]', 'two'],
    ['$request.body.a', '{"b":[1,"two"]}'],
    ['$request.path', '/pets/7'],
    ['$request.path.id', '7'],
    ['$context.stage', 'dev'],
    ['$context.routeKey', 'POST /pets/{id}'],
    ['$context.identity.sourceIp', '192.0.2.1'],
    ['$context.requestId', 'KtF82HGdliAFjxw='],
    ['$context.requestTimeEpoch', '1795158785000'],
    ['$stageVariables.color', 'red'],
    ['${request.path.id}-${stageVariables.color}-${request.header.none}!', '7-red-!'],
    ['$request.header.none', undefined],
    ['$request.body.none', undefined],
    ['$context.none', undefined],
    ['${request.header.none}${stageVariables.none}', undefined],
  ])('read %s', async (source, value) => {
    await mapped(
      { 'overwrite:header.out': source },
      { headers: ['X', '1', 'x', '2'], query: 'q=a+b&q=c', body: '{"a":{"b":[1,"two"]},"t":"text"}' },
    )
    expect(backend.last().headers['out']).toBe(value)
  })

  test('are read before any is applied, and applied as remove, overwrite, append', async () => {
    await mapped(
      {
        'append:header.a': '$request.header.b',
        'overwrite:header.b': '$request.header.a',
        'overwrite:header.a': '$request.header.c',
        'remove:header.c': "''",
      },
      { headers: ['A', '1', 'B', '2', 'C', '3'] },
    )
    const { headers } = backend.last()
    expect([headers['a'], headers['b'], headers['c']]).toEqual(['3, 2', '1', undefined])
  })

  test('cannot break a header line', async () => {
    await mapped({ 'overwrite:header.out': '$request.body.t' }, { body: '{"t":"a\\r\\nX-Evil: 1\\u0000é"}' })
    const { headers } = backend.last()
    expect(Buffer.from(headers['out'] as string, 'latin1').toString()).toBe('a  X-Evil: 1 é')
    expect(headers['x-evil']).toBeUndefined()
  })

  test('may set the host', async () => {
    await mapped({ 'overwrite:header.Host': 'pets.internal' })
    expect(backend.last().headers.host).toBe('pets.internal')
  })

  test('change what a function sees', async () => {
    let event: APIGatewayProxyEventV2 | undefined
    const call = stageOf({
      invoke: ({ payload }) => {
        event = JSON.parse(String(payload)) as APIGatewayProxyEventV2
        return answering('ok')
      },
      routes: {
        'GET /pets': invoking('2.0', {
          RequestParameters: {
            'append:header.x-a': '2',
            'overwrite:querystring.q': 'new',
            'overwrite:path': '/other',
          },
        }),
      },
    })
    expect((await call({ headers: ['x-a', '1'], query: 'q=old' })).status).toBe(200)
    expect([event?.headers['x-a'], event?.rawQueryString, event?.rawPath]).toEqual(['1,2', 'q=new', '/other'])
  })
})

describe('response mappings', () => {
  const mapped = (ResponseParameters: Record<string, Record<string, string>>): ReturnType<ReturnType<typeof stageOf>> =>
    stageOf({
      stageName: 'dev',
      routes: { 'GET /pets': proxyTo(backend.url, { ResponseParameters, TimeoutInMillis: 1000 }) },
    })()

  test('are chosen by the exact status of the integration', async () => {
    backend.answer = (_, response) => response.writeHead(404).end()
    const reply = await mapped({ '404': { 'overwrite:header.x': 'four' }, '400': { 'overwrite:header.x': 'no' } })
    expect([reply.status, reply.header('x')]).toEqual([404, 'four'])
  })

  test('change headers and the status, from header, body and context', async () => {
    backend.answer = (_, response) =>
      response.writeHead(200, ['X-A', '1', 'X-B', '2', 'X-C', '3']).end('{"code":201,"pet":{"name":"Rex"}}')
    const reply = await mapped({
      '200': {
        'append:header.x-a': '$response.body.pet.name',
        'overwrite:header.x-b': '${context.stage}:${response.header.x-c}',
        'remove:header.X-C': "''",
        'overwrite:statuscode': '$response.body.code',
      },
    })
    expect([reply.status, reply.header('x-a'), reply.header('x-b'), reply.header('x-c')]).toEqual([
      201,
      '1 | Rex',
      'dev:3',
      undefined,
    ])
    expect(reply.text).toBe('{"code":201,"pet":{"name":"Rex"}}')
  })

  test('with a status that is none are 500', async () => {
    backend.answer = (_, response) => response.end('{"code":"abc"}')
    const reply = await mapped({ '200': { 'overwrite:statuscode': '$response.body.code' } })
    expect([reply.status, reply.text]).toEqual([500, '{"message":"Internal Server Error"}'])
  })

  test('to headers of one hop, which are not all refused when they are set, do nothing', async () => {
    backend.answer = (_, response) => response.end('whole')
    const reply = await mapped({ '200': { 'overwrite:header.Trailer': 'x', 'append:header.Proxy-Connection': 'x' } })
    expect([reply.status, reply.text]).toEqual([200, 'whole'])
    expect([reply.header('trailer'), reply.header('proxy-connection')]).toEqual([undefined, undefined])
  })

  test('do not touch errors of the gateway', async () => {
    backend.answer = (request) => request.socket.destroy()
    const reply = await mapped({ '503': { 'overwrite:header.x': 'mapped' } })
    expect([reply.status, reply.header('x')]).toEqual([503, undefined])
  })
})
