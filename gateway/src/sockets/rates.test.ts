// How many connections, messages and `@connections` calls an account may make a second. WebSocket 31.1, 32.
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi'
import { UpdateStageCommand } from '@aws-sdk/client-apigatewayv2'
import { afterEach, describe, expect, test } from 'vitest'
import type { AdjustableLimits } from '../nouns/limits.ts'
import { openPlace, type Place } from './testing.ts'
import { createSocketApi, mocked } from './testing-api.ts'
import { connect, refusal } from './testing-client.ts'

let place: Place

afterEach(() => place.close())

async function openWith(limits: Partial<AdjustableLimits>): Promise<void> {
  place = await openPlace({ limits })
}

const answering = { $default: { ...mocked(200, '$context.connectionId'), isTwoWay: true } }

describe('new connections', () => {
  test.for([
    ['with a $connect route', { $connect: mocked(200), ...answering }],
    ['without one', answering],
  ] as const)('beyond the rate of the account are refused with 429, %s', async ([, routes]) => {
    await openWith({ accountConnectionsPerSecond: 2 })
    const apiId = await createSocketApi(place, { routes })
    const clients = [await connect(place, apiId), await connect(place, apiId)]
    const { status, headers, body } = await refusal(place, apiId)
    expect(status).toBe(429)
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-amzn-errortype': 'TooManyRequestsException',
    })
    expect(body).toMatch(/^{"message": "Too Many Requests", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="}$/)
    // Half a second brings one of two.
    place.clock.advance(500)
    clients.push(await connect(place, apiId))
    expect((await refusal(place, apiId)).status).toBe(429)
    for (const client of clients) await client.close()
  })

  test('are counted over all APIs of an account, and messages are not among them', async () => {
    await openWith({ accountConnectionsPerSecond: 2 })
    const [one, other] = [
      await createSocketApi(place, { routes: answering }),
      await createSocketApi(place, { routes: answering }),
    ]
    const client = await connect(place, one)
    for (let count = 0; count < 5; count++) await client.ask('x')
    const second = await connect(place, other)
    expect((await refusal(place, one)).status).toBe(429)
    await client.close()
    await second.close()
  })

  test('that are refused take nothing, and without a rate there is no limit', async () => {
    await openWith({})
    const apiId = await createSocketApi(place, { routes: { $connect: mocked(200), ...answering } })
    const clients = await Promise.all(Array.from({ length: 50 }, () => connect(place, apiId)))
    const none = { ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 }
    await place.v2.send(new UpdateStageCommand({ ApiId: apiId, StageName: 'dev', RouteSettings: { $connect: none } }))
    expect((await refusal(place, apiId)).status).toBe(429)
    for (const client of clients) await client.close()
  })
})

describe('the account’s rate', () => {
  test('is shared by connections, messages and @connections calls', async () => {
    await openWith({ accountRequestsPerSecond: 1, accountBurst: 3 })
    const apiId = await createSocketApi(place, { routes: answering })
    const client = await connect(place, apiId)
    const ConnectionId = await client.ask('who')
    const post = () =>
      place.management(apiId).send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from('news') }))
    await post()
    expect(await client.next()).toBe('news')
    await expect(post()).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Too Many Requests',
      $metadata: { httpStatusCode: 429 },
    })
    expect(JSON.parse(await client.ask('who'))).toMatchObject({ message: 'Too Many Requests' })
    expect((await refusal(place, apiId)).status).toBe(429)
    place.clock.advance(1_000)
    await post()
    expect(await client.next()).toBe('news')
    await client.close()
  })
})

describe('settings of a stage', () => {
  test('give each route its bucket: its own, else one of the stage’s size', async () => {
    await openWith({})
    const apiId = await createSocketApi(place, {
      routes: { ...answering, own: { ...mocked(200, 'own'), isTwoWay: true } },
    })
    await place.v2.send(
      new UpdateStageCommand({
        ApiId: apiId,
        StageName: 'dev',
        DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 },
        RouteSettings: { own: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 } },
      }),
    )
    const client = await connect(place, apiId)
    const said = async (action: string): Promise<string> => {
      const text = await client.ask({ action })
      return text.startsWith('{') ? (JSON.parse(text) as { message: string }).message : text
    }
    expect([await said('own'), await said('own'), await said('own')]).toEqual(['own', 'own', 'Too Many Requests'])
    expect(await said('other')).toMatch(/=$/)
    expect(await said('other')).toBe('Too Many Requests')
    await client.close()
  })
})
