// What ends a connection: its two clocks, its sizes, a client that does not read, and the gateway itself. WebSocket 31.
import { once } from 'node:events'
import { DeleteApiCommand, DeleteStageCommand } from '@aws-sdk/client-apigatewayv2'
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { countTurns } from '../testing-turns.ts'
import { opcodes, openingRequest, RawClient } from './raw-client.ts'
import { openPlace, type Place } from './testing.ts'
import { createSocketApi, mocked, serverProxy } from './testing-api.ts'
import { startBackend, type Backend } from './testing-backend.ts'
import { connect, type Client } from './testing-client.ts'

let place: Place
let backend: Backend
let apiId: string

const minuteMs = 60_000

const routes = (url: string) => ({
  $disconnect: serverProxyOfEnds(url),
  $default: { ...serverProxy(url), isTwoWay: true },
  id: { ...mocked(200, '$context.connectionId'), isTwoWay: true },
})

/** Tells a backend how each connection ended. */
function serverProxyOfEnds(url: string) {
  const RequestParameters = { 'integration.request.querystring.id': 'context.connectionId' }
  return {
    integration: { ...serverProxy(`${url}/ended`).integration, IntegrationType: 'HTTP_PROXY', RequestParameters },
  } as const
}

beforeAll(async () => {
  place = await openPlace()
  backend = await startBackend()
  apiId = await createSocketApi(place, { routes: routes(backend.url) })
})

afterEach(() => {
  backend.requests.length = 0
})

afterAll(async () => {
  await place.close()
  await backend.close()
})

const idOf = (client: Client): Promise<string> => client.ask({ action: 'id' })

/** Resolves once a backend was told of the end of a connection. */
async function endTold(id: string): Promise<void> {
  const urls = (): unknown[] => backend.requests.map(({ url }) => url)
  await expect.poll(urls, { interval: 5, timeout: 5_000 }).toContain(`/ended?id=${encodeURIComponent(id)}`)
}

describe('time', () => {
  test('ten minutes without a message end a connection with 1001, and not a millisecond sooner', async () => {
    const client = await connect(place, apiId)
    const id = await idOf(client)
    place.clock.advance(10 * minuteMs - 1)
    expect(await client.ask('still here')).toBe('still here')
    place.clock.advance(10 * minuteMs - 1)
    expect(client.socket.readyState).toBe(client.socket.OPEN)
    place.clock.advance(1)
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' })
    await endTold(id)
  })

  test('a push keeps a connection open, a ping does not', async () => {
    const [pushed, pinging] = [await connect(place, apiId), await connect(place, apiId)]
    const ConnectionId = await idOf(pushed)
    place.clock.advance(6 * minuteMs)
    await place.management(apiId).send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }))
    expect(await pushed.next()).toBe('x')
    pinging.socket.ping('are you there')
    const [pong] = (await once(pinging.socket, 'pong')) as [Buffer]
    expect(pong.toString()).toBe('are you there')
    place.clock.advance(5 * minuteMs)
    expect((await pinging.closed).code).toBe(1001)
    expect(await pushed.ask('y')).toBe('y')
    await pushed.close()
  })

  test('two hours end a connection with 1001, however busy it is', async () => {
    const client = await connect(place, apiId)
    for (let minutes = 0; minutes < 119; minutes += 7) {
      expect(await client.ask('busy')).toBe('busy')
      place.clock.advance(7 * minuteMs)
    }
    expect(await client.ask('a minute to go')).toBe('a minute to go')
    place.clock.advance(minuteMs)
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' })
  })

  test('with other limits, at other times', async () => {
    const quick = await openPlace({ socketLimits: { idleMs: 1_000, pingsKeepAlive: true } })
    onTestFinished(() => quick.close())
    const id = await createSocketApi(quick, { routes: { $default: mocked(200) } })
    const client = await connect(quick, id)
    quick.clock.advance(999)
    client.socket.ping()
    await once(client.socket, 'pong')
    quick.clock.advance(999)
    expect(client.socket.readyState).toBe(client.socket.OPEN)
    quick.clock.advance(1)
    expect((await client.closed).code).toBe(1001)
  })
})

describe('size', () => {
  const kilobytes = (count: number): string => 'x'.repeat(count * 1024)

  test('a frame of 32 KB passes, and comes back', async () => {
    const client = await connect(place, apiId)
    expect(await client.ask(kilobytes(32))).toBe(kilobytes(32))
    await client.close()
  })

  test('a longer frame ends the connection with 1009', async () => {
    const client = await connect(place, apiId)
    const id = await idOf(client)
    client.send(`${kilobytes(32)}x`)
    expect(await client.closed).toEqual({ code: 1009, reason: 'Message too big' })
    await endTold(id)
    expect(backend.requests.filter(({ url }) => url === '/')).toEqual([])
  })

  test('a message of 128 KB in frames of 32 KB passes; a byte more ends the connection with 1009', async () => {
    const client = await connect(place, apiId)
    const { socket } = client
    for (let part = 1; part <= 4; part++) socket.send(kilobytes(32), { fin: part === 4 })
    expect((await client.next()).length).toBe(128 * 1024)
    for (let part = 1; part <= 4; part++) socket.send(kilobytes(32), { fin: false })
    socket.send('x', { fin: true })
    expect((await client.closed).code).toBe(1009)
  })

  test('a binary message ends the connection with 1003', async () => {
    const client = await connect(place, apiId)
    const id = await idOf(client)
    client.socket.send(Buffer.from([1, 2, 3]))
    expect(await client.closed).toEqual({ code: 1003, reason: 'Unsupported data' })
    await endTold(id)
  })

  test('a push of more than 32 KB comes as one message, in frames of 32 KB at most', async () => {
    const client = await connect(place, apiId)
    const ConnectionId = await idOf(client)
    const Data = kilobytes(128)
    await place.management(apiId).send(new PostToConnectionCommand({ ConnectionId, Data }))
    expect(await client.next()).toBe(Data)
    await client.close()
  })
})

test('where compression is agreed to, a message is measured unpacked: 1009', async () => {
  const packing = await openPlace({ socketLimits: { compresses: true } })
  onTestFinished(() => packing.close())
  const id = await createSocketApi(packing, { routes: { $default: { ...mocked(200, 'fine'), isTwoWay: true } } })
  const options = { perMessageDeflate: { threshold: 0 } }
  const client = await connect(packing, id, { options })
  expect(client.socket.extensions).toBe('permessage-deflate')
  expect(await client.ask('x'.repeat(131_072))).toBe('fine')
  // 20 MB in 20 KB.
  client.send('x'.repeat(20 * 1024 * 1024))
  expect(await client.closed).toMatchObject({ code: 1009 })
})

describe('a client that does not read', () => {
  test('gets no more than its bound: pushes are refused with 429, and in the end it is closed and counted', async () => {
    const small = await openPlace({ socketLimits: { outboundBytes: 256 * 1024, stallMs: 1_000, closeMs: 500 } })
    onTestFinished(() => small.close())
    const id = await createSocketApi(small, { routes: routes(backend.url) })
    const client = await connect(small, id)
    const ConnectionId = await idOf(client)
    client.socket.pause()
    const push = () =>
      small.management(id).send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(120_000) }))
    const pushMany = async (): Promise<void> => {
      for (let count = 0; count < 500; count++) await push()
    }
    await expect(pushMany()).rejects.toMatchObject({
      name: 'LimitExceededException',
      $metadata: { httpStatusCode: 429 },
    })
    expect(small.core.sockets.counts()).toMatchObject({ open: 1, notReading: 0 })
    small.clock.advance(1_000)
    await expect(push()).rejects.toMatchObject({ name: 'GoneException' })
    small.clock.advance(500)
    await endTold(ConnectionId)
    expect(small.core.sockets.counts()).toMatchObject({ open: 0, notReading: 1 })
    client.socket.terminate()
  })

  test('is closed when its own questions fill the buffer with answers', async () => {
    const small = await openPlace({ socketLimits: { outboundBytes: 64 * 1024, closeMs: 100 } })
    onTestFinished(() => small.close())
    const text = 'x'.repeat(30_000)
    const id = await createSocketApi(small, { routes: { $default: { ...mocked(200, text), isTwoWay: true } } })
    const client = await connect(small, id)
    client.socket.pause()
    while (small.core.sockets.counts().notReading === 0) {
      for (let count = 0; count < 20; count++) client.send('more')
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    small.clock.advance(100)
    await expect.poll(() => small.core.sockets.counts().open, { interval: 5, timeout: 5_000 }).toBe(0)
    client.socket.terminate()
  })
})

describe('small frames', () => {
  test('that wait for a client are bounded by their number: pushes are refused, and in the end it is closed', async () => {
    const small = await openPlace({ socketLimits: { outboundFrames: 1_000, stallMs: 1_000, closeMs: 500 } })
    onTestFinished(() => small.close())
    const id = await createSocketApi(small, { routes: routes(backend.url) })
    const client = await connect(small, id)
    const connectionId = await idOf(client)
    client.socket.pause()
    const address = { connectionId, account: '000000000000', stage: undefined }
    let pushed = small.core.sockets.push(address, Buffer.from('x'))
    // Until neither the client's machine nor ours takes another byte.
    for (let count = 1; pushed === 'sent'; count++) {
      pushed = small.core.sockets.push(address, Buffer.alloc(1_000))
      if (count % 500 === 0) await new Promise(setImmediate)
    }
    expect(pushed).toBe('full')
    small.clock.advance(1_000)
    expect(small.core.sockets.push(address, Buffer.from('x'))).toBe('gone')
    expect(small.core.sockets.counts().notReading).toBe(1)
    small.clock.advance(500)
    await endTold(connectionId)
    client.socket.terminate()
  })

  test('that a client asks for by pings and does not read close it with 1008, and it is counted', async () => {
    const small = await openPlace({ socketLimits: { outboundFrames: 1_000, closeMs: 500 } })
    onTestFinished(() => small.close())
    const id = await createSocketApi(small, { routes: routes(backend.url) })
    const client = await connect(small, id)
    const connectionId = await idOf(client)
    client.socket.pause()
    while (small.core.sockets.counts().notReading === 0) {
      for (let count = 0; count < 500; count++) client.socket.ping(Buffer.alloc(125))
      await new Promise(setImmediate)
    }
    client.socket.resume()
    expect(await client.closed).toEqual({ code: 1008, reason: 'Client does not read' })
    await endTold(connectionId)
    expect(small.core.sockets.counts()).toMatchObject({ open: 0, notReading: 1 })
  })
})

describe('order', () => {
  test('messages of one connection are answered in their order, however long each takes', async () => {
    const slow = await startBackend((body) => ({ afterMs: body.includes('slow') ? 60 : 0 }))
    onTestFinished(() => slow.close())
    const id = await createSocketApi(place, { routes: { $default: { ...serverProxy(slow.url), isTwoWay: true } } })
    const client = await connect(place, id)
    for (const message of ['slow 1', 'quick 2', 'slow 3', 'quick 4']) client.send(message)
    expect([await client.next(), await client.next(), await client.next(), await client.next()]).toEqual([
      'slow 1',
      'quick 2',
      'slow 3',
      'quick 4',
    ])
    await client.close()
  })

  test('an answer of more than 128 KB is an error frame', async () => {
    const large = await startBackend((body) => ({ body: 'x'.repeat(Number(body)) }))
    onTestFinished(() => large.close())
    const id = await createSocketApi(place, { routes: { $default: { ...serverProxy(large.url), isTwoWay: true } } })
    const client = await connect(place, id)
    expect((await client.ask('131072')).length).toBe(131_072)
    expect(JSON.parse(await client.ask('131073'))).toMatchObject({ message: 'Internal server error' })
    await client.close()
  })

  test('what is still being handled when the gateway stops comes before $disconnect, and both come', async () => {
    const slow = await startBackend(() => ({ afterMs: 100 }))
    onTestFinished(() => slow.close())
    const stopping = await openPlace()
    const id = await createSocketApi(stopping, {
      routes: { $default: serverProxy(`${slow.url}/message`), $disconnect: serverProxy(`${slow.url}/end`) },
    })
    const client = await connect(stopping, id)
    client.send('one')
    await expect.poll(() => slow.requests, { interval: 5, timeout: 5_000 }).toHaveLength(1)
    await stopping.close()
    expect(slow.requests.map(({ url }) => url)).toEqual(['/message', '/end'])
  })

  test('a flood of messages is read no faster than it is handled, and none is lost', async () => {
    const client = await connect(place, apiId)
    const count = 500
    for (let index = 0; index < count; index++) client.send(`message ${index}`)
    for (let index = 0; index < count; index++) expect(await client.next()).toBe(`message ${index}`)
    await client.close()
  })

  test('messages that come together are handled in turns, between which others have theirs', async () => {
    const turns = countTurns()
    onTestFinished(turns.stop)
    const id = await createSocketApi(place, { routes: { $connect: mocked(200) } })
    const { client } = await RawClient.open(place.port, openingRequest(`/_aws/execute-api/${id}/dev`))
    const before = turns.count()
    client.send(...Array.from({ length: 3_200 }, () => ({ opcode: opcodes.text })))
    for (let answers = 0; answers < 3_200; answers++) await client.next()
    expect(turns.count() - before).toBeGreaterThanOrEqual(3_200 / 32)
    client.close()
  })

  test('what was sent before the end is handled before $disconnect', async () => {
    const client = await connect(place, apiId)
    const id = await idOf(client)
    backend.requests.length = 0
    for (let index = 0; index < 20; index++) client.send(`last words ${index}`)
    client.socket.close()
    await endTold(id)
    expect(backend.requests.map(({ url }) => url).slice(0, -1)).toEqual(Array.from({ length: 20 }, () => '/'))
    expect(backend.requests.at(-1)?.url).toMatch(/^\/ended/)
  })
})

describe('the gateway', () => {
  test('closes the connections of a stage that is deleted, and of an API', async () => {
    const id = await createSocketApi(place, { routes: { $default: mocked(200) } })
    const other = await connect(place, apiId)
    const client = await connect(place, id)
    await place.v2.send(new DeleteStageCommand({ ApiId: id, StageName: 'dev' }))
    expect((await client.closed).code).toBe(1001)
    const another = await createSocketApi(place, { routes: { $default: mocked(200) } })
    const second = await connect(place, another)
    await place.v2.send(new DeleteApiCommand({ ApiId: another }))
    expect((await second.closed).code).toBe(1001)
    expect(await other.ask('undisturbed')).toBe('undisturbed')
    await other.close()
  })

  test('closes every connection with 1001 when it stops, and tells $disconnect before it is gone', async () => {
    const stopping = await openPlace()
    const id = await createSocketApi(stopping, { routes: routes(backend.url) })
    const clients = await Promise.all([connect(stopping, id), connect(stopping, id), connect(stopping, id)])
    const ids = await Promise.all(clients.map(idOf))
    await stopping.close()
    for (const client of clients) expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' })
    const told = backend.requests.map(({ url }) => url)
    for (const connectionId of ids) expect(told).toContain(`/ended?id=${encodeURIComponent(connectionId)}`)
  })
})
