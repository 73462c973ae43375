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
import { method, received } from './event.ts'

const parts = { file: undefined, clock: systemClock, log: createLog('silent') }
const scope = { account: '000000000000', region: 'us-east-1' }
const recorded = {
  scope,
  api: { id: 'abc', name: 'bench' },
  stage: { stageName: 'dev', deploymentId: 'd1' },
  methods: [],
}
const answer = { status: 200, headers: ['Content-Type', 'application/json'], body: '{"ok":true}' }

export function addRecord(bench: Bench): void {
  const logs = createSqliteLogs(parts)
  const metrics = createSqliteMetrics(parts)
  const totals = createPrometheusTotals()
  let chars = 0
  const sink: LineSink = { write: (line) => void (chars += line.length), dropped: () => 0, close: async () => {} }
  const deliveries = createFirehoseDeliveries({ aws: undefined, log: parts.log })
  const { clock } = parts
  const samplers = createStoredSamplers(createMemoryStore(), parts.log)
  const traces = { segments: createMemoryTraces({ clock }), samplers, continuesW3c: false }
  const measure = (name: string, accessLog: LineSink | undefined, kept: number, tracingEnabled = false): void => {
    const stories = kept === 0 ? undefined : createStoryRing(kept)
    const ports = { metrics, totals, logs, clock, accessLog, deliveries, streamName: 's', stories, traces }
    const recorder = createRecorders(ports).rest({ ...recorded, stage: { ...recorded.stage, tracingEnabled } })
    bench.add(`record: ${name}`, () => {
      const request = { ...received, target: method, work: new Work() }
      const exchange = Object.assign(request, recorder?.begin?.(request))
      const endedAtMs = exchange.receivedAtMs + 2
      recorder?.record({ exchange, answer, work: exchange.work, endedAtMs, responseBytes: 11 })
    })
  }
  measure('metrics', undefined, 0)
  measure('metrics and access log', sink, 0)
  measure('metrics and stories', undefined, 10_000)
  // The default rule: five requests of a hundred.
  measure('metrics and traces', undefined, 0, true)
}
