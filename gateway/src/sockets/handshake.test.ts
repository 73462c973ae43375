// Requests that open no connection: what is no upgrade, what is a bad one, and where none is served. WebSocket 23.2.
import { connect as connectSocket } from 'node:net'
import { UpdateApiCommand } from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openingRequest, RawClient } from './raw-client.ts'
import { openPlace, type Place } from './testing.ts'
import { createRoute, createSocketApi, deploy, mocked, serverProxy } from './testing-api.ts'
import { startBackend } from './testing-backend.ts'
import { connect, refusal } from './testing-client.ts'

let place: Place
let apiId: string
let path: string

beforeAll(async () => {
  place = await openPlace()
  apiId = await createSocketApi(place, { routes: { $default: { ...mocked(200, 'pong'), isTwoWay: true } } })
  path = `/_aws/execute-api/${apiId}/dev`
})

afterAll(() => place.close())

/** Says a request and reads all of the answer. */
async function answerTo(request: string): Promise<{ status: number; head: string; body: string }> {
  const { client, head } = await RawClient.open(place.port, request)
  const body = await client.rest()
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body }
}

const forbidden = /^\{"message": "Forbidden", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$/

describe('an upgrade', () => {
  test('is answered with 101 and the headers that RFC 6455 wants', async () => {
    const { client, head } = await RawClient.open(place.port, openingRequest(path))
    expect(head.split('\r\n').toSorted()).toEqual([
      'Connection: Upgrade',
      expect.stringMatching(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/),
      'HTTP/1.1 101 Switching Protocols',
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      'Upgrade: websocket',
    ])
    client.close()
  })

  test.for([
    ['another version', { 'Sec-WebSocket-Version': '8' }],
    ['no version', { 'Sec-WebSocket-Version': '' }],
    ['no key', { 'Sec-WebSocket-Key': '' }],
    ['a key that is too short', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }],
    ['subprotocols that are none', { 'Sec-WebSocket-Protocol': 'a b, c' }],
    ['a subprotocol twice', { 'Sec-WebSocket-Protocol': 'a, a' }],
  ] as const)('with %s: 400', async ([, headers]) => {
    const { status, body } = await answerTo(openingRequest(path, headers))
    expect(status).toBe(400)
    expect(body).toMatch(/^\{"message":"(?:Missing or i|I)nvalid Sec-WebSocket-/)
  })

  test.for([
    ['of HTTP/1.0', (request: string) => request.replace('HTTP/1.1', 'HTTP/1.0'), 'HTTP/1.1 is required'],
    [
      'with a body',
      (request: string) => request.replace('\r\n', '\r\nContent-Length: 2\r\n') + 'hi',
      'Unexpected body',
    ],
    [
      'with chunks',
      (request: string) => `${request.replace('\r\n', '\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\n`,
      'Unexpected body',
    ],
  ] as const)('%s: 400, with the version that is spoken', async ([, change, message]) => {
    const { status, head, body } = await answerTo(change(openingRequest(path)))
    expect(status).toBe(400)
    expect(head).toContain('Sec-WebSocket-Version: 13')
    expect(JSON.parse(body)).toEqual({ message })
  })

  test('with two Host headers or none: 400', async () => {
    const twice = await answerTo(openingRequest(path).replace('\r\n', '\r\nHost: other\r\n'))
    const never = await answerTo(openingRequest(path).replace(/Host: .*\r\n/, ''))
    expect([twice.status, never.status]).toEqual([400, 400])
  })

  test('that is not finished holds nobody up, and is forgotten when the client goes', async () => {
    const half = Array.from({ length: 20 }, () => connectSocket(place.port, '127.0.0.1'))
    for (const socket of half) socket.write(openingRequest(path).slice(0, -2))
    const client = await connect(place, apiId)
    expect(await client.ask('ping')).toBe('pong')
    await client.close()
    for (const socket of half) socket.destroy()
  })

  test('with frames right behind its head is served', async () => {
    const { client } = await RawClient.open(place.port, openingRequest(path))
    client.send({ opcode: 1, payload: 'at once' })
    expect((await client.next())?.payload.toString()).toBe('pong')
    client.close()
  })
})

describe('a request that is no upgrade', () => {
  test('to a stage: 426', async () => {
    const { status, head, body } = await answerTo(openingRequest(path, { Upgrade: '', Connection: 'close' }))
    expect(status).toBe(426)
    expect(head).toContain('Upgrade: websocket')
    expect(body).toBe('{"message":"Upgrade Required"}')
  })

  test('with another upgrade, or by another method: 426 too', async () => {
    const other = openingRequest(path, { Upgrade: 'h2c', Connection: 'Upgrade, close' })
    expect((await answerTo(other)).status).toBe(426)
    const posted = openingRequest(path, { Connection: 'Upgrade, close' }, `POST ${path} HTTP/1.1`)
    expect((await answerTo(posted)).status).toBe(426)
  })
})

describe('the path', () => {
  test('may end with a slash and have a query', async () => {
    for (const end of ['/', '?a=1', '/?a=1']) {
      const client = await connect(place, apiId, { path: end })
      await client.close()
    }
  })

  test.for(['/more', '/more/still', '//'])('with %s behind the stage: 403', async (more) => {
    const { status, body, headers } = await refusal(place, apiId, { path: more })
    expect(status).toBe(403)
    expect(body).toMatch(forbidden)
    expect(headers['x-amzn-errortype']).toBe('ForbiddenException')
  })

  test('with a stage that is not there, to an upgrade and to a plain request: 403', async () => {
    const { status, body } = await refusal(place, apiId, { stageName: 'prod' })
    expect({ status, body }).toMatchObject({ status: 403, body: expect.stringMatching(forbidden) as string })
    const plain = openingRequest(path.replace('/dev', '/prod'), { Upgrade: '', Connection: 'close' })
    expect((await answerTo(plain)).body).toMatch(forbidden)
  })

  test('with an API that is not there: 403 and nothing about a connection', async () => {
    expect(await refusal(place, 'nosuchapi0')).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' })
  })

  test('of 4,097 characters: 414; header lines of more than 10,240 bytes: 431', async () => {
    const long = await refusal(place, apiId, { path: `?${'a'.repeat(4_097 - path.length - 1)}` })
    expect(long.status).toBe(414)
    const headers = { 'X-Long': 'x'.repeat(10_240) }
    expect((await refusal(place, apiId, { options: { headers } })).status).toBe(431)
  })

  test('of the host form leads there as well', async () => {
    const host = `${apiId}.execute-api.localhost:${place.port}`
    const { client, head } = await RawClient.open(place.port, openingRequest('/dev?x', { Host: host }))
    expect(head).toMatch(/^HTTP\/1\.1 101 /)
    client.close()
    expect((await answerTo(openingRequest('/prod', { Host: host }))).body).toMatch(forbidden)
    expect((await answerTo(openingRequest('/', { Host: host }))).status).toBe(403)
  })

  test('of anything that is no WebSocket API is answered as if no upgrade had been asked for', async () => {
    expect(await answerTo(openingRequest('/_sluice/health'))).toMatchObject({
      status: 200,
      body: expect.stringContaining('"status":"ok"') as string,
    })
  })
})

describe('an API', () => {
  test('whose default endpoint is disabled: 403', async () => {
    const id = await createSocketApi(place, { routes: { $default: mocked(200) } })
    await place.v2.send(new UpdateApiCommand({ ApiId: id, DisableExecuteApiEndpoint: true }))
    await deploy(place, id)
    expect(await refusal(place, id)).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' })
  })

  test('takes a new deployment for its open connections', async () => {
    const id = await createSocketApi(place, { routes: { ping: { ...mocked(200, 'pong'), isTwoWay: true } } })
    const client = await connect(place, id)
    expect(await client.ask({ action: 'late' })).toMatch(forbidden)
    await createRoute(place.v2, id, 'late', { ...mocked(200, 'better than never'), isTwoWay: true })
    expect(await client.ask({ action: 'late' })).toMatch(forbidden)
    await deploy(place, id)
    expect(await client.ask({ action: 'late' })).toBe('better than never')
    await client.close()
  })

  test('tells $disconnect of a client that went away while $connect was deciding', async () => {
    const slow = await startBackend(() => ({ afterMs: 50 }))
    onTestFinished(() => slow.close())
    const id = await createSocketApi(place, {
      routes: { $connect: serverProxy(`${slow.url}/in`), $disconnect: serverProxy(`${slow.url}/out`) },
    })
    const socket = connectSocket(place.port, '127.0.0.1')
    socket.write(openingRequest(`/_aws/execute-api/${id}/dev`))
    const asked = () => slow.requests.map(({ url }) => url)
    await expect.poll(asked, { interval: 5, timeout: 5_000 }).toEqual(['/in'])
    socket.resetAndDestroy()
    await expect.poll(asked, { interval: 5, timeout: 5_000 }).toEqual(['/in', '/out'])
  })
})
