// WebSocket APIs of a process: connections by both forms of the URL, pushes by the SDK, and the end by a signal.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  ApiGatewayManagementApiClient,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { clientsOf } from '../fixture/clients.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { createWebSocketApi } from '../fixture/websocket-api.ts'

interface Told {
  readonly path: string
  readonly connectionId: string
  readonly body: string
}

/** Echoes, and writes down what it is told. */
async function startEcho(): Promise<{ readonly url: string; readonly told: Told[] }> {
  const told: Told[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      told.push({ path: request.url ?? '', connectionId: String(request.headers['x-connection']), body })
      response.end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told }
}

async function startProcess(...options: readonly string[]): Promise<RunningSluice> {
  const sluice = await startSluice(['dev', ...options])
  onTestFinished(() => void sluice.process.kill('SIGKILL'))
  return sluice
}

async function open(url: string, host?: string): Promise<WebSocket> {
  const socket = new WebSocket(url, host === undefined ? {} : { headers: { host } })
  await once(socket, 'open')
  return socket
}

async function next(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, 'message')) as [Buffer]
  return data.toString()
}

test('a connection echoes, is pushed to by the SDK, and ends with 1001 and a word to $disconnect when the process stops', async () => {
  const sluice = await startProcess()
  const { url, told } = await startEcho()
  const { http } = clientsOf(sluice.url)
  const id = await createWebSocketApi(http, {
    $connect: { uri: `${url}/connect` },
    $default: { uri: `${url}/echo`, isTwoWay: true },
    $disconnect: { uri: `${url}/disconnect` },
  })
  const byPath = await open(`ws://127.0.0.1:${sluice.port}/_aws/execute-api/${id}/dev`)
  const byHost = await open(`ws://127.0.0.1:${sluice.port}/dev`, `${id}.execute-api.localhost:${sluice.port}`)
  for (const socket of [byPath, byHost]) {
    const answer = next(socket)
    socket.send('hello')
    expect(await answer).toBe('hello')
  }
  const [first, second] = told.filter(({ path }) => path === '/connect').map(({ connectionId }) => connectionId)
  const management = new ApiGatewayManagementApiClient({
    region: 'us-east-1',
    endpoint: `${sluice.url}/_aws/execute-api/${id}/dev`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  const pushed = next(byPath)
  await management.send(new PostToConnectionCommand({ ConnectionId: first, Data: 'pushed' }))
  expect(await pushed).toBe('pushed')
  const { Identity } = await management.send(new GetConnectionCommand({ ConnectionId: second }))
  expect(Identity?.SourceIp).toBe('127.0.0.1')
  const closed = [byPath, byHost].map((socket) => once(socket, 'close'))
  const ended = sluice.stop()
  for (const [code] of await Promise.all(closed)) expect(code).toBe(1001)
  expect(await ended).toEqual({ code: 0, signal: null })
  const disconnected = told.filter(({ path }) => path === '/disconnect').map(({ connectionId }) => connectionId)
  expect(disconnected.toSorted()).toEqual([first, second].toSorted())
})

test('the count of connections is on a page of its own', async () => {
  const sluice = await startProcess()
  const { url } = await startEcho()
  const id = await createWebSocketApi(clientsOf(sluice.url).http, { $default: { uri: url } })
  const counts = async (): Promise<unknown> => (await fetch(`${sluice.url}/_sluice/connections`)).json()
  expect(await counts()).toEqual({ open: 0, opened: 0, refused: 0, notReading: 0 })
  const socket = await open(`ws://127.0.0.1:${sluice.port}/_aws/execute-api/${id}/dev`)
  expect(await counts()).toEqual({ open: 1, opened: 1, refused: 0, notReading: 0 })
  socket.terminate()
})

test('--account-connection-rate refuses connections beyond it with 429', async () => {
  const sluice = await startProcess('--account-connection-rate', '1')
  const { url } = await startEcho()
  const apiId = await createWebSocketApi(clientsOf(sluice.url).http, { $default: { uri: `${url}/echo` } })
  const address = `ws://127.0.0.1:${sluice.port}/_aws/execute-api/${apiId}/dev`
  // A second brings one connection: of many at once some are refused, and in the end there is room again.
  const opened = await Promise.allSettled(Array.from({ length: 5 }, () => open(address)))
  const refused = opened.filter(({ status }) => status === 'rejected')
  expect(refused.length).toBeGreaterThanOrEqual(1)
  for (const { reason } of refused as PromiseRejectedResult[]) {
    expect((reason as Error).message).toBe('Unexpected server response: 429')
  }
  await expect
    .poll(
      () =>
        open(address).then(
          () => 'open',
          () => 'refused',
        ),
      { timeout: 5_000 },
    )
    .toBe('open')
})
