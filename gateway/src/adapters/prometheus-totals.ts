// Request totals in memory, written out as Prometheus reads them.
import type { Work } from '../nouns/work.ts'
import { FunctionFault } from '../ports/functions.ts'
import type { RequestLabels, RequestTotal, RequestTotals } from '../ports/request-totals.ts'
import { UpstreamFault } from '../ports/upstream.ts'
import { family, labelText, valueLine } from './prometheus-family.ts'

/** Upper bounds in milliseconds, Prometheus's own defaults for latencies and three above. */
const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000]

/** Requests of further methods and routes are counted together: each label set is some thirty lines. */
const maximumTotals = 5_000
const others: RequestLabels = { api: 'other', stage: '', resource: '', method: '' }

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

/** Values of one label beside those of a total. Only values of ours: nobody outside can make more of them. */
class Counted {
  private readonly counts = new Map<string, number>()

  add(value: string): void {
    this.counts.set(value, (this.counts.get(value) ?? 0) + 1)
  }

  lines(name: string, labels: string, label: string): string[] {
    return [...this.counts].map(([value, count]) =>
      valueLine(name, `${labels},${labelText({ [label]: value })}`, count),
    )
  }
}

class CountedTotal implements RequestTotal {
  readonly labels: string
  readonly latency = new Durations()
  readonly integration = new Durations()
  readonly throttled = new Counted()
  readonly upstreamErrors = new Counted()
  readonly authorizerCache = new Counted()
  readonly responseCache = new Counted()
  private readonly statuses = new Map<number, number>()

  constructor({ api, stage, resource, method }: RequestLabels) {
    this.labels = labelText({ api, stage, resource, method })
  }

  add(status: number, latencyMs: number, work: Work): void {
    const kept = status >= 100 && status <= 599 ? status : 0
    this.statuses.set(kept, (this.statuses.get(kept) ?? 0) + 1)
    this.latency.add(latencyMs)
    if (work.integrationMs >= 0) this.integration.add(work.integrationMs)
    if (work.cacheHit !== undefined) this.responseCache.add(work.cacheHit ? 'hit' : 'miss')
    if (work.authorizerHit !== undefined) this.authorizerCache.add(work.authorizerHit ? 'hit' : 'miss')
    if (work.fault !== undefined) this.addFault(work)
  }

  statusLines(name: string): string[] {
    return [...this.statuses].map(([status, count]) =>
      valueLine(name, `${this.labels},status="${status === 0 ? 'other' : status}"`, count),
    )
  }

  private addFault({ throttledBy, fault }: Work): void {
    if (throttledBy !== undefined) this.throttled.add(throttledBy)
    const cause = fault?.cause
    if (cause instanceof UpstreamFault || cause instanceof FunctionFault) this.upstreamErrors.add(cause.reason)
  }
}

/** A family whose lines come from every total. */
interface Row {
  readonly name: string
  readonly type: 'counter' | 'histogram'
  readonly help: string
  readonly lines: (total: CountedTotal, name: string) => string[]
}

const rows: readonly Row[] = [
  {
    name: 'apigw_requests_total',
    type: 'counter',
    help: 'Requests answered.',
    lines: (total, name) => total.statusLines(name),
  },
  {
    name: 'apigw_request_duration_seconds',
    type: 'histogram',
    help: 'From the receipt of a request to the end of its answer.',
    lines: ({ latency, labels }, name) => latency.lines(name, labels),
  },
  {
    name: 'apigw_integration_duration_seconds',
    type: 'histogram',
    help: 'From the forwarding of a request to the integration until its answer.',
    lines: ({ integration, labels }, name) => integration.lines(name, labels),
  },
  {
    name: 'apigw_throttled_total',
    type: 'counter',
    help: 'Requests that a rate, a burst or a quota refused, by the level of the limit.',
    lines: ({ throttled, labels }, name) => throttled.lines(name, labels, 'level'),
  },
  {
    name: 'apigw_authorizer_cache_total',
    type: 'counter',
    help: 'Verdicts of Lambda authorizers that were remembered, and that had to be asked for.',
    lines: ({ authorizerCache, labels }, name) => authorizerCache.lines(name, labels, 'result'),
  },
  {
    name: 'apigw_response_cache_total',
    type: 'counter',
    help: 'Answers that the cache of a stage had, and had not.',
    lines: ({ responseCache, labels }, name) => responseCache.lines(name, labels, 'result'),
  },
  {
    name: 'apigw_upstream_errors_total',
    type: 'counter',
    help: 'Calls of backends and functions that failed, by reason.',
    lines: ({ upstreamErrors, labels }, name) => upstreamErrors.lines(name, labels, 'reason'),
  },
]

export function createPrometheusTotals(): RequestTotals {
  const totals = new Map<string, CountedTotal>()
  const totalOf = (labels: RequestLabels): CountedTotal => {
    const key = JSON.stringify([labels.api, labels.stage, labels.resource, labels.method])
    const known = totals.get(key)
    if (known !== undefined) return known
    if (totals.size >= maximumTotals && labels !== others) return totalOf(others)
    const total = new CountedTotal(labels)
    totals.set(key, total)
    return total
  }
  return {
    of: totalOf,
    text: () => {
      const all = [...totals.values()]
      return rows
        .map(({ name, type, help, lines }) =>
          family(
            name,
            type,
            help,
            all.flatMap((total) => lines(total, name)),
          ),
        )
        .join('')
    },
  }
}
