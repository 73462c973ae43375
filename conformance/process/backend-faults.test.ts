// Backends that misbehave, byte by byte: what the client of a REST API gets, and that nobody else is disturbed. REST 3.10, 7.1.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientsOf } from '../fixture/clients.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { exchange } from '../fixture/wire.ts'

const ok = 'HTTP/1.1 200 OK\r\n'
const broken = [504, '{"message": "Network error communicating with endpoint"}'] as const
const timedOut = [504, '{"message": "Endpoint request timed out"}'] as const
const timeoutInMillis = 300

/** Path → what is sent, what happens then, and what the client gets of a buffered integration. */
const faults: Readonly<
  Record<string, readonly [bytes: string, then: 'stay' | 'end' | 'reset', answer: readonly [number, string]]>
> = {
  nothing: ['', 'end', broken],
  reset: ['', 'reset', broken],
  garbage: ['\0\x01 garbage\r\n\r\n', 'stay', broken],
  'half-a-head': ['HTTP/1.1 200 OK\r\nContent-Le', 'end', broken],
  'short-body': [`${ok}Content-Length: 10\r\n\r\nabc`, 'end', broken],
  'long-body': [`${ok}Content-Length: 2\r\n\r\nabcdef`, 'stay', [200, 'ab']],
  'bad-chunk': [`${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n`, 'stay', broken],
  'cut-chunk': [`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nab`, 'end', broken],
  'two-lengths': [`${ok}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`, 'stay', broken],
  'length-and-chunks': [`${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 'stay', broken],
  'huge-head': [`${ok}X-A: ${'a'.repeat(100_000)}\r\n\r\n`, 'stay', broken],
  'control-character': [`${ok}X-A: a\0b\r\nContent-Length: 0\r\n\r\n`, 'stay', broken],
  'other-protocol': ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'stay', broken],
  'never-final': ['HTTP/1.1 102 Processing\r\n\r\n', 'stay', timedOut],
  'never-ending': [`${ok}Content-Length: 10\r\n\r\nabc`, 'stay', timedOut],
  interim: [
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${ok}Content-Length: 2\r\n\r\nab`,
    'stay',
    [200, 'ab'],
  ],
  trailers: [`${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-T: 1\r\n\r\n`, 'stay', [200, 'ab']],
  'until-the-end': [`${ok}\r\nab`, 'end', [200, 'ab']],
  'no-content': ['HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nab', 'stay', [204, '']],
  'too-large': [
    `${ok}Content-Length: 10485761\r\n\r\n${'a'.repeat(10_485_761)}`,
    'stay',
    [500, '{"message": "Internal server error"}'],
  ],
}

let backend: Server
let sluice: RunningSluice
let id: string

beforeAll(async () => {
  backend = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (head: Buffer) => misbehave(socket, /^\S+ \/(\S*)/.exec(head.toString('latin1'))?.[1] ?? ''))
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  sluice = await startSluice(['dev'])
  const { rest } = clientsOf(sluice.url)
  id = await createRestApi(rest, 'faults')
  const integration = {
    type: 'HTTP_PROXY',
    integrationHttpMethod: 'ANY',
    uri: `http://127.0.0.1:${(backend.address() as AddressInfo).port}/{name}`,
    timeoutInMillis,
    requestParameters: { 'integration.request.path.name': 'method.request.path.name' },
  } as const
  const method = { requestParameters: { 'method.request.path.name': true } }
  await putMethod(rest, id, '/whole/{name}', { httpMethod: 'ANY', method, integration })
  const streamed = { ...integration, responseTransferMode: 'STREAM' as const }
  await putMethod(rest, id, '/stream/{name}', { httpMethod: 'ANY', method, integration: streamed })
  await deploy(rest, id, 'prod')
})

afterAll(async () => {
  await sluice.stop()
  backend.close()
})

function misbehave(socket: Socket, name: string): void {
  const [bytes, then] = faults[name] ?? [`${ok}Content-Length: 4\r\n\r\nfine`, 'stay']
  if (then === 'reset') socket.resetAndDestroy()
  else socket.write(bytes, 'latin1', () => then === 'end' && socket.end())
}

async function get(path: string, verb = 'GET'): Promise<readonly [status: number, body: string, head: string]> {
  const host = `Host: ${id}.execute-api.localhost\r\n`
  const answer = await exchange(sluice.port, `${verb} /prod/${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)
  const at = answer.indexOf('\r\n\r\n')
  return [Number(answer.slice(9, 12)), answer.slice(at + 4), answer.slice(0, at)]
}

test.each(Object.entries(faults))('%s', async (name, [, , expected]) => {
  const [[status, body], after] = await Promise.all([get(`whole/${name}`), get('whole/fine')])
  expect([status, body]).toEqual(expected)
  expect(after.slice(0, 2)).toEqual([200, 'fine'])
})

test('all of them at once, and every other client is served', async () => {
  const names = Object.keys(faults)
  const answers = await Promise.all(names.flatMap((name) => [get(`whole/${name}`), get('whole/fine')]))
  expect(answers.map(([status]) => status)).toEqual(names.flatMap((name) => [faults[name]?.[2][0], 200]))
  expect(sluice.stderr()).toBe('')
})

test('a stream that breaks is cut, so that no client takes it for whole', async () => {
  const [, short, head] = await get('stream/short-body')
  expect([short, /^content-length: 10\r$/im.test(head)]).toEqual(['abc', true])
  expect((await get('stream/cut-chunk'))[1]).toBe('2\r\nab\r\n')
  expect((await get('stream/half-a-head')).slice(0, 2)).toEqual(broken)
})

test('an answer that has no body names no length, streamed or not', async () => {
  for (const mode of ['whole', 'stream']) {
    const [status, body, head] = await get(`${mode}/no-content`)
    expect([status, body, /^(?:content-length|transfer-encoding):/im.test(head)]).toEqual([204, '', false])
  }
  expect((await get('whole/interim', 'HEAD')).slice(0, 2)).toEqual([200, ''])
})
