// The X-Ray port over real sockets: datagrams are kept, bad ones counted, and sampling rules answered to whoever has no credentials.
import { createSocket } from 'node:dgram'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { VirtualClock } from '../adapters/clocks.ts'
import { createMemoryTraces } from '../adapters/memory-traces.ts'
import type { Core } from '../gateway.ts'
import { createLog } from '../log.ts'
import { openCore } from '../testing.ts'
import { perform } from './perform.ts'
import { listenXray } from './xray-daemon.ts'
import { createXrayReceiver } from './xray-receiver.ts'

const startSeconds = 1_795_161_600
const scope = { account: '000000000000', region: 'us-east-1' }
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function open(mode: 'dev' | 'serve' = 'dev') {
  const core = openCore({ mode, ...scope, clock: new VirtualClock(startSeconds * 1000) })
  const bugs: unknown[] = []
  const daemon = await listenXray({ port: 0, inlet: core.xray.inlet, bug: (error) => bugs.push(error) })
  ends.push(() => core.close(), daemon.close)
  return { core, port: daemon.port, bugs }
}

async function send(port: number, ...datagrams: (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4')
  for (const datagram of datagrams) {
    await new Promise<void>((resolve) => {
      socket.send(datagram, port, '127.0.0.1', () => resolve())
    })
  }
  socket.close()
}

async function page(core: Core, target: string): Promise<string> {
  const { chunks } = await perform(core.front, { method: 'GET', target, headers: ['Host', 'localhost'], body: nothing })
  return text(Readable.from(chunks))
}

/** An operation of X-Ray. */
async function call(core: Core, target: string, input: object): Promise<unknown> {
  const body = Buffer.from(JSON.stringify(input))
  const headers = ['Host', 'xray.localhost', 'Content-Type', 'application/json', 'Content-Length', `${body.length}`]
  const { chunks } = await perform(core.front, { method: 'POST', target, headers, body })
  return JSON.parse(await text(Readable.from(chunks))) as unknown
}

const nothing = new Uint8Array(0)
const head = '{"format":"json","version":1}\n'
const root = `1-${startSeconds.toString(16)}-bd862e3fe1be46a994272793`
const good = {
  id: '53995c3f42cd8ad8',
  name: 'mine',
  trace_id: root,
  start_time: startSeconds,
  end_time: startSeconds + 1,
}

describe('datagrams', () => {
  test('are kept; bad ones are counted and change nothing', async () => {
    const { core, port } = await open()
    const bad = [
      'no header',
      `${head}no JSON`,
      `${head}${JSON.stringify({ ...good, id: 'x' })}`,
      `${head}${JSON.stringify({ ...good, subsegments: {} })}`,
      `${head}${JSON.stringify({ ...good, subsegments: [{ id: good.id, name: 'x', start_time: 'now' }] })}`,
      `${head}${JSON.stringify({ ...good, trace_id: '1-00000001-bd862e3fe1be46a994272793' })}`,
      Buffer.alloc(60_000, '['),
      Buffer.from(`${head}${JSON.stringify({ ...good, x: '[' }).replace('"["', '['.repeat(20_000))}`),
    ]
    await send(port, ...bad, `${head}${JSON.stringify({ ...good, metadata: { any: ['thing'] } })}`)
    const traces = () => call(core, '/Traces', { TraceIds: [root] })
    await expect.poll(traces).toMatchObject({ Traces: [{ Id: root, Duration: 1 }] })
    const { Traces } = (await traces()) as { Traces: { Segments: { Document: string }[] }[] }
    expect(Traces[0]?.Segments.map(({ Document }) => JSON.parse(Document) as unknown)).toEqual([
      { ...good, metadata: { any: ['thing'] } },
    ])
    expect(await page(core, '/_sluice/metrics')).toContain(
      `sluice_telemetry_dropped_total{place="xray-port"} ${bad.length}\n`,
    )
  })
})

test('a segment of a trace that was begun here is its account’s, whatever the time in its id', () => {
  const clock = new VirtualClock(startSeconds * 1000)
  const [traces, other] = [createMemoryTraces({ clock }), { account: '111111111111', region: 'eu-west-1' }]
  const own = '1-00000001-bd862e3fe1be46a994272793'
  const scopeOf = (id: string) => (id === own ? other : undefined)
  const receiver = createXrayReceiver({ segments: traces, clock, log: createLog('silent'), scope, scopeOf })
  for (const trace_id of [own, root]) receiver.take(Buffer.from(`${head}${JSON.stringify({ ...good, trace_id })}`))
  expect([traces.find(other, own)?.id, traces.find(scope, own), traces.find(scope, root)?.id]).toEqual([
    own,
    undefined,
    root,
  ])
})

describe('over HTTP', () => {
  const ask = (port: number, path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: JSON.stringify(body), headers })

  test('sampling rules and targets are answered without a signature, also in serve', async () => {
    const { port } = await open('serve')
    const rules = await (await ask(port, '/GetSamplingRules', {})).json()
    expect(rules).toMatchObject({ SamplingRuleRecords: [{ SamplingRule: { RuleName: 'Default', FixedRate: 0.05 } }] })
    const report = (ClientID: string) => ({
      SamplingStatisticsDocuments: ['Default', 'none'].map((RuleName) => ({
        RuleName,
        ClientID,
        Timestamp: startSeconds,
        RequestCount: 1,
        SampledCount: 1,
      })),
    })
    expect(await (await ask(port, '/SamplingTargets', report('a'.repeat(24)))).json()).toMatchObject({
      SamplingTargetDocuments: [
        {
          RuleName: 'Default',
          FixedRate: 0.05,
          ReservoirQuota: 1,
          ReservoirQuotaTTL: startSeconds + 10,
          Interval: 10,
        },
      ],
      UnprocessedStatistics: [{ RuleName: 'none', ErrorCode: '400' }],
    })
    // Two programs share a reservoir of one: none of them has a whole request a second.
    expect(await (await ask(port, '/SamplingTargets', report('b'.repeat(24)))).json()).toMatchObject({
      SamplingTargetDocuments: [{ ReservoirQuota: 0 }],
    })
  })

  test('nothing else is', async () => {
    const { port, bugs } = await open()
    expect((await ask(port, '/TraceSummaries', {})).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${port}/GetSamplingRules`)).status).toBe(404)
    expect((await ask(port, '/GetSamplingRules', {}, { Origin: 'http://example.com' })).status).toBe(404)
    expect((await ask(port, '/SamplingTargets', 'no object')).status).toBe(400)
    expect((await ask(port, '/SamplingTargets', 'x'.repeat(300_000))).status).toBe(413)
    expect(bugs).toEqual([])
  })
})

test('a port that is taken is told of', async () => {
  const { core, port } = await open()
  await expect(listenXray({ port, inlet: core.xray.inlet, bug: () => {} })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
})
