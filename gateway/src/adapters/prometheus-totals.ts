// Request totals in memory, written out as Prometheus reads them.
import type { RequestLabels, RequestTotals } from '../ports/request-totals.ts'
import { family, labelText, valueLine } from './prometheus-family.ts'
import { boundsMs, RequestCounts } from './request-counts.ts'

/** Requests of further methods and routes are counted together: each label set is some thirty lines. */
const maximumTotals = 5_000
const others: RequestLabels = { api: 'other', stage: '', resource: '', method: '' }

/** A total whose lines are written. */
interface Written {
  readonly counts: RequestCounts
  readonly total: number
  /** `api="…",stage="…",…` */
  readonly labels: string
}

/** A family whose lines come from every total. */
interface Row {
  readonly name: string
  readonly type: 'counter' | 'histogram'
  readonly help: string
  readonly lines: (written: Written, name: string) => readonly string[]
}

const rows: readonly Row[] = [
  {
    name: 'apigw_requests_total',
    type: 'counter',
    help: 'Requests answered.',
    lines: ({ counts, total, labels }, name) =>
      counts
        .statuses(total)
        .map(([status, count]) => valueLine(name, `${labels},status="${status === 0 ? 'other' : status}"`, count)),
  },
  {
    name: 'apigw_request_duration_seconds',
    type: 'histogram',
    help: 'From the receipt of a request to the end of its answer.',
    lines: durationLines('latency'),
  },
  {
    name: 'apigw_integration_duration_seconds',
    type: 'histogram',
    help: 'From the forwarding of a request to the integration until its answer.',
    lines: durationLines('integration'),
  },
  {
    name: 'apigw_throttled_total',
    type: 'counter',
    help: 'Requests that a rate, a burst or a quota refused, by the level of the limit.',
    lines: linesByValue('throttled', 'level'),
  },
  {
    name: 'apigw_authorizer_cache_total',
    type: 'counter',
    help: 'Verdicts of Lambda authorizers that were remembered, and that had to be asked for.',
    lines: linesByValue('authorizer', 'result'),
  },
  {
    name: 'apigw_response_cache_total',
    type: 'counter',
    help: 'Answers that the cache of a stage had, and had not.',
    lines: linesByValue('response', 'result'),
  },
  {
    name: 'apigw_upstream_errors_total',
    type: 'counter',
    help: 'Calls of backends and functions that failed, by reason.',
    lines: linesByValue('upstreamErrors', 'reason'),
  },
]

function durationLines(of: Parameters<RequestCounts['durations']>[1]): Row['lines'] {
  return ({ counts, total, labels }, name) => {
    const { sumMs, buckets } = counts.durations(total, of)
    let below = 0
    const lines = buckets.map((count, index) => {
      below += count
      const boundMs = boundsMs[index]
      return `${name}_bucket{${labels},le="${boundMs === undefined ? '+Inf' : boundMs / 1000}"} ${below}`
    })
    if (below === 0) return []
    return [...lines, `${name}_sum{${labels}} ${sumMs / 1000}`, `${name}_count{${labels}} ${below}`]
  }
}

function linesByValue(of: Parameters<RequestCounts['values']>[1], label: string): Row['lines'] {
  return ({ counts, total, labels }, name) =>
    counts
      .values(total, of)
      .map(([value, count]) => valueLine(name, `${labels},${labelText({ [label]: value })}`, count))
}

export function createPrometheusTotals(): RequestTotals {
  const totals = new Map<string, number>()
  const labelled: RequestLabels[] = []
  const counts = new RequestCounts()
  const totalOf = (labels: RequestLabels): number => {
    const key = JSON.stringify([labels.api, labels.stage, labels.resource, labels.method])
    const known = totals.get(key)
    if (known !== undefined) return known
    if (totals.size >= maximumTotals && labels !== others) return totalOf(others)
    const total = labelled.push(labels) - 1
    counts.reserve(labelled.length)
    totals.set(key, total)
    return total
  }
  return {
    of: totalOf,
    add: (total, status, latencyMs, work) => counts.add(total, status, latencyMs, work),
    text: () => {
      const written = labelled.map(({ api, stage, resource, method }, total) => ({
        counts,
        total,
        labels: labelText({ api, stage, resource, method }),
      }))
      return rows
        .map(({ name, type, help, lines }) =>
          family(
            name,
            type,
            help,
            written.flatMap((each) => lines(each, name)),
          ),
        )
        .join('')
    },
  }
}
