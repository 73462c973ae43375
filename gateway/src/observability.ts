// What the gateway tells of itself: metrics, logs and the recorders that feed them, put together over one data folder.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createLineFile } from './adapters/line-file.ts'
import { createMemoryTraces } from './adapters/memory-traces.ts'
import { createPrometheusTotals } from './adapters/prometheus-totals.ts'
import { createSqliteLogs } from './adapters/sqlite-logs.ts'
import { createSqliteMetrics } from './adapters/sqlite-metrics.ts'
import { createStoryRing } from './adapters/story-ring.ts'
import type { Log } from './log.ts'
import { createRecorders } from './plan/recorders.ts'
import type { Clock } from './ports/clock.ts'
import type { Logs } from './ports/logs.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Recorders } from './ports/recorder.ts'
import type { Store } from './ports/store.ts'
import type { Stories } from './ports/stories.ts'
import type { Traces } from './ports/traces.ts'
import { PageText, type Pages } from './server/pages.ts'

export interface ObservabilityParts {
  /** In memory when absent. */
  readonly dataFolder: string | undefined
  /** A file, or `stdout`: where every request of every API is written as a line of JSON. */
  readonly accessLog?: string | undefined
  /** How many requests are kept for `sluice explain`; 0 or absent: none. */
  readonly explain?: number | undefined
  readonly clock: Clock
  readonly log: Log
}

export interface Observability {
  readonly logs: Logs
  readonly metrics: Metrics
  readonly traces: Traces
  /** The pages that show it. */
  readonly pages: (store: Store, openConnections: () => number) => Pages
  readonly record: Recorders
  readonly close: () => Promise<void>
}

/** Opens no file before there is something to write, or somebody asks. */
export function openObservability(parts: ObservabilityParts): Observability {
  const { dataFolder, accessLog, explain: kept = 0, clock, log } = parts
  const file = (name: string): string | undefined => (dataFolder === undefined ? undefined : join(dataFolder, name))
  const logs = createSqliteLogs({ file: file('logs.db'), clock, log })
  const metrics = createSqliteMetrics({ file: file('metrics.db'), clock, log })
  const sink = accessLog === undefined ? undefined : createLineFile({ target: accessLog, log })
  const totals = createPrometheusTotals(() => logs.dropped + (sink?.dropped() ?? 0))
  const traces = createMemoryTraces()
  const streamName = randomBytes(16).toString('hex')
  const stories = kept === 0 ? undefined : createStoryRing(kept)
  return {
    logs,
    metrics,
    traces,
    pages: (store, openConnections) => ({
      open: {
        '/_sluice/metrics': () =>
          new PageText('text/plain; version=0.0.4; charset=utf-8', totals.text(openConnections())),
      },
      local: stories === undefined ? {} : storyPages(stories, store),
    }),
    record: createRecorders({ metrics, totals, logs, clock, accessLog: sink, streamName, stories, traces }),
    close: async () => {
      await sink?.close()
      logs.close()
      metrics.close()
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
