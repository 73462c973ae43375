// What CloudWatch shows of WebSocket APIs: metrics and access logs. Security F.1, WebSocket 33.
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi'
import { UpdateStageCommand } from '@aws-sdk/client-apigatewayv2'
import type { Operations as CloudWatch } from '@sluice/aws-protocol/cloudwatch'
import type { Operations as Logs } from '@sluice/aws-protocol/logs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPlace, serviceOf, type Place } from './testing.ts'
import { createSocketApi, mocked, serverProxy } from './testing-api.ts'
import { startBackend, type Backend } from './testing-backend.ts'
import { connect } from './testing-client.ts'

let place: Place
let backend: Backend

beforeAll(async () => {
  place = await openPlace()
  backend = await startBackend((_, url) => {
    place.clock.advance(20)
    return url === '/broken' ? { status: 500 } : { body: '{"said":"this"}' }
  })
})

afterAll(async () => {
  await place.close()
  await backend.close()
})

async function sum(MetricName: string, dimensions: Record<string, string>): Promise<number | undefined> {
  const nowSeconds = place.clock.now() / 1000
  const { Datapoints = [] } = await serviceOf<CloudWatch>(place, 'cloudwatch', 'monitoring').call(
    'GetMetricStatistics',
    {
      Namespace: 'AWS/ApiGateway',
      MetricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      StartTime: nowSeconds - 86_400,
      EndTime: nowSeconds + 86_400,
      Period: 3 * 86_400,
      Statistics: ['Sum'],
    },
  )
  return Datapoints[0]?.Sum
}

test('connections, messages in both directions, latencies and errors are counted', async () => {
  const ApiId = await createSocketApi(place, {
    routes: {
      $connect: mocked(200),
      $default: { ...serverProxy(`${backend.url}/`), isTwoWay: true },
      broken: serverProxy(`${backend.url}/broken`),
    },
  })
  const DefaultRouteSettings = { DetailedMetricsEnabled: true }
  await place.v2.send(new UpdateStageCommand({ ApiId, StageName: 'dev', DefaultRouteSettings }))
  const client = await connect(place, ApiId)
  await client.ask({ action: 'x' })
  await client.ask({ action: 'x' })
  client.send({ action: 'broken' })
  await expect.poll(() => sum('IntegrationError', { ApiId })).toBe(1)
  for (const dimensions of [{ ApiId }, { ApiId, Stage: 'dev' }]) {
    expect(await sum('ConnectCount', dimensions)).toBe(1)
    expect(await sum('MessageCount', dimensions)).toBe(5)
    expect(await sum('IntegrationLatency', dimensions)).toBe(60)
    expect(await sum('ClientError', dimensions)).toBeUndefined()
  }
  expect(await sum('MessageCount', { ApiId, Route: '$default', Stage: 'dev' })).toBe(4)
  expect(await sum('MessageCount', { ApiId, Route: 'broken', Stage: 'dev' })).toBe(1)
  await client.close()
})

test('a message that a backend pushes is one message, and each event is a line of the access log', async () => {
  const ApiId = await createSocketApi(place, {
    routes: { $connect: mocked(200), $default: { ...mocked(200, '$context.connectionId'), isTwoWay: true } },
  })
  const Format = '$context.requestId|$context.eventType|$context.routeKey|$context.status|$context.messageId'
  const DestinationArn = 'arn:aws:logs:us-east-1:000000000000:log-group:sockets'
  await place.v2.send(
    new UpdateStageCommand({ ApiId, StageName: 'dev', AccessLogSettings: { DestinationArn, Format } }),
  )
  const client = await connect(place, ApiId)
  const ConnectionId = await client.ask({ action: 'x' })
  await place.management(ApiId).send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.from('pushed') }))
  expect(await client.next()).toBe('pushed')
  expect(await sum('MessageCount', { ApiId })).toBe(3)
  await client.close()
  const lines = async () => {
    const { events = [] } = await serviceOf<Logs>(place, 'logs', 'logs').call('FilterLogEvents', {
      logGroupName: 'sockets',
    })
    return events.map(({ message }) => message?.split('|').slice(1, 4).join(' '))
  }
  await expect.poll(lines).toEqual(['CONNECT $connect 200', 'MESSAGE $default 200', 'DISCONNECT $disconnect 200'])
})
