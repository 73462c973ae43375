// Connections through a real listener with real clients: opening, routing, answers, pushes, ends.
import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPlace, type Place } from './testing.ts'
import { createSocketApi, mocked, serverProxy } from './testing-api.ts'
import { startBackend, type Backend } from './testing-backend.ts'
import { connect } from './testing-client.ts'

let place: Place
let backend: Backend
let apiId: string

beforeAll(async () => {
  place = await openPlace()
  backend = await startBackend()
  apiId = await createSocketApi(place, {
    routes: {
      $connect: mocked(200),
      $default: { ...serverProxy(`${backend.url}/echo`), isTwoWay: true },
      ping: { ...mocked(200, 'pong $context.connectionId'), isTwoWay: true },
    },
  })
})

afterAll(async () => {
  await place.close()
  await backend.close()
})

describe('a connection', () => {
  test('is opened, answers messages by their routes, and closes', async () => {
    const client = await connect(place, apiId)
    expect(await client.ask('hello')).toBe('hello')
    expect(await client.ask({ action: 'ping' })).toMatch(/^pong [\w-]{15}=$/)
    await client.close()
    expect(await client.closed).toEqual({ code: 1005, reason: '' })
  })

  test('is found by @connections through the SDK: pushed to, looked at, closed', async () => {
    const client = await connect(place, apiId, { options: { headers: { 'User-Agent': 'tests/1' } } })
    const ConnectionId = (await client.ask({ action: 'ping' })).slice(5)
    const management = place.management(apiId)
    await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'news' }))
    expect(await client.next()).toBe('news')
    const found = await management.send(new GetConnectionCommand({ ConnectionId }))
    expect(found).toMatchObject({
      ConnectedAt: new Date(place.clock.now()),
      LastActiveAt: new Date(place.clock.now()),
      Identity: { SourceIp: '127.0.0.1', UserAgent: 'tests/1' },
    })
    await management.send(new DeleteConnectionCommand({ ConnectionId }))
    expect(await client.closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' })
    await expect(management.send(new PostToConnectionCommand({ ConnectionId, Data: 'late' }))).rejects.toMatchObject({
      name: 'GoneException',
      $metadata: { httpStatusCode: 410 },
    })
  })
})
