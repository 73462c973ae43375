// Calls to real backends: raw headers, deadlines, refused connections, garbage, oversized answers, streams.
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { UpstreamFault, type Backend } from '../../ports/upstream.ts'
import { ByteBudget } from '../../nouns/byte-budget.ts'
import { createHttpUpstream } from './http-upstream.ts'

const upstream = createHttpUpstream()
const servers: (Server | TcpServer)[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

async function listen(server: Server | TcpServer): Promise<Backend> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return upstream.to(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const http = (listener: RequestListener): Promise<Backend> =>
  listen(createHttpServer({ keepAliveTimeout: 1 }, listener))

function get(backend: Backend, timeoutMs = 5000): ReturnType<Backend['request']> {
  return backend.request({ method: 'GET', target: '/', headers: ['host', 'backend'], body: undefined, timeoutMs })
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return error instanceof UpstreamFault ? error.reason : `no fault: ${String(error)}`
}

test('sends what it is given and hands back status, raw headers and bytes', async () => {
  const seen: unknown[] = []
  const backend = await http((request, response) => {
    request.on('data', (chunk: Buffer) => seen.push(chunk.toString()))
    request.on('end', () => {
      seen.push(
        request.method,
        request.url,
        request.headers.host,
        request.rawHeaders.filter((part) => part === 'X-Twice').length,
      )
      response.writeHead(418, ['X-Case', 'kept', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])
      response.end('short')
    })
  })
  const answer = await backend.request({
    method: 'POST',
    target: '/a%2Fb?c=d',
    headers: ['Host', 'elsewhere', 'X-Twice', '1', 'X-Twice', '2'],
    body: 'payload',
    timeoutMs: 5000,
  })
  expect(seen).toEqual(['payload', 'POST', '/a%2Fb?c=d', 'elsewhere', 2])
  expect(answer.status).toBe(418)
  expect(answer.headers.slice(0, 6)).toEqual(['X-Case', 'kept', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])
  expect(Buffer.concat(answer.body).toString()).toBe('short')
})

test('gives up at the deadline, before headers and in the middle of a body', async () => {
  const silent = await http(() => {})
  expect(await reasonOf(get(silent, 60))).toBe('timeout')
  const halfway = await http((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half')
  })
  expect(await reasonOf(get(halfway, 60))).toBe('timeout')
})

test('tells a refused connection from a broken answer', async () => {
  expect(await reasonOf(get(upstream.to('http://127.0.0.1:1')))).toBe('refused')
  const garbage = await listen(createTcpServer((socket) => socket.resume().end('this is not HTTP\r\n\r\n')))
  expect(await reasonOf(get(garbage))).toBe('broken')
  const hangsUp = await listen(createTcpServer((socket) => socket.once('data', () => socket.destroy())))
  expect(await reasonOf(get(hangsUp))).toBe('broken')
})

test('stops reading an answer that exceeds the payload limit', async () => {
  const endless = await http((_, response) => {
    response.on('error', () => {})
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) {
        // Until the socket is full.
      }
    }
    response.on('drain', write)
    write()
  })
  expect(await reasonOf(get(endless))).toBe('too-large')
})

test('streams: the first chunk is there before the last is written, and a reader that leaves ends the backend’s answer', async () => {
  let finish = (): void => {}
  const closed = Promise.withResolvers<void>()
  const backend = await http((_, response) => {
    response.on('close', closed.resolve)
    response.write('first')
    finish = () => response.end('last')
  })
  const whole = await backend.stream({
    method: 'GET',
    target: '/',
    headers: ['host', 'b'],
    body: undefined,
    timeoutMs: 5000,
  })
  const read: string[] = []
  for await (const chunk of whole.body) {
    read.push(Buffer.from(chunk).toString())
    if (read.length === 1) finish()
  }
  expect(read).toEqual(['first', 'last'])
  const left = await backend.stream({
    method: 'GET',
    target: '/',
    headers: ['host', 'b'],
    body: undefined,
    timeoutMs: 5000,
  })
  for await (const _ of left.body) break
  await closed.promise
})

test('an answer for which there is no room beside the others is given up, and room comes back', async () => {
  const waiting: (() => void)[] = []
  const server = createHttpServer((_, response) => {
    response.write('a'.repeat(60_000))
    waiting.push(() => response.end('a'.repeat(10_000)))
  })
  await listen(server)
  const small = createHttpUpstream(new ByteBudget(100_000))
  const backend = small.to(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const first = get(backend)
  const second = get(backend)
  expect(await Promise.race([reasonOf(first), reasonOf(second)])).toBe('too-large')
  for (const end of waiting.splice(0)) end()
  const answers = await Promise.allSettled([first, second])
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const third = get(backend)
  await expect.poll(() => waiting, { interval: 5, timeout: 5_000 }).toHaveLength(1)
  for (const end of waiting.splice(0)) end()
  expect(Buffer.concat((await third).body)).toHaveLength(70_000)
  await small.close()
})
