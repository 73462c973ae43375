// Traces and metrics as an OpenTelemetry receiver gets them, over HTTP, held against the protocol.
import {
  CreateDeploymentCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
} from '@aws-sdk/client-api-gateway'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBackend, type Backend } from '../http-plans/backend.ts'
import { traceRequestProblem } from './otlp-schema.ts'
import { startReceiver, type OtlpReceiver } from './otlp-receiver.ts'
import { createHttpPets, createPets, openPlace, startSeconds, type Place } from './place.ts'

let backend: Backend
let receiver: OtlpReceiver
const opened: Place[] = []

beforeAll(async () => {
  backend = await startBackend()
})
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  for (const place of opened.splice(0)) await place.gateway.close()
  expect(receiver.problems).toEqual([])
  await receiver.close()
})
afterAll(() => backend.close())

function open(telemetry: Record<string, string> = {}): Place {
  const place = openPlace({ telemetry: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...telemetry } })
  opened.push(place)
  return place
}

const traced = [{ op: 'replace', path: '/tracingEnabled', value: 'true' } as const]
const root = `1-${startSeconds.toString(16)}-bd862e3fe1be46a994272793`
const traceId = root.slice(2).replace('-', '')
const parent = '53995c3f42cd8ad8'

interface Value {
  stringValue?: string
  intValue?: string
  boolValue?: boolean
}
interface Attributes {
  attributes: { key: string; value: Value }[]
}
type Span = Attributes &
  Record<'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'startTimeUnixNano' | 'endTimeUnixNano', string> & {
    kind: number
    status?: { code: number }
  }
type Point = Attributes &
  Record<'startTimeUnixNano' | 'timeUnixNano' | 'asInt' | 'count', string> & { bucketCounts: string[] }

const valuesOf = ({ attributes }: Attributes) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]))
const spans = () =>
  receiver.received
    .filter(({ path }) => path.endsWith('/v1/traces'))
    .flatMap(
      ({ message }) =>
        (message as { resourceSpans: (object & { resource: Attributes; scopeSpans: { spans: Span[] }[] })[] })
          .resourceSpans,
    )
    .flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap((each) => each.spans.map((span) => ({ resource: valuesOf(resource), span }))),
    )
const metrics = () =>
  receiver.received
    .filter(({ path }) => path.endsWith('/v1/metrics'))
    .flatMap(
      ({ message }) =>
        (
          message as {
            resourceMetrics: {
              scopeMetrics: {
                metrics: {
                  name: string
                  unit: string
                  sum?: { dataPoints: Point[]; aggregationTemporality: number }
                  histogram?: { dataPoints: Point[]; aggregationTemporality: number }
                }[]
              }[]
            }[]
          }
        ).resourceMetrics,
    )
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((each) => each.metrics))

describe('traces', () => {
  test('a segment is a server span, its calls are client spans', async () => {
    const place = open({ OTEL_SERVICE_NAME: 'edge', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=a%20b' })
    const id = await createPets(place, { name: 'traced', uri: `${backend.url}/backend`, patches: traced })
    const answer = await place.get(id, '/prod/pets/1?x=1', {
      'X-Amzn-Trace-Id': `Root=${root};Parent=${parent};Sampled=1`,
    })
    await place.gateway.close()
    expect(spans()).toHaveLength(2)
    const [server, client] = spans()
    expect(server?.resource).toMatchObject({ 'service.name': 'edge', 'deployment.environment': 'a b' })
    const time = `${startSeconds}000000000`
    expect({ ...server?.span, attributes: undefined }).toEqual({
      traceId,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      parentSpanId: parent,
      name: 'GET /pets/{petId}',
      kind: 2,
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      attributes: undefined,
    })
    expect(server && valuesOf(server.span)).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/pets/{petId}',
      'http.response.status_code': '200',
      'url.full': `http://${id}.execute-api.localhost/prod/pets/1?x=1`,
      'client.address': '127.0.0.1',
      'aws.api_gateway.rest_api_id': id,
      'aws.api_gateway.stage': 'prod',
      'aws.api_gateway.request_id': answer.headers.get('x-amzn-requestid'),
      'cloud.region': 'us-east-1',
      'cloud.account.id': '000000000000',
    })
    expect(client?.span).toMatchObject({ traceId, parentSpanId: server?.span.spanId, name: 'GET /backend', kind: 3 })
  })

  test('5xx are errors; 4xx are no failure of the server', async () => {
    const place = open()
    const gone = await startBackend()
    const id = await createPets(place, { name: 'faults', uri: gone.url, patches: traced })
    await gone.close()
    const sampled = { 'X-Amzn-Trace-Id': `Root=${root};Sampled=1` }
    await place.get(id, '/prod/pets/1', sampled)
    await place.get(id, '/prod/nothing', sampled)
    place.gateway.clock.advance(5_000)
    await expect.poll(spans).toHaveLength(3)
    expect(spans().map(({ span }) => [span.kind, span.status?.code])).toEqual([
      [2, 2],
      [3, 2],
      [2, undefined],
    ])
  })

  test('segments of others go under their own service; what is in progress waits for its end', async () => {
    const place = open()
    const own = { name: 'worker', trace_id: root, start_time: startSeconds, end_time: startSeconds + 1.0015 }
    await place.xray.call('PutTraceSegments', {
      TraceSegmentDocuments: [
        JSON.stringify({ ...own, id: parent, end_time: undefined, in_progress: true }),
        JSON.stringify({ ...own, id: parent, annotations: { plan: 'gold', tries: 2, ok: true } }),
      ],
    })
    await place.gateway.close()
    expect(spans()).toHaveLength(1)
    expect(spans()[0]).toMatchObject({
      resource: { 'service.name': 'worker' },
      span: { name: 'worker', kind: 2, endTimeUnixNano: `${startSeconds + 1}001500000` },
    })
    expect(spans().map(({ span }) => valuesOf(span))).toMatchObject([
      { 'aws.xray.annotation.plan': 'gold', 'aws.xray.annotation.tries': '2', 'aws.xray.annotation.ok': true },
    ])
  })
})

describe('metrics', () => {
  const count = () => metrics().filter(({ name }) => name === 'aws.apigateway.Count')

  test('each minute is sent once, by stage, counted from the start', async () => {
    const place = open()
    const id = await createPets(place, { name: 'counted', uri: backend.url })
    for (const path of ['/prod/pets/1', '/prod/pets/2', '/prod/nothing']) await place.get(id, path)
    place.gateway.clock.advance(60_000)
    place.gateway.clock.advance(5_000)
    await expect.poll(count).toHaveLength(1)
    expect(count()[0]).toMatchObject({
      unit: '1',
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [
          { asInt: '3', startTimeUnixNano: `${startSeconds}000000000`, timeUnixNano: `${startSeconds + 60}000000000` },
        ],
      },
    })
    expect(valuesOf(count()[0]?.sum?.dataPoints[0] ?? { attributes: [] })).toEqual({
      ApiName: 'counted',
      Stage: 'prod',
      'cloud.account.id': '000000000000',
      'cloud.region': 'us-east-1',
    })
    const errors = metrics().find(({ name }) => name === 'aws.apigateway.4XXError')
    expect(errors?.sum?.dataPoints.map(({ asInt }) => asInt)).toEqual(['1'])
    const latency = metrics().find(({ name }) => name === 'aws.apigateway.Latency')
    expect([latency?.unit, latency?.histogram?.dataPoints[0]?.count]).toEqual(['ms', '3'])
    await place.get(id, '/prod/pets/1')
    await place.gateway.close()
    expect(count()[1]?.sum?.dataPoints.map(({ asInt }) => asInt)).toEqual(['4'])
  })

  test('as delta, each minute stands for itself', async () => {
    const place = open({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'Delta' })
    const id = await createHttpPets(place, 'counted', backend.url)
    await place.get(id, '/x')
    place.gateway.clock.advance(60_000)
    await place.get(id, '/x')
    await place.get(id, '/x')
    await place.gateway.close()
    const sums = count().flatMap(({ sum }) => sum?.dataPoints ?? [])
    expect(sums.map(({ asInt, startTimeUnixNano }) => [asInt, startTimeUnixNano])).toEqual([
      ['1', `${startSeconds}000000000`],
      ['2', `${startSeconds + 60}000000000`],
    ])
    expect(valuesOf(sums[0] ?? { attributes: [] })).toMatchObject({ ApiId: id, Stage: '$default' })
    expect(metrics().map(({ unit, name }) => `${name} ${unit}`)).toContain('aws.apigateway.DataProcessed By')
  })
})

test('headers, compression and endpoints of one signal are as OpenTelemetry says', async () => {
  const place = open({
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20key, x-tenant = a',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=Bearer%20other',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/mine/v1/traces`,
  })
  const id = await createPets(place, { name: 'headers', patches: traced })
  await place.get(id, '/prod/pets/1', { 'X-Amzn-Trace-Id': `Root=${root};Sampled=1` })
  await place.gateway.close()
  expect(
    receiver.received.map(({ path, headers }) => [path, headers['authorization'], headers['x-tenant']]).sort(),
  ).toEqual([
    ['/mine/v1/traces', 'Bearer other', undefined],
    ['/v1/metrics', 'Bearer key', 'a'],
  ])
})

test('nothing is exported that is switched off', async () => {
  const place = open({ OTEL_METRICS_EXPORTER: 'none', OTEL_SDK_DISABLED: 'true' })
  const id = await createPets(place, { name: 'off', patches: traced })
  await place.get(id, '/prod/pets/1', { 'X-Amzn-Trace-Id': `Root=${root};Sampled=1` })
  await place.gateway.close()
  expect(receiver.attempts()).toBe(0)
})

describe('the W3C trace context', () => {
  const w3c = '4bf92f3577b34da6a3ce929d0e0e4736'
  const traceparent = `00-${w3c}-00f067aa0ba902b7-01`
  const sent = (name: string) => backend.last().headers[name]

  test('is continued: the segment is the parent of what comes after', async () => {
    const place = open()
    const id = await createPets(place, { name: 'w3c', uri: backend.url })
    await place.get(id, '/prod/pets/1', { traceparent, tracestate: 'vendor=1' })
    place.gateway.clock.advance(5_000)
    await expect.poll(spans).toHaveLength(2)
    const { spanId, traceId: exported, parentSpanId } = spans()[0]?.span ?? {}
    expect([exported, parentSpanId]).toEqual([w3c, '00f067aa0ba902b7'])
    expect(sent('traceparent')).toBe(`00-${w3c}-${spanId}-01`)
    expect(sent('tracestate')).toBe('vendor=1')
    expect(sent('x-amzn-trace-id')).toBe(`Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=${spanId};Sampled=1`)
  })

  test('that is not sampled passes as it came', async () => {
    const place = open()
    const id = await createPets(place, { name: 'w3c', uri: backend.url, patches: traced })
    await place.get(id, '/prod/pets/1', { traceparent: traceparent.replace(/1$/, '0') })
    expect(sent('traceparent')).toBe(traceparent.replace(/1$/, '0'))
    expect(sent('x-amzn-trace-id')).toBe('Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=0')
  })

  test('of another trace than AWS’s passes as it came', async () => {
    const place = open()
    const id = await createPets(place, { name: 'w3c', uri: backend.url })
    await place.get(id, '/prod/pets/1', { traceparent, 'X-Amzn-Trace-Id': `Root=${root};Parent=${parent};Sampled=1` })
    expect(sent('traceparent')).toBe(traceparent)
    expect(sent('x-amzn-trace-id')).toMatch(new RegExp(`^Root=${root};Parent=[0-9a-f]{16};Sampled=1$`))
  })

  test('goes to backends that are sent no other headers of the client', async () => {
    const place = open()
    const restApiId = await createPets(place, { name: 'mapped' })
    const { items = [] } = await place.rest.send(new GetResourcesCommand({ restApiId }))
    const resourceId = items.find(({ path }) => path === '/pets/{petId}')?.id
    const method = { restApiId, resourceId, httpMethod: 'GET' }
    const integration = { type: 'HTTP', integrationHttpMethod: 'GET', uri: backend.url } as const
    await place.rest.send(new PutIntegrationCommand({ ...method, ...integration }))
    await place.rest.send(new PutIntegrationResponseCommand({ ...method, statusCode: '200' }))
    await place.rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
    await place.get(restApiId, '/prod/pets/1', { traceparent, tracestate: 'vendor=1', other: 'x' })
    expect(sent('traceparent')).toMatch(new RegExp(`^00-${w3c}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`))
    expect([sent('tracestate'), sent('other')]).toEqual(['vendor=1', undefined])
    await place.get(restApiId, '/prod/pets/1')
    expect([sent('traceparent'), sent('tracestate')]).toEqual([undefined, undefined])
  })

  test('is not made up, and a malformed one is a header like any', async () => {
    const place = open()
    const id = await createPets(place, { name: 'w3c', uri: backend.url, patches: traced })
    await place.get(id, '/prod/pets/1')
    expect(sent('traceparent')).toBeUndefined()
    await place.get(id, '/prod/pets/1', { traceparent: 'ff-x' })
    expect(sent('traceparent')).toBe('ff-x')
  })

  test('is a header like any where nothing is exported', async () => {
    const place = openPlace()
    opened.push(place)
    const id = await createPets(place, { name: 'w3c', uri: backend.url })
    await place.get(id, '/prod/pets/1', { traceparent })
    expect(sent('traceparent')).toBe(traceparent)
    expect(sent('x-amzn-trace-id')).not.toContain('4bf92f35')
  })
})

test('the schema that all of this is held against refuses what the protocol does', () => {
  const span = { traceId, spanId: parent, name: 'x', kind: 2, startTimeUnixNano: '1', endTimeUnixNano: '2' }
  const problem = (changes: object) => {
    const scopeSpans = [{ scope: { name: 'x' }, spans: [{ ...span, ...changes }] }]
    return traceRequestProblem({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans }] })
  }
  expect(problem({})).toBeUndefined()
  expect(problem({ startTimeUnixNano: 1 })).toContain('startTimeUnixNano is no 64-bit number')
  expect(problem({ spanId: '0'.repeat(16) })).toContain('spanId is no id')
  expect(problem({ traceId: Buffer.from(traceId, 'hex').toString('base64') })).toContain('traceId is no id')
  expect(problem({ kind: 'SPAN_KIND_SERVER' })).toContain('kind is no kind')
  expect(problem({ trace_state: '' })).toContain('trace_state is not of the protocol')
  expect(problem({ attributes: [{ key: 'a', value: { intValue: 1 } }] })).toContain('intValue')
})
