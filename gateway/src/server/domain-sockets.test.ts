// WebSocket APIs behind custom domain names, with TLS and without: connections, and `@connections` under the mapping's key. WebSocket 30.1, 34.
import { once } from 'node:events'
import { GetConnectionCommand, ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi'
import { CreateApiMappingCommand, CreateDomainNameCommand, UpdateApiCommand } from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openPlace, type Place } from '../sockets/testing.ts'
import { createSocketApi, deploy, mocked } from '../sockets/testing-api.ts'
import { selfSigned } from '../services/apigateway/self-signed.ts'
import { BodyRoom } from './body-room.ts'
import type { Listener } from './listener.ts'
import { TlsContexts } from './tls-contexts.ts'
import { listenTls } from './tls-listener.ts'

const host = 'chat.example.com'

let place: Place
let secured: Listener
let apiId: string
beforeAll(async () => {
  place = await openPlace()
  const { core, v2 } = place
  const fallback = await selfSigned(Date.now() - 1000, Date.now() + 3_600_000)
  const contexts = new TlsContexts({ store: core.store, domains: core.domains, fallback })
  secured = await listenTls({
    host: '127.0.0.1',
    port: 0,
    front: core.front,
    bodyRoom: new BodyRoom(2 ** 30),
    bug: console.error,
    contexts,
  })
  const template = '"$context.domainName $context.stage $context.connectionId"'
  apiId = await createSocketApi(place, { routes: { $default: { ...mocked(200, template), isTwoWay: true } } })
  const CertificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/1'
  await v2.send(new CreateDomainNameCommand({ DomainName: host, DomainNameConfigurations: [{ CertificateArn }] }))
  await v2.send(new CreateApiMappingCommand({ DomainName: host, ApiMappingKey: 'room', ApiId: apiId, Stage: 'dev' }))
})
afterAll(async () => {
  await secured.close(0)
  await place.close()
})

async function open(path: string, isSecured: boolean): Promise<WebSocket> {
  const url = isSecured ? `wss://127.0.0.1:${secured.address.port}${path}` : `ws://127.0.0.1:${place.port}${path}`
  const tls = isSecured ? { servername: host, rejectUnauthorized: false } : {}
  const socket = new WebSocket(url, { headers: { host }, ...tls })
  await once(socket, 'open')
  return socket
}

async function ask(socket: WebSocket): Promise<string[]> {
  socket.send('hello')
  const [answer] = (await once(socket, 'message')) as [Buffer]
  return answer.toString().replaceAll('"', '').split(' ')
}

test.each([false, true])('a connection is opened under the key; with TLS: %j', async (isSecured) => {
  const socket = await open('/room', isSecured)
  const [domainName, stage, connectionId = ''] = await ask(socket)
  expect([domainName, stage]).toEqual([host, 'dev'])
  const management = new ApiGatewayManagementApiClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    endpoint: `${place.url}/room`,
  })
  management.middlewareStack.add(
    (next) => (made) => {
      Object.assign((made.request as { headers: object }).headers, { host })
      return next(made)
    },
    { step: 'build' },
  )
  const { Identity } = await management.send(new GetConnectionCommand({ ConnectionId: connectionId }))
  expect(Identity?.SourceIp).toBe('127.0.0.1')
  socket.terminate()
})

test('no other path leads to the API', async () => {
  await expect(open('/hall', false)).rejects.toThrow('403')
  await expect(open('/dev', true)).rejects.toThrow('403')
})

test('a disabled default endpoint leaves the domain name open', async () => {
  await place.v2.send(new UpdateApiCommand({ ApiId: apiId, DisableExecuteApiEndpoint: true }))
  await deploy(place, apiId)
  const direct = new WebSocket(`ws://127.0.0.1:${place.port}/_aws/execute-api/${apiId}/dev`)
  const [error] = (await once(direct, 'error')) as [Error]
  expect(error.message).toContain('403')
  const socket = await open('/room', false)
  expect((await ask(socket))[0]).toBe(host)
  socket.terminate()
})
