// Traces and metrics into a real collector of OpenTelemetry: it takes all of them, and understands what was meant.
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../fixture/folder.ts'
import { startBackend } from '../http-plans/backend.ts'
import { createHttpPets, createPets, openPlace, startSeconds, type Place } from '../observability/place.ts'
import { noCollector, startCollector, type Collector } from './collector.ts'

const root = `1-${startSeconds.toString(16)}-bd862e3fe1be46a994272793`
const sampled = { 'X-Amzn-Trace-Id': `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1` }
const traced = [{ op: 'replace', path: '/tracingEnabled', value: 'true' } as const]

interface Opened {
  readonly collector: Collector
  readonly place: Place
  readonly backendUrl: string
}

/** A gateway that exports to a collector of its own, with all the variables that say how. */
async function open(telemetry: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const collector = await startCollector(await temporaryFolder())
  onTestFinished(collector.close)
  const backend = await startBackend()
  onTestFinished(backend.close)
  const place = openPlace({ telemetry: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...telemetry } })
  onTestFinished(() => place.gateway.close())
  return { collector, place, backendUrl: backend.url }
}

const unsaid = new Set(['""', '0', '{}', '[]'])

/** What is empty or zero means what absence does, and a collector tells some of that on: what is left is what was said. */
function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(said)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, said(member)] as const)
  return Object.fromEntries(members.filter(([, member]) => !unsaid.has(JSON.stringify(member))))
}

/** Every request was taken whole, and told on as it was meant. */
function expectUnderstood({ sent, understood }: Collector, path: string): void {
  const of = (requests: Collector['sent']) => requests.filter((request) => request.path === path)
  expect(of(sent).length).toBeGreaterThan(0)
  for (const { status, answer } of of(sent)) expect([status, said(JSON.parse(answer))]).toEqual([200, {}])
  expect(of(understood).map(({ message }) => said(message))).toEqual(of(sent).map(({ message }) => said(message)))
}

const skipped = noCollector ?? ''

test.for(['none', 'gzip'])(
  `a collector takes traces, with compression %s ${skipped}`,
  async (compression, { skip }) => {
    skip(noCollector !== undefined, noCollector)
    const { collector, place, backendUrl } = await open({
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      OTEL_SERVICE_NAME: 'pets “é”',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    })
    const gone = await startBackend()
    await gone.close()
    const id = await createPets(place, { name: 'traced', uri: `${backendUrl}/backend`, patches: traced })
    const broken = await createPets(place, { name: 'broken', uri: gone.url, patches: traced })
    for (const path of ['/prod/pets/1?x=é', '/prod/nothing']) await place.get(id, path, sampled)
    await place.get(broken, '/prod/pets/1', sampled)
    await place.get(id, '/prod/pets/2', { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' })
    await place.xray.call('PutTraceSegments', {
      TraceSegmentDocuments: [
        JSON.stringify({
          name: 'worker',
          id: '53995c3f42cd8ad9',
          trace_id: root,
          start_time: startSeconds,
          end_time: startSeconds + 1.0015,
          error: true,
          annotations: { plan: 'gold', tries: 2, share: 0.25, ok: true },
          subsegments: [
            {
              name: 'table',
              id: '53995c3f42cd8ada',
              start_time: startSeconds,
              end_time: startSeconds + 1,
              fault: true,
            },
          ],
        }),
      ],
    })
    await place.gateway.close()
    expectUnderstood(collector, '/v1/traces')
    expect(JSON.stringify(collector.understood)).toContain('"name":"GET /pets/{petId}"')
  },
)

test(`a collector takes more spans than fit into one request ${skipped}`, async ({ skip }) => {
  skip(noCollector !== undefined, noCollector)
  const { collector, place } = await open()
  const id = await createPets(place, { name: 'many', patches: traced })
  for (let count = 0; count < 600; count++) await place.get(id, '/prod/pets/1', sampled)
  await place.gateway.close()
  expectUnderstood(collector, '/v1/traces')
  expect(collector.sent.filter(({ path }) => path === '/v1/traces')).toHaveLength(2)
})

test.for(['cumulative', 'delta'])(`a collector takes metrics that are %s ${skipped}`, async (temporality, { skip }) => {
  skip(noCollector !== undefined, noCollector)
  const { collector, place, backendUrl } = await open({
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
  })
  const metricsEnabled = { op: 'replace', path: '/*/*/metrics/enabled', value: 'true' } as const
  const rest = await createPets(place, { name: 'counted', uri: backendUrl, patches: [metricsEnabled] })
  const http = await createHttpPets(place, 'counted', backendUrl)
  for (let minute = 0; minute < 2; minute++) {
    await place.get(rest, '/prod/pets/1')
    await place.get(rest, '/prod/nothing')
    await place.get(http, '/x')
    place.gateway.clock.advance(60_000)
  }
  await place.gateway.close()
  expectUnderstood(collector, '/v1/metrics')
  const told = JSON.stringify(collector.understood)
  for (const name of ['Count', 'Latency', '4XXError', 'DataProcessed', 'detailed.Count']) {
    expect(told).toContain(`"name":"aws.apigateway.${name}"`)
  }
})
