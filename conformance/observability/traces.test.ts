// Traces of REST APIs, read back through X-Ray. Security G.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
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

const traced = [{ op: 'replace', path: '/tracingEnabled', value: 'true' } as const]
const root = `1-${startSeconds.toString(16)}-bd862e3fe1be46a994272793`
const parent = '53995c3f42cd8ad8'
const sentHeader = (): string => String(backend.last().headers['x-amzn-trace-id'])
const rootOf = (header: string): string => /Root=([^;]+)/.exec(header)?.[1] ?? ''

async function segments(id: string): Promise<Record<string, unknown>[]> {
  const { Traces = [] } = await place.xray.call('BatchGetTraces', { TraceIds: [id] })
  return Traces.flatMap(({ Segments = [] }) =>
    Segments.map(({ Document = '' }) => JSON.parse(Document) as Record<string, unknown>),
  )
}

describe('a stage that traces', () => {
  test('records the segment of a sampled request, and names it to the backend', async () => {
    const id = await createPets(place, { name: 'traced', uri: `${backend.url}/backend`, patches: traced })
    backend.answer = (_, response) => {
      place.gateway.clock.advance(50)
      response.end('ok')
    }
    const startedMs = place.gateway.clock.now()
    const answer = await place.get(id, '/prod/pets/1?x=1', {
      'X-Amzn-Trace-Id': `Root=${root};Parent=${parent};Sampled=1`,
    })
    backend.answer = (_, response) => response.end('ok')
    const [segment] = await segments(root)
    expect(segment).toMatchObject({
      name: 'traced/prod',
      trace_id: root,
      parent_id: parent,
      start_time: startedMs / 1000,
      end_time: (startedMs + 50) / 1000,
      origin: 'AWS::ApiGateway::Stage',
      resource_arn: `arn:aws:apigateway:us-east-1::/restapis/${id}/stages/prod`,
      http: {
        request: { url: `http://${id}.execute-api.localhost/prod/pets/1?x=1`, method: 'GET', client_ip: '127.0.0.1' },
        response: { status: 200, content_length: 2 },
      },
      aws: {
        api_gateway: {
          account_id: '000000000000',
          rest_api_id: id,
          stage: 'prod',
          request_id: answer.headers.get('x-amzn-requestid'),
        },
      },
      annotations: { 'aws:api_id': id, 'aws:api_stage': 'prod' },
      subsegments: [
        { name: '/backend', namespace: 'remote', start_time: startedMs / 1000, end_time: (startedMs + 50) / 1000 },
      ],
    })
    expect(sentHeader()).toBe(`Root=${root};Parent=${String(segment?.['id'])};Sampled=1`)
  })

  test('samples one request a second by its rule, and says so', async () => {
    place.gateway.clock.advance(1_000)
    const id = await createPets(place, { name: 'sampled', uri: backend.url, patches: traced })
    await place.get(id, '/prod/pets/1')
    expect(sentHeader()).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$/)
    const [segment] = await segments(rootOf(sentHeader()))
    expect(segment).toMatchObject({ aws: { xray: { sampling_rule_name: 'Default' } } })
    expect(segment).not.toHaveProperty('parent_id')
    let sampled = 0
    for (let request = 0; request < 100; request++) {
      await place.get(id, '/prod/pets/1')
      if (sentHeader().endsWith('Sampled=1')) sampled++
    }
    expect(sampled).toBeLessThan(25)
  })

  test('records nothing that the caller decided against', async () => {
    const id = await createPets(place, { name: 'unsampled', uri: backend.url, patches: traced })
    const unsampled = root.replace(/793$/, '794')
    await place.get(id, '/prod/pets/1', { 'X-Amzn-Trace-Id': `Root=${unsampled};Parent=${parent};Sampled=0` })
    expect(sentHeader()).toBe(`Root=${unsampled};Parent=${parent};Sampled=0`)
    expect(await segments(unsampled)).toEqual([])
  })

  test('marks errors and faults', async () => {
    const gone = await startBackend()
    const id = await createPets(place, { name: 'faults', uri: gone.url, patches: traced })
    await gone.close()
    const [fault, error] = [root.replace(/3$/, 'a'), root.replace(/3$/, 'b')]
    await place.get(id, '/prod/pets/1', { 'X-Amzn-Trace-Id': `Root=${fault};Sampled=1` })
    await place.get(id, '/prod/nothing', { 'X-Amzn-Trace-Id': `Root=${error};Sampled=1` })
    expect((await segments(fault))[0]).toMatchObject({ fault: true, subsegments: [{ fault: true }] })
    expect((await segments(error))[0]).toMatchObject({ error: true })
    expect((await segments(error))[0]).not.toHaveProperty('subsegments')
  })
})

test('a stage that does not trace records what its caller has sampled, and nothing else', async () => {
  const id = await createPets(place, { name: 'passive', uri: backend.url })
  const passive = root.replace(/3$/, 'c')
  await place.get(id, '/prod/pets/1', { 'X-Amzn-Trace-Id': `Root=${passive};Parent=${parent};Sampled=1` })
  expect(await segments(passive)).toHaveLength(1)
  await place.get(id, '/prod/pets/1')
  expect(sentHeader()).toMatch(/Sampled=0$/)
})

test('HTTP APIs record no segments', async () => {
  const id = await createHttpPets(place, 'untraced', backend.url)
  const untraced = root.replace(/3$/, 'd')
  await place.get(id, '/x', { 'X-Amzn-Trace-Id': `Root=${untraced};Sampled=1` })
  expect(await segments(untraced)).toEqual([])
})

test('traces and sampling rules are there after a restart, in the data folder', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'sluice-kept-traces-'))
  onTestFinished(() => rmSync(dataFolder, { recursive: true }))
  const first = openPlace({ dataFolder })
  const id = await createPets(first, { name: 'kept', patches: traced })
  await first.get(id, '/prod/pets/1', { 'X-Amzn-Trace-Id': `Root=${root};Sampled=1` })
  await first.xray.call('UpdateSamplingRule', { SamplingRuleUpdate: { RuleName: 'Default', FixedRate: 0.5 } })
  await first.gateway.close()
  const second = openPlace({ dataFolder })
  onTestFinished(() => second.gateway.close())
  const { Traces = [] } = await second.xray.call('BatchGetTraces', { TraceIds: [root] })
  expect(Traces.map(({ Id, Segments = [] }) => [Id, Segments.length])).toEqual([[root, 1]])
  const { SamplingRuleRecords = [] } = await second.xray.call('GetSamplingRules', {})
  expect(SamplingRuleRecords.map(({ SamplingRule }) => SamplingRule?.FixedRate)).toEqual([0.5])
  expect(await second.page('/_sluice/metrics')).toContain('sluice_telemetry_dropped_total{place="traces"} 0\n')
})

describe('X-Ray', () => {
  const nowSeconds = (): number => place.gateway.clock.now() / 1000
  const put = (...documents: object[]) =>
    place.xray.call('PutTraceSegments', {
      TraceSegmentDocuments: documents.map((document) => JSON.stringify(document)),
    })
  const trace = (last: string): string => root.replace(/3$/, last)

  test('keeps segments of others, and refuses those that break its rules', async () => {
    const good = {
      id: parent,
      name: 'mine',
      trace_id: trace('e'),
      start_time: nowSeconds(),
      end_time: nowSeconds() + 1,
    }
    const { UnprocessedTraceSegments } = await place.xray.call('PutTraceSegments', {
      TraceSegmentDocuments: [
        JSON.stringify(good),
        'no JSON',
        JSON.stringify({ ...good, id: 'x' }),
        JSON.stringify({ ...good, id: undefined }),
        JSON.stringify({ ...good, name: '' }),
        JSON.stringify({ ...good, trace_id: '1-00000000-bd862e3fe1be46a994272793' }),
      ],
    })
    expect(UnprocessedTraceSegments?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      'ParseError',
      'InvalidId',
      'MissingId',
      'InvalidName',
      'InvalidTraceId',
    ])
    const { Traces, UnprocessedTraceIds } = await place.xray.call('BatchGetTraces', {
      TraceIds: [trace('e'), trace('f')],
    })
    expect(Traces?.map(({ Id, Duration }) => [Id, Duration])).toEqual([[trace('e'), 1]])
    expect(UnprocessedTraceIds).toEqual([trace('f')])
  })

  test('finds traces by time and by filter expressions', async () => {
    const id = await createPets(place, { name: 'found', patches: traced })
    await place.get(id, '/prod/pets/1', { 'X-Amzn-Trace-Id': `Root=${trace('0')};Sampled=1` })
    await place.get(id, '/prod/nothing', { 'X-Amzn-Trace-Id': `Root=${trace('1')};Sampled=1` })
    const find = async (FilterExpression?: string) => {
      const { TraceSummaries = [] } = await place.xray.call('GetTraceSummaries', {
        StartTime: nowSeconds() - 60,
        EndTime: nowSeconds() + 60,
        FilterExpression,
      })
      return TraceSummaries.map(({ Id }) => Id).filter((each) => each === trace('0') || each === trace('1'))
    }
    expect(await find()).toHaveLength(2)
    expect(await find('error')).toEqual([trace('1')])
    expect(await find('service("found/prod") { !error }')).toEqual([trace('0')])
    expect(await find('http.status = 403 AND http.url CONTAINS "nothing"')).toEqual([trace('1')])
    expect(await find(`annotation[aws:api_id] = "${id}" AND (ok OR fault)`)).toEqual([trace('0')])
    expect(await find('responsetime > 100')).toEqual([])
    await expect(find('http.status =')).rejects.toMatchObject({ code: 'InvalidRequestException' })
    await expect(find('nonsense')).rejects.toMatchObject({ code: 'InvalidRequestException' })
    await expect(place.xray.call('GetTraceSummaries', { StartTime: 0, EndTime: nowSeconds() })).rejects.toMatchObject({
      code: 'InvalidRequestException',
    })
  })

  test('draws the graph of services, with the client and a backend that sent nothing', async () => {
    const far = nowSeconds() + 10_000
    const epoch = Math.floor(nowSeconds()).toString(16)
    const trace_id = `1-${epoch}-000000000000000000000001`
    await put(
      {
        id: '00000000000000a1',
        name: 'front',
        trace_id,
        start_time: far,
        end_time: far + 2,
        subsegments: [
          { id: '00000000000000a2', name: 'back', namespace: 'remote', start_time: far, end_time: far + 1 },
          {
            id: '00000000000000a3',
            name: '/other',
            namespace: 'remote',
            start_time: far,
            end_time: far + 1,
            fault: true,
          },
        ],
      },
      {
        id: '00000000000000b1',
        name: 'back',
        trace_id,
        parent_id: '00000000000000a2',
        start_time: far,
        end_time: far + 1,
      },
    )
    const { Services = [] } = await place.xray.call('GetServiceGraph', { StartTime: far, EndTime: far + 1 })
    const nameOf = (reference: number | undefined) => Services.find(({ ReferenceId }) => ReferenceId === reference)
    expect(
      Services.map(({ Name, Type, Root, Edges = [] }) => ({
        Name,
        Type,
        Root,
        calls: Edges.map(({ ReferenceId }) => nameOf(ReferenceId)?.Name),
      })),
    ).toEqual([
      { Name: 'front', Type: undefined, Root: false, calls: ['back', '/other'] },
      { Name: 'front', Type: 'client', Root: true, calls: ['front'] },
      { Name: 'back', Type: undefined, Root: false, calls: [] },
      { Name: '/other', Type: 'remote', Root: false, calls: [] },
    ])
    expect(Services[3]?.SummaryStatistics).toMatchObject({ TotalCount: 1, FaultStatistics: { TotalCount: 1 } })
  })

  test('puts subsegments that were sent on their own where they belong', async () => {
    const at = nowSeconds() + 20_000
    const trace_id = `1-${Math.floor(nowSeconds()).toString(16)}-000000000000000000000002`
    const part = { trace_id, start_time: at, end_time: at + 1 }
    const sent = { ...part, type: 'subsegment', namespace: 'remote' }
    await put(
      { ...sent, id: '00000000000000c3', name: 'deep', parent_id: '00000000000000c2' },
      { ...sent, id: '00000000000000c2', name: 'called', parent_id: '00000000000000c1' },
      { ...part, id: '00000000000000c1', name: 'caller' },
      // Two that name each other belong nowhere, and must not turn for ever.
      { ...sent, id: '00000000000000d1', name: 'one', parent_id: '00000000000000d2' },
      { ...sent, id: '00000000000000d2', name: 'other', parent_id: '00000000000000d1' },
    )
    const { Services = [] } = await place.xray.call('GetTraceGraph', { TraceIds: [trace_id, trace('9')] })
    expect(Services.map(({ Name, Type, Edges = [] }) => [Name, Type, Edges.length])).toEqual([
      ['caller', undefined, 2],
      ['caller', 'client', 1],
      ['called', 'remote', 0],
      ['deep', 'remote', 0],
    ])
    const { TraceSummaries = [] } = await place.xray.call('GetTraceSummaries', { StartTime: at, EndTime: at })
    expect(TraceSummaries.map(({ ServiceIds = [] }) => ServiceIds.map(({ Name }) => Name))).toEqual([['caller']])
  })

  test('gives summaries page by page', async () => {
    const at = nowSeconds() + 30_000
    const epoch = Math.floor(nowSeconds()).toString(16)
    const ids = Array.from({ length: 150 }, (_, index) => `1-${epoch}-${String(index).padStart(24, 'f')}`)
    await put(...ids.map((trace_id) => ({ id: parent, name: 'paged', trace_id, start_time: at, end_time: at })))
    const window = { StartTime: at, EndTime: at }
    const first = await place.xray.call('GetTraceSummaries', window)
    expect([first.TraceSummaries?.length, first.TracesProcessedCount]).toEqual([100, 100])
    const second = await place.xray.call('GetTraceSummaries', { ...window, NextToken: first.NextToken })
    expect([...(first.TraceSummaries ?? []), ...(second.TraceSummaries ?? [])].map(({ Id }) => Id)).toEqual(ids)
    expect(second.NextToken).toBeUndefined()
    await expect(place.xray.call('GetTraceSummaries', { ...window, NextToken: 'x' })).rejects.toMatchObject({
      code: 'InvalidRequestException',
    })
  })

  test('refuses segments whose members are not what anybody could read', async () => {
    const at = nowSeconds()
    const good = { id: parent, name: 'x', trace_id: trace('8'), start_time: at, end_time: at }
    let nested: object = { id: parent, name: 'x', start_time: at }
    for (let depth = 0; depth < 101; depth++) nested = { ...good, subsegments: [nested] }
    const bad = [
      { subsegments: {} },
      { subsegments: [null] },
      { subsegments: [{ id: 'x', name: 'x', start_time: at }] },
      nested,
      { http: { request: 'GET' } },
      { http: { response: { status: '200' } } },
      { annotations: [] },
      { user: 1 },
      { fault: 'yes' },
      { end_time: at - 1 },
      { start_time: 1e300 },
    ]
    const { UnprocessedTraceSegments = [] } = await put(...bad.map((changes) => ({ ...good, ...changes })))
    expect(UnprocessedTraceSegments.map(({ ErrorCode }) => ErrorCode)).toEqual(bad.map(() => 'ParseError'))
  })
})
