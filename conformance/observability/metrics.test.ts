// Metrics of requests as CloudWatch and Prometheus show them. Security F.1, F.2.
import { UpdateStageCommand } from '@aws-sdk/client-apigatewayv2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBackend, type Backend } from '../http-plans/backend.ts'
import { createHttpPets, createPets, openPlace, startSeconds, type Place } from './place.ts'

let place: Place
let backend: Backend

beforeAll(async () => {
  place = openPlace()
  backend = await startBackend()
})

afterAll(async () => {
  await place.gateway.close()
  await backend.close()
})

const dimensionsOf = (pairs: Record<string, string>) => Object.entries(pairs).map(([Name, Value]) => ({ Name, Value }))

/** One statistic of one metric over everything so far; undefined when it has no values. */
async function statistic(
  name: string,
  pairs: Record<string, string>,
  which: 'Sum' | 'SampleCount' | 'Average' = 'Sum',
) {
  const { Datapoints = [] } = await place.cloudwatch('query').call('GetMetricStatistics', {
    Namespace: 'AWS/ApiGateway',
    MetricName: name,
    Dimensions: dimensionsOf(pairs),
    StartTime: startSeconds - 3600,
    EndTime: startSeconds + 86_400,
    Period: 86_400,
    Statistics: [which],
  })
  return Datapoints[0]?.[which]
}

describe('REST APIs', () => {
  test('after N requests the counts are N, by API and by stage', async () => {
    const id = await createPets(place, { name: 'counted' })
    for (let request = 0; request < 7; request++) expect((await place.get(id, '/prod/pets/1')).status).toBe(200)
    for (let request = 0; request < 3; request++) expect((await place.get(id, '/prod/nothing')).status).toBe(403)
    for (const pairs of [{ ApiName: 'counted' }, { ApiName: 'counted', Stage: 'prod' }]) {
      expect(await statistic('Count', pairs)).toBe(10)
      expect(await statistic('4XXError', pairs)).toBe(3)
      expect(await statistic('4XXError', pairs, 'Average')).toBeCloseTo(0.3)
      expect(await statistic('5XXError', pairs)).toBe(0)
      expect(await statistic('Latency', pairs, 'SampleCount')).toBe(10)
      expect(await statistic('IntegrationLatency', pairs, 'SampleCount')).toBe(7)
      expect(await statistic('CacheHitCount', pairs)).toBeUndefined()
    }
    const detailed = { ApiName: 'counted', Method: 'GET', Resource: '/pets/{petId}', Stage: 'prod' }
    expect(await statistic('Count', detailed)).toBeUndefined()
  })

  test('detailed metrics count by method and resource', async () => {
    const id = await createPets(place, {
      name: 'detailed',
      patches: [{ op: 'replace', path: '/*/*/metrics/enabled', value: 'true' }],
    })
    await place.get(id, '/prod/pets/1')
    await place.get(id, '/prod/pets/2')
    const pairs = { Stage: 'prod', Resource: '/pets/{petId}', Method: 'GET', ApiName: 'detailed' }
    expect(await statistic('Count', pairs)).toBe(2)
  })

  test('latencies are the clock’s, from the receipt of the request to its answer', async () => {
    backend.answer = (_, response) => {
      place.gateway.clock.advance(120)
      response.end('ok')
    }
    const id = await createPets(place, { name: 'slow', uri: backend.url })
    await place.get(id, '/prod/pets/1')
    backend.answer = (_, response) => response.end('ok')
    expect(await statistic('Latency', { ApiName: 'slow' })).toBe(120)
    expect(await statistic('IntegrationLatency', { ApiName: 'slow' })).toBe(120)
  })

  test('an unreachable backend is a server error', async () => {
    const gone = await startBackend()
    const id = await createPets(place, { name: 'broken', uri: gone.url })
    await gone.close()
    expect((await place.get(id, '/prod/pets/1')).status).toBe(504)
    expect(await statistic('5XXError', { ApiName: 'broken' })).toBe(1)
    expect(await statistic('4XXError', { ApiName: 'broken' })).toBe(0)
  })

  test('a name keeps its ASCII characters, and an id stands for one that has none', async () => {
    await place.get(await createPets(place, { name: 'Bücher' }), '/prod/pets/1')
    expect(await statistic('Count', { ApiName: 'Bcher' })).toBe(1)
    const id = await createPets(place, { name: '日本' })
    await place.get(id, '/prod/pets/1')
    expect(await statistic('Count', { ApiName: id })).toBe(1)
  })
})

describe('HTTP APIs', () => {
  test('count requests, errors and bytes, by API, stage and, in detail, route', async () => {
    const id = await createHttpPets(place, 'http-pets', backend.url)
    const settings = { DetailedMetricsEnabled: true }
    await place.http.send(new UpdateStageCommand({ ApiId: id, StageName: '$default', DefaultRouteSettings: settings }))
    for (let request = 0; request < 4; request++) await place.get(id, '/x')
    backend.answer = (_, response) => response.writeHead(503).end()
    await place.get(id, '/x')
    backend.answer = (_, response) => response.end('ok')
    for (const pairs of [
      { ApiId: id },
      { ApiId: id, Stage: '$default' },
      { ApiId: id, Route: '$default', Stage: '$default' },
    ]) {
      expect(await statistic('Count', pairs)).toBe(5)
      expect(await statistic('5xx', pairs)).toBe(1)
      expect(await statistic('4xx', pairs)).toBe(0)
      expect(await statistic('DataProcessed', pairs)).toBe(8)
      expect(await statistic('IntegrationLatency', pairs, 'SampleCount')).toBe(5)
    }
  })
})

describe.each(['query', 'json', 'smithy-rpc-v2-cbor'] as const)('CloudWatch over %s', (protocol) => {
  const minute = (count: number) => startSeconds + 86_400 + count * 60

  test('lists, and gives statistics and data of the same minutes', async () => {
    const name = `over-${protocol}`
    const id = await createPets(place, { name })
    const { clock } = place.gateway
    const offsetMs = 60_000 - (clock.now() % 60_000)
    clock.advance(offsetMs)
    const startMs = clock.now()
    await place.get(id, '/prod/pets/1')
    await place.get(id, '/prod/pets/1')
    clock.advance(60_000)
    await place.get(id, '/prod/pets/1')
    const client = place.cloudwatch(protocol)
    const StartTime = startMs / 1000
    const EndTime = StartTime + 120
    const Dimensions = dimensionsOf({ ApiName: name })

    const listed = await client.call('ListMetrics', { Namespace: 'AWS/ApiGateway', MetricName: 'Count', Dimensions })
    expect(listed.Metrics).toEqual([
      { Namespace: 'AWS/ApiGateway', MetricName: 'Count', Dimensions },
      {
        Namespace: 'AWS/ApiGateway',
        MetricName: 'Count',
        Dimensions: [...Dimensions, { Name: 'Stage', Value: 'prod' }],
      },
    ])

    const metric = { Namespace: 'AWS/ApiGateway', MetricName: 'Count' }
    const statistics = await client.call('GetMetricStatistics', {
      ...metric,
      Dimensions,
      StartTime,
      EndTime,
      Period: 60,
      Statistics: ['Sum', 'Maximum'],
      ExtendedStatistics: ['p99'],
    })
    expect(statistics.Label).toBe('Count')
    expect(statistics.Datapoints).toEqual([
      { Timestamp: StartTime, Sum: 2, Maximum: 1, Unit: 'Count', ExtendedStatistics: { p99: 1 } },
      { Timestamp: StartTime + 60, Sum: 1, Maximum: 1, Unit: 'Count', ExtendedStatistics: { p99: 1 } },
    ])

    const Metric = { ...metric, Dimensions }
    const data = await client.call('GetMetricData', {
      StartTime,
      EndTime,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        { Id: 'm1', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false },
        { Id: 'rate', Expression: 'm1 / PERIOD(m1) * 60', Label: 'per minute' },
      ],
    })
    expect(data.MetricDataResults).toEqual([
      {
        Id: 'rate',
        Label: 'per minute',
        Timestamps: [StartTime, StartTime + 60],
        Values: [2, 1],
        StatusCode: 'Complete',
      },
    ])
  })

  test('refuses what makes no sense, in its words', async () => {
    const ask = (StartTime: number, EndTime: number, Period = 60) =>
      place.cloudwatch(protocol).call('GetMetricStatistics', {
        Namespace: 'AWS/ApiGateway',
        MetricName: 'Count',
        StartTime,
        EndTime,
        Period,
        Statistics: ['Sum'],
      })
    await expect(ask(minute(1), minute(1))).rejects.toMatchObject({
      message: 'The parameter StartTime must be less than the parameter EndTime.',
    })
    await expect(ask(minute(0), minute(1_441))).rejects.toMatchObject({
      message:
        'You have requested up to 1,441 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
    })
    await expect(ask(minute(0), minute(1), 61)).rejects.toMatchObject({ status: 400 })
    expect((await ask(0, 4_000_000_000, 86_400 * 40)).Datapoints).toEqual([])
    const data = (StartTime: number, EndTime: number, Expression?: string, Period = 60) => {
      const Metric = { Namespace: 'AWS/ApiGateway', MetricName: 'Count', Dimensions: [{ Name: 'ApiName', Value: 'x' }] }
      const stat = { Id: 'm1', MetricStat: { Metric, Period, Stat: 'Sum' } }
      const MetricDataQueries = Expression === undefined ? [stat] : [stat, { Id: 'e1', Expression }]
      return place.cloudwatch(protocol).call('GetMetricData', { StartTime, EndTime, MetricDataQueries })
    }
    const refused = (message: unknown) => ({ code: 'ValidationError', status: 400, message })
    await expect(data(minute(1), minute(1))).rejects.toMatchObject(
      refused('The parameter StartTime must be less than the parameter EndTime.'),
    )
    await expect(data(minute(0), minute(1), undefined, 61)).rejects.toMatchObject(
      refused(expect.stringContaining('parameter Period')),
    )
    await expect(data(0, 4_000_000_000, 'FILL(m1, 0)')).rejects.toMatchObject(
      refused("Error in expression 'e1': it would make too many datapoints"),
    )
    await expect(data(minute(0), minute(1), 'FILL(m1,')).rejects.toMatchObject(
      refused("Error in expression 'e1': it ends too early"),
    )
    const [all] = (await data(0, 4_000_000_000)).MetricDataResults ?? []
    expect(all).toMatchObject({ Id: 'm1', StatusCode: 'Complete' })
    expect(all?.Values ?? []).toEqual([])
  })
})

test('Prometheus reads totals of every method, status by status', async () => {
  const id = await createPets(place, { name: 'prometheus' })
  await place.get(id, '/prod/pets/1')
  await place.get(id, '/prod/pets/"2"')
  await place.get(id, '/prod/nothing')
  const lines = (await place.page('/_sluice/metrics')).split('\n').filter((line) => line.includes(id))
  const pets = `api="${id}",stage="prod",resource="/pets/{petId}",method="GET"`
  expect(lines).toContain(`apigw_requests_total{${pets},status="200"} 2`)
  expect(lines).toContain(`apigw_requests_total{api="${id}",stage="prod",resource="",method="",status="403"} 1`)
  expect(lines).toContain(`apigw_request_duration_seconds_bucket{${pets},le="0.005"} 2`)
  expect(lines).toContain(`apigw_request_duration_seconds_bucket{${pets},le="+Inf"} 2`)
  expect(lines).toContain(`apigw_integration_duration_seconds_count{${pets}} 2`)
})
