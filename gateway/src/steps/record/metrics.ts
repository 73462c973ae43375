// Metrics of REST and HTTP APIs: each answered request counts under its API, its stage and, with detailed metrics, its method.
import { methodSetting } from '../../nouns/method-settings.ts'
import { httpMetrics, restMetrics, tallyIndex } from '../../nouns/metric-families.ts'
import type { HttpRoute } from '../../nouns/http.ts'
import type { RestMethod } from '../../nouns/rest.ts'
import type { Dimension, Meter, Metrics } from '../../ports/metrics.ts'
import type { HttpOutcome, Outcome, RecordedHttpStage, RecordedRestStage, RestOutcome } from '../../ports/recorder.ts'
import type { RequestLabels, RequestTotal, RequestTotals } from '../../ports/request-totals.ts'

export interface MetricPorts {
  readonly metrics: Metrics
  readonly totals: RequestTotals
}

/** The meters and the total that a target's requests count in. */
interface Counters {
  readonly meters: readonly Meter[]
  readonly total: RequestTotal
}

export function recordRestMetrics(
  { scope, api, stage }: RecordedRestStage,
  { metrics, totals }: MetricPorts,
): (outcome: RestOutcome) => void {
  const apiName = { name: 'ApiName', value: metricApiName(api.name, api.id ?? '') }
  const stageName = { name: 'Stage', value: stage.stageName ?? '' }
  const meterOf = (...dimensions: Dimension[]): Meter => metrics.meter({ scope, family: restMetrics, dimensions })
  const common = [meterOf(apiName), meterOf(apiName, stageName)]
  const labels = { api: api.id ?? '', stage: stageName.value }
  const countersOf = (method: RestMethod): Counters => {
    const { resourcePath, httpMethod } = method
    const total = totals.of({ ...labels, resource: resourcePath, method: httpMethod })
    if (methodSetting(stage.methodSettings, resourcePath, httpMethod).metricsEnabled !== true) {
      return { meters: common, total }
    }
    const target = [
      { name: 'Method', value: httpMethod },
      { name: 'Resource', value: resourcePath },
    ]
    return { meters: [...common, meterOf(apiName, ...target, stageName)], total }
  }
  const find = countersByTarget(countersOf, { meters: common, total: unknownRoute(totals, labels) })
  const { count, clientError, serverError, latency, integrationLatency, cacheHit, cacheMiss } = tallyIndex.rest
  return (outcome) => {
    const { exchange, answer, work, endedAtMs } = outcome
    const { meters, total } = find(exchange.target)
    const latencyMs = latencyOf(outcome)
    const failure = failureClass(outcome)
    for (const meter of meters) {
      const tallies = meter.at(endedAtMs)
      tallies[count]?.add(1)
      tallies[clientError]?.add(failure === 4 ? 1 : 0)
      tallies[serverError]?.add(failure === 5 ? 1 : 0)
      tallies[latency]?.add(latencyMs)
      if (work.integrationMs >= 0) tallies[integrationLatency]?.add(work.integrationMs)
      if (work.cacheHit !== undefined) tallies[work.cacheHit ? cacheHit : cacheMiss]?.add(1)
    }
    total.add(answer.status, latencyMs, work)
  }
}

export function recordHttpMetrics(
  { scope, api, stage }: RecordedHttpStage,
  { metrics, totals }: MetricPorts,
): (outcome: HttpOutcome) => void {
  const apiId = { name: 'ApiId', value: api.ApiId ?? '' }
  const stageName = { name: 'Stage', value: stage.StageName }
  const meterOf = (...dimensions: Dimension[]): Meter => metrics.meter({ scope, family: httpMetrics, dimensions })
  const common = [meterOf(apiId), meterOf(apiId, stageName)]
  const labels = { api: apiId.value, stage: stageName.value }
  const countersOf = ({ routeKey }: HttpRoute): Counters => {
    const space = routeKey.indexOf(' ')
    const method = space < 0 ? '' : routeKey.slice(0, space)
    const total = totals.of({ ...labels, resource: routeKey.slice(space + 1), method })
    const settings = stage.RouteSettings ?? {}
    const own = Object.hasOwn(settings, routeKey) ? settings[routeKey] : stage.DefaultRouteSettings
    if (own?.DetailedMetricsEnabled !== true) return { meters: common, total }
    return { meters: [...common, meterOf(apiId, { name: 'Route', value: routeKey }, stageName)], total }
  }
  const find = countersByTarget(countersOf, { meters: common, total: unknownRoute(totals, labels) })
  const { count, clientError, serverError, latency, integrationLatency, dataProcessed } = tallyIndex.http
  return (outcome) => {
    const { exchange, answer, work, endedAtMs } = outcome
    const { meters, total } = find(exchange.target)
    const latencyMs = latencyOf(outcome)
    const { status } = answer
    for (const meter of meters) {
      const tallies = meter.at(endedAtMs)
      tallies[count]?.add(1)
      tallies[clientError]?.add(status >= 400 && status < 500 ? 1 : 0)
      tallies[serverError]?.add(status >= 500 ? 1 : 0)
      tallies[latency]?.add(latencyMs)
      if (work.integrationMs >= 0) tallies[integrationLatency]?.add(work.integrationMs)
      tallies[dataProcessed]?.add(exchange.body.length + outcome.responseBytes)
    }
    total.add(status, latencyMs, work)
  }
}

/** AWS removes what is not ASCII from the name, and takes the id when nothing is left. */
export function metricApiName(name: string | undefined, id: string): string {
  const ascii = (name ?? '').replace(/[^\x20-\x7e]/g, '')
  return ascii === '' ? id : ascii
}

/** Counters are made at a target's first request; requests that found no target share one. */
function countersByTarget<Target extends object>(
  make: (target: Target) => Counters,
  none: Counters,
): (target: Target | undefined) => Counters {
  const known = new Map<Target, Counters>()
  return (target) => {
    if (target === undefined) return none
    let counters = known.get(target)
    if (counters === undefined) known.set(target, (counters = make(target)))
    return counters
  }
}

function unknownRoute(totals: RequestTotals, labels: Pick<RequestLabels, 'api' | 'stage'>): RequestTotal {
  return totals.of({ ...labels, resource: '', method: '' })
}

function latencyOf({ exchange, endedAtMs }: Outcome<RestOutcome['exchange']> | HttpOutcome): number {
  return Math.max(0, endedAtMs - exchange.receivedAtMs)
}

/** 4 or 5 for an error. AWS: a gateway response whose status was customised is a client error, whatever is delivered. */
function failureClass({ exchange, answer }: RestOutcome): number {
  const { fault } = exchange
  if (fault !== undefined && fault.status !== answer.status) return 4
  return Math.floor(answer.status / 100)
}
