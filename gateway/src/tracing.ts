// Where segments go: kept, sent on to an X-Ray daemon, exported as spans; and what of the metrics is exported beside.
import { join } from 'node:path'
import { createMemoryTraces } from './adapters/memory-traces.ts'
import { metricsRequest, OtlpMetrics, type MetricPoint } from './adapters/otlp-metrics.ts'
import { OtlpSender } from './adapters/otlp-sender.ts'
import { spansOf, traceRequest, type OwnedSpan } from './adapters/otlp-spans.ts'
import { createSqliteTraces } from './adapters/sqlite-traces.ts'
import { createStoredSamplers } from './adapters/stored-samplers.ts'
import { XraySender } from './adapters/xray-sender.ts'
import type { Log } from './log.ts'
import type { Scope } from './nouns/records.ts'
import type { Clock } from './ports/clock.ts'
import type { MeterMinute } from './ports/metrics.ts'
import type { Store } from './ports/store.ts'
import type { Segments, Traces } from './ports/traces.ts'
import { createXrayReceiver, type XrayReceiver } from './server/xray-receiver.ts'
import type { TracePorts } from './steps/record/trace.ts'
import type { OtlpConfig, TracingConfig } from './tracing-config.ts'
import { sluiceVersion } from './version.ts'

export interface TracingParts {
  /** In memory when absent. */
  readonly dataFolder: string | undefined
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  /** Whose segments are that name no trace of an API. */
  readonly account: string
  readonly region: string
  /** Nothing is sent anywhere when absent. */
  readonly tracing?: TracingConfig | undefined
}

export interface Tracing {
  /** What X-Ray's operations read, and what others' segments are put into. */
  readonly traces: Traces
  /** What stages record with. */
  readonly tracePorts: TracePorts
  /** Takes what programs send to an X-Ray daemon. */
  readonly receiver: XrayReceiver
  /** Undefined when metrics are not exported. */
  readonly minutesOver: ((minutes: readonly MeterMinute[]) => void) | undefined
  /** What was lost, and where, as Prometheus reads it. */
  readonly text: () => string
  /** After metrics and stages have ended: sends what waits, for some seconds at most. */
  readonly close: () => Promise<void>
}

/** Traces whose scope is remembered; others belong to the gateway's own account and region. */
const mostBegun = 10_000
/** A minute of many meters comes at once. */
const mostPoints = 50_000

export function openTracing(parts: TracingParts): Tracing {
  const { dataFolder, clock, log, store, account, region, tracing } = parts
  const kept =
    dataFolder === undefined
      ? createMemoryTraces({ clock })
      : createSqliteTraces({ file: join(dataFolder, 'traces.db'), clock, log })
  const exporters = openExporters(tracing?.otlp, clock, log)
  const daemon = tracing?.xrayDaemon && new XraySender({ address: tracing.xrayDaemon, clock, log })
  const { spans } = exporters
  const traces: Traces = spans === undefined ? kept : withSpans(kept, spans)
  const samplers = createStoredSamplers(store, log)
  const begun = createBegun({ account, region })
  const { scopeOf } = begun
  const receiver = createXrayReceiver({ segments: traces, clock, log, scope: { account, region }, scopeOf })
  return {
    traces,
    tracePorts: {
      segments: daemon === undefined ? traces : together([traces, daemon]),
      samplers,
      begun: begun.add,
      continuesW3c: tracing?.continuesW3c === true,
    },
    receiver,
    minutesOver: exporters.minutesOver,
    text: () =>
      droppedText({
        traces: traces.dropped,
        'xray-port': receiver.refused(),
        ...(daemon !== undefined && { 'xray-daemon': daemon.dropped }),
        ...exporters.dropped(),
      }),
    close: async () => {
      samplers.close()
      await Promise.all([daemon?.close(), exporters.close()])
      kept.close()
    },
  }
}

interface Exporters {
  readonly spans: Segments | undefined
  readonly minutesOver: Tracing['minutesOver']
  readonly dropped: () => Readonly<Record<string, number>>
  readonly close: () => Promise<unknown>
}

function openExporters(otlp: OtlpConfig | undefined, clock: Clock, log: Log): Exporters {
  if (otlp === undefined) {
    return { spans: undefined, minutesOver: undefined, dropped: () => ({}), close: () => Promise.resolve() }
  }
  const { traces, metrics, temporality, resource } = otlp
  const place = { resource, scope: { name: 'sluice', version: sluiceVersion() } }
  const spanSender =
    traces &&
    new OtlpSender<OwnedSpan>({
      signal: 'traces',
      target: traces,
      clock,
      log,
      encode: (all) => traceRequest(all, place),
    })
  const encode = (all: readonly MetricPoint[]): object => metricsRequest(all, { ...place, temporality })
  const pointSender =
    metrics &&
    new OtlpSender<MetricPoint>({ signal: 'metrics', target: metrics, clock, log, encode, maximumWaiting: mostPoints })
  const counted = new OtlpMetrics({ temporality, startMs: clock.now() })
  return {
    spans: spanSender && { put: (scope, segment, route) => spanSender.put(spansOf(scope, segment, route)) },
    minutesOver: pointSender && ((minutes) => pointSender.put(counted.points(minutes, clock.now()))),
    dropped: () => ({
      ...(spanSender !== undefined && { 'otlp-traces': spanSender.dropped }),
      ...(pointSender !== undefined && { 'otlp-metrics': pointSender.dropped }),
    }),
    close: () => Promise.all([spanSender?.close(), pointSender?.close()]),
  }
}

/** Traces that are exported as they are kept. */
function withSpans(kept: Traces, spans: Segments): Traces {
  return {
    put: (scope, segment, route?: string) => {
      kept.put(scope, segment)
      spans.put(scope, segment, route)
    },
    find: (scope, traceId) => kept.find(scope, traceId),
    page: (query) => kept.page(query),
    get dropped() {
      return kept.dropped
    },
    close: () => kept.close(),
  }
}

function together(all: readonly Segments[]): Segments {
  return {
    put: (scope, segment, route) => {
      for (const each of all) each.put(scope, segment, route)
    },
  }
}

/** Datagrams name no account: what was begun here says whose a trace is. A new trace of the gateway's own account needs no saying. */
function createBegun({ account, region }: Scope): {
  add: (scope: Scope, traceId: string, isNew: boolean) => void
  scopeOf: (traceId: string) => Scope | undefined
} {
  let scopes = new Map<string, Scope>()
  let before = scopes
  return {
    add: (scope, traceId, isNew) => {
      if (isNew && scope.account === account && scope.region === region) return
      if (scopes.size >= mostBegun) {
        before = scopes
        scopes = new Map()
      }
      scopes.set(traceId, scope)
    },
    scopeOf: (traceId) => scopes.get(traceId) ?? before.get(traceId),
  }
}

function droppedText(counts: Readonly<Record<string, number>>): string {
  const name = 'sluice_telemetry_dropped_total'
  const lines = Object.entries(counts).map(([place, count]) => `${name}{place="${place}"} ${count}\n`)
  return `# HELP ${name} Segments, spans and values that could not be kept or sent.\n# TYPE ${name} counter\n${lines.join('')}`
}
