// Clients that leave or stop reading: what was begun for them ends, and what they do not take is not gathered.
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { clientsOf } from '../fixture/clients.ts'
import { createRestApi, deploy, putMethod } from '../fixture/rest-api.ts'
import { startSluice, type RunningSluice } from '../fixture/sluice.ts'
import { until } from '../fixture/wait.ts'

const chunk = Buffer.alloc(64 * 1024, 'a')

let backend: Server
/** Connections of the backend that are open, and bytes that it has got rid of. */
let open = 0
let sent = 0
let waiting: ServerResponse[] = []
let sluice: RunningSluice
let id: string

beforeAll(async () => {
  backend = createServer((request, response) => {
    if (request.url === '/later') waiting.push(response)
    else pour(response)
  })
  backend.on('connection', (socket: Socket) => {
    open++
    socket.on('error', () => {})
    socket.once('close', () => open--)
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  sluice = await startSluice(['dev'])
  const { rest } = clientsOf(sluice.url)
  id = await createRestApi(rest, 'leaving')
  const uri = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
  for (const path of ['/later', '/pour']) {
    await putMethod(rest, id, path, {
      integration: {
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'GET',
        uri: `${uri}${path}`,
        responseTransferMode: 'STREAM',
      },
    })
  }
  await deploy(rest, id, 'prod')
})

afterAll(async () => {
  await sluice.stop()
  backend.closeAllConnections()
  backend.close()
})

/** Without end. */
function pour(response: ServerResponse): void {
  while (!response.destroyed) {
    sent += chunk.length
    if (!response.write(chunk)) break
  }
  if (!response.destroyed) response.once('drain', () => pour(response))
}

function ask(path: string): Socket {
  const socket = connect(sluice.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  socket.write(`GET /prod${path} HTTP/1.1\r\nHost: ${id}.execute-api.localhost\r\n\r\n`)
  return socket
}

test('who leaves before a streamed answer begins leaves no connection to the backend behind', async () => {
  const before = await openClients()
  const clients = [ask('/later'), ask('/later'), ask('/later')]
  await until('the requests at the backend', () => waiting.length === 3)
  for (const client of clients) client.destroy()
  await until('the end of the clients', async () => (await openClients()) === before)
  for (const response of waiting.splice(0)) pour(response)
  await until('the end of the connections', () => open === 0, 3000)
})

test('who does not read a stream holds up its backend, and ends it by leaving', async () => {
  sent = 0
  const client = ask('/pour').pause()
  let before = -1
  await until('a backend that is held up', async () => {
    const isStill = sent > 0 && sent === before
    before = sent
    await new Promise((resolve) => setTimeout(resolve, 200))
    return isStill
  })
  // What the sockets of both connections hold.
  expect(sent).toBeLessThan(32 * 1024 * 1024)
  client.destroy()
  await until('the end of the connection', () => open === 0, 3000)
})

/** Clients of the gateway, the one that asks among them. */
async function openClients(): Promise<number> {
  const metrics = await (await fetch(`${sluice.url}/_sluice/metrics`)).text()
  return Number(/^sluice_open_connections (\d+)$/m.exec(metrics)?.[1])
}
