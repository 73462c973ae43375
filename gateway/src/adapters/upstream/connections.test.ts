// Connections to backends over real sockets: kept, counted, given up, retried where that is harmless, and never confused.
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, expect, test } from 'vitest'
import { UpstreamFault, type Backend, type UpstreamRequest } from '../../ports/upstream.ts'
import { createHttpUpstream } from './http-upstream.ts'

const upstream = createHttpUpstream()
afterAll(() => upstream.close())

const servers: (Server | TcpServer)[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  }
})

async function listen(server: Server | TcpServer): Promise<Backend> {
  return upstream.to(await originOf(server))
}

async function originOf(server: Server | TcpServer): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An HTTP backend that counts its connections. */
async function countingHttp(listener: RequestListener): Promise<{ backend: Backend; connections: () => number }> {
  let connections = 0
  const server = createHttpServer(listener)
  server.on('connection', () => connections++)
  return { backend: await listen(server), connections: () => connections }
}

/** A backend that answers the requests of each of its connections, one `data` a request, with what `answer` writes. */
async function raw(
  answer: (socket: Socket, connection: number, request: number, text: string) => void,
): Promise<Backend> {
  let connections = 0
  return listen(
    createTcpServer((socket) => {
      const connection = connections++
      let requests = 0
      socket.on('error', () => {})
      socket.on('data', (bytes) => answer(socket, connection, requests++, bytes.toString('latin1')))
    }),
  )
}

const get: UpstreamRequest = {
  method: 'GET',
  target: '/',
  headers: ['Host', 'backend'],
  body: undefined,
  timeoutMs: 5000,
}
const post: UpstreamRequest = { ...get, method: 'POST', body: '{}' }
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`

async function textOf(call: Promise<{ body: readonly Uint8Array[] }>): Promise<string> {
  return Buffer.concat((await call).body).toString()
}

async function faultOf(call: Promise<unknown>): Promise<UpstreamFault> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof UpstreamFault) return error
  throw new Error('the call should fail', { cause: error })
}

test('one request after another, HEAD among them, takes one connection; ten at once take ten', async () => {
  const { backend, connections } = await countingHttp((_, response) => void setTimeout(() => response.end('body'), 5))
  for (const method of ['GET', 'HEAD', 'POST', 'GET']) await backend.request({ ...get, method })
  expect(connections()).toBe(1)
  await Promise.all(Array.from({ length: 10 }, () => backend.request(get)))
  expect(connections()).toBe(10)
})

test('more requests than connections wait for a free one', async () => {
  let busy = 0
  let busiest = 0
  const { backend, connections } = await countingHttp((_, response) => {
    busiest = Math.max(busiest, ++busy)
    setTimeout(() => {
      busy--
      response.end('done')
    }, 20)
  })
  const answers = await Promise.all(Array.from({ length: 600 }, () => textOf(backend.request(get))))
  expect(new Set(answers)).toEqual(new Set(['done']))
  expect(busiest).toBeLessThanOrEqual(256)
  expect(connections()).toBeLessThanOrEqual(256)
})

test('streams that go on keep no other request waiting, and their connections are used again', async () => {
  const streams: ServerResponse[] = []
  const { backend, connections } = await countingHttp((request, response) => {
    if (request.url !== '/stream') return void response.end('done')
    response.write('begun')
    streams.push(response)
  })
  const bodies = await Promise.all(
    Array.from({ length: 300 }, async () => (await backend.stream({ ...get, target: '/stream' })).body),
  )
  expect(await textOf(backend.request(get))).toBe('done')
  for (const response of streams) response.end()
  for (const body of bodies) for await (const _ of body);
  await Promise.all(Array.from({ length: 200 }, () => backend.request(get)))
  expect(connections()).toBe(301)
})

test('a request that waits for a connection runs out of time like any other', async () => {
  const { backend } = await countingHttp(() => {})
  const calls = Array.from({ length: 300 }, () => faultOf(backend.request({ ...get, timeoutMs: 150 })))
  expect(new Set((await Promise.all(calls)).map((fault) => fault.reason))).toEqual(new Set(['timeout']))
})

test('a backend that closes after each answer gets a new connection for each request', async () => {
  const { backend, connections } = await countingHttp((_, response) => {
    response.setHeader('connection', 'close')
    response.end('once')
  })
  for (let index = 0; index < 3; index++) expect(await textOf(backend.request(get))).toBe('once')
  expect(connections()).toBe(3)
})

test('a connection is given up before the backend’s Keep-Alive time ends', async () => {
  let connections = 0
  const backend = await listen(
    createTcpServer((socket) => {
      connections++
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n'))
    }),
  )
  await backend.request(get)
  await backend.request(get)
  expect(connections).toBe(2)
})

test('a request on a kept connection that the backend closes meanwhile is repeated when that is harmless', async () => {
  const seen: string[] = []
  const backend = await raw((socket, connection, request, text) => {
    seen.push(`${text.slice(0, 4).trim()} ${connection}.${request}`)
    if (request === 0) socket.write(ok(`from ${connection}`))
    else socket.destroy()
  })
  expect(await textOf(backend.request(get))).toBe('from 0')
  expect(await textOf(backend.request(get))).toBe('from 1')
  expect((await faultOf(backend.request(post))).reason).toBe('broken')
  expect(seen).toEqual(['GET 0.0', 'GET 0.1', 'GET 1.0', 'POST 1.1'])
})

test('a request on a new connection that breaks is not repeated', async () => {
  let requests = 0
  const backend = await raw((socket) => {
    requests++
    socket.destroy()
  })
  expect((await faultOf(backend.request(get))).reason).toBe('broken')
  expect(requests).toBe(1)
})

test('a kept connection that ended before the request was written costs the request nothing', async () => {
  const sockets: Socket[] = []
  const backend = await raw((socket, connection) => {
    sockets.push(socket)
    socket.write(ok(`from ${connection}`))
  })
  expect(await textOf(backend.request(post))).toBe('from 0')
  sockets[0]?.destroy()
  await sleep(20)
  expect(await textOf(backend.request(post))).toBe('from 1')
})

test('a kept connection that ends in the turn in which it is taken costs the request nothing', async () => {
  const sockets: Socket[] = []
  const backend = await raw((socket, connection) => {
    sockets.push(socket)
    socket.write(ok(`from ${connection}`))
  })
  expect(await textOf(backend.request(post))).toBe('from 0')
  await turn()
  sockets[0]?.destroy()
  expect(await textOf(backend.request({ ...post, timeoutMs: 500 }))).toBe('from 1')
})

test('an answer that is a byte too large ends its connection, and the next request gets another', async () => {
  const bytes = 10 * 1024 * 1024 + 1
  const backend = await raw((socket, connection) => {
    const body = connection === 0 ? 'a'.repeat(bytes) : 'next'
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  await expect(backend.request(get)).rejects.toMatchObject({ reason: 'too-large' })
  const { body } = await backend.request({ ...get, timeoutMs: 500 })
  expect(Buffer.concat(body).toString()).toBe('next')
})

test('an answer that nobody asked for is never given to the next request', async () => {
  const backend = await raw((socket, connection) => {
    socket.write(ok(`from ${connection}`))
    if (connection === 0) setTimeout(() => socket.write(ok('of another client')), 10)
  })
  expect(await textOf(backend.request(get))).toBe('from 0')
  await sleep(40)
  expect(await textOf(backend.request(get))).toBe('from 1')
  const atOnce = await raw((socket, connection) => socket.write(ok(`from ${connection}`) + ok('of another client')))
  expect(await textOf(atOnce.request(get))).toBe('from 0')
  await turn()
  expect(await textOf(atOnce.request(get))).toBe('from 1')
})

test('an interim answer is not the answer', async () => {
  const backend = await raw((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok('real')}`))
  const { status, headers, body } = await backend.request(get)
  expect([status, headers, Buffer.concat(body).toString()]).toEqual([200, ['Content-Length', '4'], 'real'])
})

test('an answer that comes before a large request is written is taken, and the connection given up', async () => {
  const backend = await raw((socket, connection, request) => {
    if (connection > 0) socket.write(ok('next'))
    else if (request === 0) {
      socket.pause()
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n')
    }
  })
  const large = await backend.request({ ...post, body: Buffer.alloc(9_000_000) })
  expect(large.status).toBe(413)
  expect(await textOf(backend.request(get))).toBe('next')
})

test('bodies of every size arrive whole, both ways', async () => {
  const { backend } = await countingHttp((request, response) => {
    response.setHeader('x-length', String(request.headers['content-length']))
    request.pipe(response)
  })
  for (const size of [1, 4095, 4096, 16_384, 32_768, 65_537, 3_000_000]) {
    const body = Buffer.alloc(size, 'abcdefghij')
    const answer = await backend.request({ ...post, body })
    expect(answer.headers).toContain(String(size))
    expect(Buffer.concat(answer.body).equals(body)).toBe(true)
  }
  expect(await textOf(backend.request({ ...post, body: 'grün' }))).toBe('grün')
})

test('answers of known length are whole while others come in on other connections', async () => {
  const { backend } = await countingHttp((request, response) => {
    const letter = request.url?.slice(1) ?? ''
    const body = Buffer.alloc(200_000, letter)
    response.setHeader('content-length', body.length)
    response.end(body)
  })
  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('')
  const bodies = await Promise.all(letters.map((letter) => textOf(backend.request({ ...get, target: `/${letter}` }))))
  expect(bodies).toEqual(letters.map((letter) => letter.repeat(200_000)))
})

test('a slow reader of a stream holds the backend back, and gets everything', async () => {
  const total = 8_000_000
  let sent = 0
  const { backend } = await countingHttp((_, response) => {
    const more = (): void => {
      while (sent < total) {
        sent += 100_000
        if (!response.write(Buffer.alloc(100_000))) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  })
  const { body } = await backend.stream(get)
  await sleep(100)
  expect(sent).toBeLessThan(total)
  let received = 0
  for await (const chunk of body) received += chunk.length
  expect(received).toBe(total)
})

test('a stream whose backend breaks off ends with an error, not as if it were whole', async () => {
  const backend = await raw((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
    setTimeout(() => socket.destroy(), 10)
  })
  const { body } = await backend.stream(get)
  const read = async (): Promise<void> => {
    for await (const _ of body) continue
  }
  await expect(read()).rejects.toThrow(UpstreamFault)
})

test.each([
  ['a line break in a value', { headers: ['Host', 'b', 'X', 'a\r\nInjected: 1'] }],
  ['a character beyond Latin-1, which would be cut to a line break', { headers: ['Host', 'b', 'X', 'a\u010ab'] }],
  ['a line break in a name', { headers: ['Host', 'b', 'X\r\nY', 'a'] }],
  ['a space in the target', { target: '/a b' }],
  ['a line break in the target', { target: '/a\r\nX: 1' }],
  ['a method that is none', { method: 'GET /other HTTP/1.1\r\nX: 1\r\n\r\nGET' }],
  ['two Host headers', { headers: ['Host', 'b', 'host', 'c'] }],
])('a request with %s is not sent', async (_, change) => {
  let requests = 0
  const backend = await raw(() => requests++)
  expect((await faultOf(backend.request({ ...get, ...change }))).reason).toBe('broken')
  expect(requests).toBe(0)
})

test('headers about the connection are this one’s own', async () => {
  let seen = ''
  const backend = await raw((socket, _, __, text) => {
    seen = text
    socket.write(ok(''))
  })
  const own = ['Connection', 'close', 'Transfer-Encoding', 'chunked', 'content-length', '999', 'Expect', '100-continue']
  await backend.request({ ...post, headers: ['X-Own', '1', 'Host', 'b', ...own] })
  expect(seen).toBe('POST / HTTP/1.1\r\nHost: b\r\nConnection: keep-alive\r\nX-Own: 1\r\nContent-Length: 2\r\n\r\n{}')
})

test('an address that names no host is refused', async () => {
  expect((await faultOf(upstream.to('http://a b').request(get))).reason).toBe('refused')
  expect((await faultOf(upstream.to('http://host.invalid').request(get))).reason).toBe('refused')
})

test('closing ends what is under way', async () => {
  const own = createHttpUpstream()
  let connections = 0
  const silent = createTcpServer(() => connections++)
  const call = faultOf(own.to(await originOf(silent)).request(get))
  await expect.poll(() => connections, { interval: 5, timeout: 5_000 }).toBe(1)
  await own.close()
  expect((await call).message).toBe('the gateway is stopping')
})
