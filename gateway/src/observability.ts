// What the gateway tells of itself: metrics, logs and the recorders that feed them, put together over one data folder.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createFirehoseDeliveries } from './adapters/firehose-deliveries.ts'
import { LogSubscriptions } from './adapters/log-subscriptions.ts'
import { createLineFile } from './adapters/line-file.ts'
import { createProcessMetrics, type ProcessGauges } from './adapters/prometheus-process.ts'
import { createPrometheusTotals } from './adapters/prometheus-totals.ts'
import { createSqliteLogs } from './adapters/sqlite-logs.ts'
import { createSqliteMetrics } from './adapters/sqlite-metrics.ts'
import { createStoryRing } from './adapters/story-ring.ts'
import type { Log } from './log.ts'
import { createRecorders } from './plan/recorders.ts'
import type { Aws } from './ports/aws.ts'
import type { Clock } from './ports/clock.ts'
import type { Functions } from './ports/functions.ts'
import type { Logs } from './ports/logs.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Recorders } from './ports/recorder.ts'
import type { Store } from './ports/store.ts'
import type { Stories } from './ports/stories.ts'
import type { Segments, Traces } from './ports/traces.ts'
import { PageText, type Pages } from './server/pages.ts'
import type { XrayReceiver } from './server/xray-receiver.ts'
import { compileFilter } from './services/logs/filter-pattern.ts'
import { openTracing } from './tracing.ts'
import type { TracingConfig } from './tracing-config.ts'

export interface ObservabilityParts {
  /** In memory when absent. */
  readonly dataFolder: string | undefined
  /** A file, or `stdout`: where every request of every API is written as a line of JSON. */
  readonly accessLog?: string | undefined
  /** How many requests are kept for `sluice explain`; 0 or absent: none. */
  readonly explain?: number | undefined
  /** What is sent to others; nothing when absent. */
  readonly tracing?: TracingConfig | undefined
  readonly account: string
  readonly region: string
  readonly store: Store
  /** Where delivery streams are; undefined: nowhere that is known. */
  readonly aws: Aws | undefined
  readonly clock: Clock
  readonly log: Log
}

export interface Observability {
  readonly logs: Logs
  readonly metrics: Metrics
  readonly traces: Traces
  /** Where segments go that are made here. */
  readonly segments: Segments
  /** Takes what programs send to an X-Ray daemon. */
  readonly xrayReceiver: XrayReceiver
  /** The pages that show it. */
  readonly pages: (store: Store, gauges: Omit<ProcessGauges, 'dropped'>) => Pages
  readonly record: Recorders
  /** Whom lines of subscribed log groups go to. */
  readonly deliverTo: (functions: Functions) => void
  readonly close: () => Promise<void>
}

/** Opens no file before there is something to write, or somebody asks. */
export function openObservability(parts: ObservabilityParts): Observability {
  const { dataFolder, accessLog, explain: kept = 0, clock, log } = parts
  const file = (name: string): string | undefined => (dataFolder === undefined ? undefined : join(dataFolder, name))
  const subscriptions = new LogSubscriptions({ compile: compileFilter, log })
  const logs = createSqliteLogs({ file: file('logs.db'), clock, log, watch: subscriptions.take })
  const tracing = openTracing(parts)
  const { traces, minutesOver } = tracing
  const metrics = createSqliteMetrics({ file: file('metrics.db'), clock, log, minutesOver })
  const sink = accessLog === undefined ? undefined : createLineFile({ target: accessLog, log })
  const deliveries = createFirehoseDeliveries({ aws: parts.aws, log })
  const totals = createPrometheusTotals()
  const dropped = (): Record<string, number> => ({
    'log groups': logs.dropped,
    'delivery streams': deliveries.dropped(),
    'subscribed functions': subscriptions.dropped,
    'access log': sink?.dropped() ?? 0,
  })
  const streamName = randomBytes(16).toString('hex')
  const stories = kept === 0 ? undefined : createStoryRing(kept)
  return {
    logs,
    metrics,
    traces,
    segments: tracing.tracePorts.segments,
    xrayReceiver: tracing.receiver,
    pages: (store, gauges) => {
      const processText = createProcessMetrics({ ...gauges, dropped })
      return {
        open: {
          '/_sluice/metrics': () =>
            new PageText(
              'text/plain; version=0.0.4; charset=utf-8',
              `${totals.text()}${processText()}${tracing.text()}`,
            ),
        },
        local: stories === undefined ? {} : storyPages(stories, store),
      }
    },
    record: createRecorders({
      metrics,
      totals,
      logs,
      clock,
      accessLog: sink,
      deliveries,
      streamName,
      stories,
      traces: tracing.tracePorts,
    }),
    deliverTo: (functions) => subscriptions.deliverTo(functions),
    close: async () => {
      await Promise.all([sink?.close(), deliveries.close()])
      logs.close()
      await subscriptions.close()
      metrics.close()
      await tracing.close()
    },
  }
}

const mostListed = 1_000

/** `/_sluice/requests`: answered requests after a number; `/_sluice/requests/ID`: why one was answered so. */
function storyPages(stories: Stories, store: Store): Pages['local'] {
  return {
    '/_sluice/requests': ({ query }) => stories.after(Number(query.get('after') ?? 0) || 0, mostListed),
    '/_sluice/requests/': async ({ rest }) => {
      const { explain } = await import('./server/explain.ts')
      return explain(stories, store, decoded(rest))
    },
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
