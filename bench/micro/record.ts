// Recording an answered request: metrics, which are always on, and what an access log and the stories of requests add.
import type { Bench } from 'tinybench'
import { systemClock } from '../../gateway/src/adapters/clocks.ts'
import { createFirehoseDeliveries } from '../../gateway/src/adapters/firehose-deliveries.ts'
import { createPrometheusTotals } from '../../gateway/src/adapters/prometheus-totals.ts'
import { createSqliteLogs } from '../../gateway/src/adapters/sqlite-logs.ts'
import { createSqliteMetrics } from '../../gateway/src/adapters/sqlite-metrics.ts'
import { createMemoryStore } from '../../gateway/src/adapters/memory-store.ts'
import { createMemoryTraces } from '../../gateway/src/adapters/memory-traces.ts'
import { createStoredSamplers } from '../../gateway/src/adapters/stored-samplers.ts'
import { createStoryRing } from '../../gateway/src/adapters/story-ring.ts'
import { createLog } from '../../gateway/src/log.ts'
import { Work } from '../../gateway/src/nouns/work.ts'
import { createRecorders } from '../../gateway/src/plan/recorders.ts'
import type { LineSink } from '../../gateway/src/ports/line-sink.ts'
import type { RestOutcome, StageRecorder } from '../../gateway/src/ports/recorder.ts'
import { method, received } from './event.ts'

const parts = { file: undefined, clock: systemClock, log: createLog('silent') }
const scope = { account: '000000000000', region: 'us-east-1' }
const recorded = {
  scope,
  api: { id: 'abc', name: 'bench' },
  stage: { stageName: 'dev', deploymentId: 'd1' },
  integrationOf: () => undefined,
}
const answer = { status: 200, headers: ['Content-Type', 'application/json'], body: '{"ok":true}' }

interface Told {
  readonly accessLog?: LineSink
  /** How many stories are kept. */
  readonly kept?: number
  readonly tracingEnabled?: boolean
  /** Beside the usual ones. */
  readonly headers?: readonly string[]
}

/** Metrics are always among what is recorded. */
function recorderOf({ accessLog, kept = 0, tracingEnabled = false }: Told): StageRecorder<RestOutcome> | undefined {
  const { clock, log } = parts
  const ports = {
    metrics: createSqliteMetrics(parts),
    totals: createPrometheusTotals(),
    logs: createSqliteLogs(parts),
    clock,
    accessLog,
    deliveries: createFirehoseDeliveries({ aws: undefined, log }),
    streamName: 's',
    stories: kept === 0 ? undefined : createStoryRing(kept),
    traces: {
      segments: createMemoryTraces({ clock }),
      samplers: createStoredSamplers(createMemoryStore(), log),
      continuesW3c: false,
    },
  }
  return createRecorders(ports).rest({ ...recorded, stage: { ...recorded.stage, tracingEnabled } })
}

/** Records one request each time it is called. */
function recording(told: Told): () => void {
  const recorder = recorderOf(told)
  const start = { ...received, headers: [...received.headers, ...(told.headers ?? [])] }
  return () => {
    const request = { ...start, target: method, work: new Work() }
    const exchange = Object.assign(request, recorder?.begin?.(request))
    const endedAtMs = exchange.receivedAtMs + 2
    recorder?.record({ exchange, answer, work: exchange.work, endedAtMs, responseBytes: 11 })
  }
}

const sampledHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'

export function addRecord(bench: Bench): void {
  let chars = 0
  const sink: LineSink = { write: (line) => void (chars += line.length), dropped: () => 0, close: async () => {} }
  const measure = (name: string, told: Told): void => void bench.add(`record: ${name}`, recording(told))
  measure('metrics', {})
  measure('metrics and access log', { accessLog: sink })
  measure('metrics and stories', { kept: 10_000 })
  // By the default rule five requests of a hundred are recorded: the median is one that is not.
  measure('metrics, and traces did not choose it', { tracingEnabled: true })
  measure('metrics, and it is traced', { tracingEnabled: true, headers: ['X-Amzn-Trace-Id', sampledHeader] })
}

const loops = 40
const requestsALoop = 20_000

/** CPU-microseconds that the metrics of a request take, in a loop that does nothing else. */
export function metricsMicroseconds(): number {
  const recorder = recorderOf({})
  const exchange = { ...received, target: method, work: new Work() }
  const endedAtMs = exchange.receivedAtMs + 2
  const outcome = { exchange, answer, work: exchange.work, endedAtMs, responseBytes: 11 }
  const costs: number[] = []
  for (let loop = 0; loop < loops; loop++) {
    const before = process.cpuUsage()
    for (let request = 0; request < requestsALoop; request++) recorder?.record(outcome)
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / requestsALoop)
  }
  return costs.sort((left, right) => left - right)[loops / 2] ?? Number.NaN
}
