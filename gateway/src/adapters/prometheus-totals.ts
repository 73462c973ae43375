// Request totals in memory, written out as Prometheus reads them.
import type { RequestLabels, RequestTotal, RequestTotals } from '../ports/request-totals.ts'

/** Upper bounds in milliseconds, Prometheus's own defaults for latencies and three above. */
const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000]

/** More label sets than any API has; beyond them the oldest is forgotten. */
const maximumTotals = 50_000

class Durations {
  private readonly buckets = new Uint32Array(boundsMs.length + 1)
  private count = 0
  private sumMs = 0

  add(durationMs: number): void {
    let bucket = 0
    while (bucket < boundsMs.length && durationMs > (boundsMs[bucket] ?? 0)) bucket++
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1
    this.count++
    this.sumMs += durationMs
  }

  lines(name: string, labels: string): string[] {
    if (this.count === 0) return []
    let below = 0
    const lines = boundsMs.map((boundMs, index) => {
      below += this.buckets[index] ?? 0
      return `${name}_bucket{${labels},le="${boundMs / 1000}"} ${below}`
    })
    return [
      ...lines,
      `${name}_bucket{${labels},le="+Inf"} ${this.count}`,
      `${name}_sum{${labels}} ${this.sumMs / 1000}`,
      `${name}_count{${labels}} ${this.count}`,
    ]
  }
}

class CountedTotal implements RequestTotal {
  readonly labels: string
  readonly latency = new Durations()
  readonly integration = new Durations()
  private readonly statuses = new Map<number, number>()

  constructor({ api, stage, resource, method }: RequestLabels) {
    const pairs = { api, stage, resource, method }
    this.labels = Object.entries(pairs)
      .map(([name, value]) => `${name}="${escaped(value)}"`)
      .join(',')
  }

  add(status: number, latencyMs: number, integrationMs: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    this.latency.add(latencyMs)
    if (integrationMs >= 0) this.integration.add(integrationMs)
  }

  requestLines(): string[] {
    return [...this.statuses].map(
      ([status, count]) => `apigw_requests_total{${this.labels},status="${status}"} ${count}`,
    )
  }
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string, lines: readonly string[]): string {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
}

/** `dropped`: how many log lines were dropped so far. */
export function createPrometheusTotals(dropped: () => number): RequestTotals {
  const totals = new Map<string, CountedTotal>()
  return {
    of: (labels) => {
      const key = JSON.stringify([labels.api, labels.stage, labels.resource, labels.method])
      let total = totals.get(key)
      if (total === undefined) {
        const [oldest] = totals.keys()
        if (totals.size >= maximumTotals && oldest !== undefined) totals.delete(oldest)
        totals.set(key, (total = new CountedTotal(labels)))
      }
      return total
    },
    text: (openConnections) => {
      const all = [...totals.values()]
      const durations = (name: string, of: (total: CountedTotal) => Durations): string[] =>
        all.flatMap((total) => of(total).lines(name, total.labels))
      const latency = 'apigw_request_duration_seconds'
      const integration = 'apigw_integration_duration_seconds'
      return [
        family(
          'apigw_requests_total',
          'counter',
          'Requests answered.',
          all.flatMap((total) => total.requestLines()),
        ),
        family(
          latency,
          'histogram',
          'From the receipt of a request to the end of its answer.',
          durations(latency, (total) => total.latency),
        ),
        family(
          integration,
          'histogram',
          'From the forwarding of a request to the integration until its answer.',
          durations(integration, (total) => total.integration),
        ),
        family('apigw_ws_connections', 'gauge', 'Open WebSocket connections.', [
          `apigw_ws_connections ${openConnections}`,
        ]),
        family('sluice_log_lines_dropped_total', 'counter', 'Log lines that could not be kept.', [
          `sluice_log_lines_dropped_total ${dropped()}`,
        ]),
      ].join('')
    },
  }
}
