// What a hostile or broken client can send: refused at the door, and the next request is served.
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { callApi, type Reply } from '../fixture/call.ts'
import { clientsOf } from '../fixture/clients.ts'
import { addRoute, createHttpApi, proxyTo } from '../fixture/http-api.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { startUpstream, type Upstream } from '../fixture/upstream.ts'
import { until } from '../fixture/wait.ts'
import { exchange } from '../fixture/wire.ts'

const maximumBytes = 10 * 1024 * 1024

let sluice: RunningSluice
let upstream: Upstream
let restId: string
let httpId: string

beforeAll(async () => {
  upstream = await startUpstream()
  sluice = await startSluice(['dev'])
  const { rest, http } = clientsOf(sluice.url)
  restId = await createRestApi(rest, 'wire')
  await putMethod(rest, restId, '/', {
    httpMethod: 'ANY',
    integration: { type: 'HTTP_PROXY', integrationHttpMethod: 'ANY', uri: upstream.url },
  })
  await putMethod(rest, restId, '/where', {
    integration: { type: 'MOCK', requestTemplates: { 'application/json': '{"statusCode": 200}' } },
    responses: [{ statusCode: '200' }],
    integrationResponses: [{ statusCode: '200', responseTemplates: { 'application/json': '$context.path' } }],
  })
  await deploy(rest, restId, 'prod')
  httpId = await createHttpApi(http, 'wire')
  await addRoute(http, httpId, '$default', proxyTo(upstream.url))
})

afterAll(async () => {
  await sluice.stop()
  await upstream.close()
})

const host = (): string => `${httpId}.execute-api.localhost`

const malformed: readonly (readonly [what: string, bytes: () => string])[] = [
  ['two Host headers', () => `POST / HTTP/1.1\r\nHost: ${host()}\r\nHost: other\r\nContent-Length: 0\r\n\r\n`],
  [
    'Transfer-Encoding on HTTP/1.0',
    () => `POST / HTTP/1.0\r\nHost: ${host()}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'Content-Length beside Transfer-Encoding',
    () => `POST / HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'two different Content-Lengths',
    () => `POST / HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
  ],
  [
    'an unknown Transfer-Encoding',
    () => `POST / HTTP/1.1\r\nHost: ${host()}\r\nTransfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n`,
  ],
  ['a bare line feed in a header', () => `GET / HTTP/1.1\r\nHost: ${host()}\r\nX-A: b\nX-C: d\r\n\r\n`],
  [
    'a coding beside chunks',
    () => `POST / HTTP/1.1\r\nHost: ${host()}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a coding instead of chunks',
    () => `POST / HTTP/1.1\r\nHost: ${host()}\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  ],
  ['a Host with a user before it', () => `GET / HTTP/1.1\r\nHost: a@${host()}\r\n\r\n`],
  ['a Host with another behind it', () => `GET / HTTP/1.1\r\nHost: ${host()}@other\r\n\r\n`],
  ['a Host with a path', () => `GET / HTTP/1.1\r\nHost: ${host()}/other\r\n\r\n`],
  ['a Host with a blank', () => `GET / HTTP/1.1\r\nHost: ${host()} other\r\n\r\n`],
  ['a Host whose port is no number', () => `GET / HTTP/1.1\r\nHost: ${host()}:http\r\n\r\n`],
  ['no Host header', () => 'GET / HTTP/1.1\r\n\r\n'],
  ['another HTTP than 1.0 and 1.1', () => `GET / HTTP/2.0\r\nHost: ${host()}\r\n\r\n`],
  ['HTTP/0.9', () => `GET /_aws/execute-api/${httpId}/$default/x\r\n\r\n`],
  ['a blank before the colon', () => `GET / HTTP/1.1\r\nHost : ${host()}\r\n\r\n`],
  ['what is not HTTP', () => 'hello\r\n\r\n'],
]

test.for(malformed)('refuses %s with one 400 and closes', async ([, bytes]) => {
  const answer = await exchange(sluice.port, bytes())
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
  expect(answer).toMatch(/^connection: close\r$/im)
  expect((await callApi(sluice.url, httpId, '/')).status).toBe(200)
})

test.for(['[::1]:4566', 'my_host:80', '127.0.0.1', 'a.example:', ''])('takes the Host %j', async (named) => {
  expect(await exchange(sluice.port, `GET /_sluice/health HTTP/1.0\r\nHost: ${named}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 200 /,
  )
})

test('answers a request line that is too long with 414 and headers that are too large with 431', async () => {
  expect((await callApi(sluice.url, httpId, `/${'a'.repeat(12_000)}`)).status).toBe(414)
  expect((await callApi(sluice.url, httpId, '/', { headers: { 'X-Large': 'a'.repeat(12_000) } })).status).toBe(431)
  expect((await callApi(sluice.url, httpId, '/', { headers: { 'X-Large': 'a'.repeat(80_000) } })).status).toBe(431)
})

test('takes a body of 10 MB and refuses one byte more, said beforehand or not', async () => {
  const call = (apiId: string, path: string, bytes: number): Promise<Reply> =>
    callApi(sluice.url, apiId, path, { method: 'POST', body: Buffer.alloc(bytes, 'a') })
  const accepted = await call(httpId, '/length', maximumBytes)
  expect([accepted.status, accepted.text]).toEqual([200, '10485760'])
  const http = await call(httpId, '/length', maximumBytes + 1)
  expect([http.status, http.text]).toEqual([413, '{"message":"Request Entity Too Large"}'])
  const rest = await call(restId, '/prod', maximumBytes + 1)
  expect(rest.status).toBe(413)
  expect(JSON.parse(rest.text)).toEqual({ message: 'HTTP content length exceeded 10485760 bytes.' })
  expect(await chunkedStatus(maximumBytes + 1)).toBe(413)
  expect((await callApi(sluice.url, httpId, '/')).status).toBe(200)
})

/** The status for a body whose size is not said beforehand. */
function chunkedStatus(bytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Host: host(), 'Transfer-Encoding': 'chunked' }
    const sent = request(sluice.url, { method: 'POST', headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('error', reject)
    sent.end(Buffer.alloc(bytes, 'a'))
  })
}

test('answers a request before it closes because of what came behind it', async () => {
  const request = `GET /prod/where HTTP/1.1\r\nHost: ${restId}.execute-api.localhost\r\n\r\n`
  const answer = await exchange(sluice.port, `${request}not HTTP\r\n\r\n`)
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200'])
  expect(answer).toMatch(/\/prod\/where$/)
})

test('refuses a verb of no known name as one that no method has', async () => {
  const answer = await exchange(
    sluice.port,
    `FETCH /prod/where HTTP/1.1\r\nHost: ${restId}.execute-api.localhost\r\n\r\n`,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\nx-amzn-ErrorType: MissingAuthenticationTokenException\r\n/)
  expect(answer).toMatch(/\{"message":"Missing Authentication Token"\}$/)
})

test('answers pipelined requests in their order, each whole', async () => {
  const get = (path: string, last = ''): string => `GET ${path} HTTP/1.1\r\nHost: ${host()}\r\n${last}\r\n`
  const bytes = get('/slow/150') + get('/one') + get('/two', 'Connection: close\r\n')
  const answers = await exchange(sluice.port, bytes)
  const urls = [...answers.matchAll(/"url":"([^"]+)"/g)].map(([, url]) => url)
  expect(urls).toEqual(['/slow/150', '/one', '/two'])
  expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(3)
})

test('begins a pipelined request when the answer before it is out', async () => {
  const before = upstream.requests()
  const get = (path: string, last = ''): string => `GET ${path} HTTP/1.1\r\nHost: ${host()}\r\n${last}\r\n`
  const answers = exchange(sluice.port, get('/slow/400') + get('/x').repeat(98) + get('/last', 'Connection: close\r\n'))
  await until('the first request upstream', () => upstream.requests() > before)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(upstream.requests() - before).toBe(1)
  expect((await answers).match(/HTTP\/1\.1 200/g)).toHaveLength(100)
  expect(upstream.requests() - before).toBe(100)
})

test('reads no further than the requests that wait already', async () => {
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${host()}\r\n\r\n`
  const client = connect(sluice.port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  client.on('error', () => {})
  client.write(get('/slow/3000'))
  const flood = Buffer.from(get('/x').repeat(400_000))
  client.write(flood)
  await new Promise((resolve) => setTimeout(resolve, 500))
  // The buffers of two sockets hold some megabytes; the rest is still here.
  expect(client.writableLength).toBeGreaterThan(flood.length / 2)
  expect((await callApi(sluice.url, httpId, '/')).status).toBe(200)
})

test('answers pipelined requests with bodies, each with its own', async () => {
  const lengths = [1, 70_000, 0, 200_000, 3]
  const posts = lengths.map((length) => {
    const head = `POST /length HTTP/1.1\r\nHost: ${host()}\r\n${length === 3 ? 'Connection: close\r\n' : ''}`
    return length === 70_000
      ? `${head}Transfer-Encoding: chunked\r\n\r\n${length.toString(16)}\r\n${'a'.repeat(length)}\r\n0\r\n\r\n`
      : `${head}Content-Length: ${length}\r\n\r\n${'a'.repeat(length)}`
  })
  const answers = await exchange(sluice.port, posts.join(''))
  expect([...answers.matchAll(/\r\n\r\n(\d+)/g)].map(([, length]) => Number(length))).toEqual(lengths)
})

test('answers HEAD without a body, and the request after it on the same connection', async () => {
  const bytes = ['HEAD', 'GET'].map((method) => `${method} /x HTTP/1.1\r\nHost: ${host()}\r\n`)
  const answers = await exchange(sluice.port, `${bytes[0]}\r\n${bytes[1]}Connection: close\r\n\r\n`)
  expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  expect([...answers.matchAll(/"method":"([A-Z]+)"/g)].map(([, method]) => method)).toEqual(['GET'])
})

test('serves a request line that names the host, and refuses one that names another', async () => {
  const get = (named: string): Promise<string> =>
    exchange(sluice.port, `GET http://${named}/prod?x=1 HTTP/1.1\r\nHost: ${restHost}\r\nConnection: close\r\n\r\n`)
  const restHost = `${restId}.execute-api.localhost`
  expect(await get(restHost)).toContain('"url":"/?x=1"')
  expect(await get('elsewhere')).toMatch(/^HTTP\/1\.1 403 /)
  const toOther = `GET http://${restHost}/prod HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`
  expect(await exchange(sluice.port, toOther)).toMatch(/^HTTP\/1\.1 403 /)
})

test('of slashes before the stage of a REST API all but one are gone, behind it they are kept', async () => {
  const bytes = `GET //prod//where HTTP/1.1\r\nHost: ${restId}.execute-api.localhost\r\nConnection: close\r\n\r\n`
  expect((await exchange(sluice.port, bytes)).endsWith('\r\n\r\n/prod//where')).toBe(true)
})

test.for(['|', '{', '}'])('refuses a bare %s in the query of a REST API, and takes it encoded', async (character) => {
  const refused = await exchange(
    sluice.port,
    `GET /prod/where?a=${character} HTTP/1.1\r\nHost: ${restId}.execute-api.localhost\r\nConnection: close\r\n\r\n`,
  )
  expect(refused).toMatch(/^HTTP\/1\.1 400 /)
  expect(refused.endsWith('\r\n\r\n{"message":null}')).toBe(true)
  expect((await callApi(sluice.url, restId, `/prod/where?a=${encodeURIComponent(character)}`)).status).toBe(200)
})

test('opens no tunnels', async () => {
  const answer = await exchange(
    sluice.port,
    `CONNECT example.com:443 HTTP/1.1\r\nHost: ${restId}.execute-api.localhost\r\n\r\n`,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 403 /)
  expect(answer).toMatch(/^connection: close\r$/im)
})

test('lets a client that asks first send its body', async () => {
  const head = `POST /length HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`
  const answers = await exchange(sluice.port, `${head}hello`)
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200'])
  expect(answers.endsWith('\r\n\r\n5')).toBe(true)
})

test('is not disturbed by clients that break off in the middle', async () => {
  const head = `POST /length HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 1000\r\n\r\n`
  const broken = [head, `${head}half`, 'POST /len', `GET /slow/300 HTTP/1.1\r\nHost: ${host()}\r\n\r\n`]
  await Promise.all(broken.map((bytes) => exchange(sluice.port, bytes, 50)))
  expect((await callApi(sluice.url, httpId, '/')).status).toBe(200)
  expect(sluice.stderr()).toBe('')
})

test('serves an HTTP/1.0 client that names no host by the path', async () => {
  const answer = await exchange(sluice.port, `GET /_aws/execute-api/${httpId}/$default/x HTTP/1.0\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(answer).toContain('"url":"/x"')
})
