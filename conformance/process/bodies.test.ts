// Bodies that are made to fill the memory: many that come slowly, and ones that come byte by byte.
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { clientsOf } from '../fixture/clients.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { until } from '../fixture/wait.ts'

const megabyte = 1024 * 1024

let backend: Server
let sluice: RunningSluice
let id: string

beforeAll(async () => {
  // Says how long a body was; or sends the same bytes back, each in a chunk of its own.
  backend = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      if (request.url === '/length') response.end(String(body.length))
      else response.socket?.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${inBytes(body.toString())}`)
    })
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  sluice = await startSluice(['dev', '--max-body-memory', '16'])
  const { rest } = clientsOf(sluice.url)
  id = await createRestApi(rest, 'bodies')
  const uri = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
  for (const path of ['/length', '/bytes']) {
    await putMethod(rest, id, path, {
      httpMethod: 'POST',
      integration: { type: 'HTTP_PROXY', integrationHttpMethod: 'POST', uri: `${uri}${path}` },
    })
  }
  await deploy(rest, id, 'prod')
})

afterAll(async () => {
  await sluice.stop()
  backend.closeAllConnections()
  backend.close()
})

/** A body as chunks of one byte each. */
function inBytes(body: string): string {
  return `${Array.from(body, (byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`
}

interface Client {
  readonly socket: Socket
  readonly answer: () => string
}

function post(path: string, framing: string): Client {
  const socket = connect(sluice.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  socket.write(`POST /_aws/execute-api/${id}/prod${path} HTTP/1.1\r\nHost: localhost\r\n${framing}\r\n\r\n`)
  return { socket, answer: () => answer }
}

test('a body for which there is no room beside the others is refused with 503, and room comes back', async () => {
  const pair = [0, 1].map(() => post('/length', `Content-Length: ${9 * megabyte}`))
  for (const { socket } of pair) socket.write(Buffer.alloc(9 * megabyte - 1))
  const refused = await until('one of them refused', () => pair.find(({ answer }) => answer() !== ''))
  expect(refused.answer()).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n.*\{"message":"Service Unavailable"\}$/s)
  for (const { socket } of pair) socket.write('x')
  await until('the other one answered', () =>
    pair.some((each) => each !== refused && each.answer().endsWith(String(9 * megabyte))),
  )
  const later = post('/length', `Content-Length: ${9 * megabyte}`)
  later.socket.write(Buffer.alloc(9 * megabyte))
  await until('a later one answered', () => later.answer().endsWith(String(9 * megabyte)))
})

test('a client that breaks off gives its room back', async () => {
  for (let round = 0; round < 3; round++) {
    const leaving = post('/length', `Content-Length: ${5 * megabyte}`)
    await new Promise((resolve) => leaving.socket.write(Buffer.alloc(5 * megabyte - 1), resolve))
    leaving.socket.destroy()
  }
  const staying = post('/length', `Content-Length: ${9 * megabyte}`)
  staying.socket.write(Buffer.alloc(9 * megabyte))
  await until('it answered', () => staying.answer().endsWith(String(9 * megabyte)))
})

test('bodies that come byte by byte arrive whole in both directions', async () => {
  const body = Array.from({ length: 40_000 }, (_, index) => index % 10).join('')
  const client = post('/bytes', 'Transfer-Encoding: chunked')
  client.socket.write(inBytes(body))
  await until('the answer', () => client.answer().endsWith(`\r\n\r\n${body}`))
})
