// What the gateway tells of itself: metrics, logs and the recorders that feed them, put together over one data folder.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createLineFile } from './adapters/line-file.ts'
import { createPrometheusTotals } from './adapters/prometheus-totals.ts'
import { createSqliteLogs } from './adapters/sqlite-logs.ts'
import { createSqliteMetrics } from './adapters/sqlite-metrics.ts'
import type { Log } from './log.ts'
import { createRecorders } from './plan/recorders.ts'
import type { Clock } from './ports/clock.ts'
import type { Logs } from './ports/logs.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Recorders } from './ports/recorder.ts'
import type { RequestTotals } from './ports/request-totals.ts'

export interface ObservabilityParts {
  /** In memory when absent. */
  readonly dataFolder: string | undefined
  /** A file, or `stdout`: where every request of every API is written as a line of JSON. */
  readonly accessLog?: string | undefined
  readonly clock: Clock
  readonly log: Log
}

export interface Observability {
  readonly logs: Logs
  readonly metrics: Metrics
  readonly totals: RequestTotals
  readonly record: Recorders
  readonly close: () => Promise<void>
}

/** Opens no file before there is something to write, or somebody asks. */
export function openObservability({ dataFolder, accessLog, clock, log }: ObservabilityParts): Observability {
  const file = (name: string): string | undefined => (dataFolder === undefined ? undefined : join(dataFolder, name))
  const logs = createSqliteLogs({ file: file('logs.db'), clock, log })
  const metrics = createSqliteMetrics({ file: file('metrics.db'), clock, log })
  const sink = accessLog === undefined ? undefined : createLineFile({ target: accessLog, log })
  const totals = createPrometheusTotals(() => logs.dropped + (sink?.dropped() ?? 0))
  const streamName = randomBytes(16).toString('hex')
  return {
    logs,
    metrics,
    totals,
    record: createRecorders({ metrics, totals, logs, clock, accessLog: sink, streamName }),
    close: async () => {
      await sink?.close()
      logs.close()
      metrics.close()
    },
  }
}
