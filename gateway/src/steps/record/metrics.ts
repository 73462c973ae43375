// Metrics of REST and HTTP APIs: each answered request counts under its API, its stage and, with detailed metrics, its method.
import { methodSetting } from '../../nouns/method-settings.ts'
import { httpMetrics, restMetrics, tallyIndex } from '../../nouns/metric-families.ts'
import type { Counted } from '../../nouns/exchange.ts'
import type { HttpRoute } from '../../nouns/http.ts'
import type { RestMethod } from '../../nouns/rest.ts'
import type { Dimension, Meter, Metrics } from '../../ports/metrics.ts'
import type { HttpOutcome, Outcome, RecordedHttpStage, RecordedRestStage, RestOutcome } from '../../ports/recorder.ts'
import type { RequestLabels, RequestTotals } from '../../ports/request-totals.ts'

export interface MetricPorts {
  readonly metrics: Metrics
  readonly totals: RequestTotals
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
  const isDetailed = Object.values(stage.methodSettings ?? {}).some(({ metricsEnabled }) => metricsEnabled === true)
  const metersOf = metersByTarget<RestMethod>(isDetailed, common, ({ resourcePath, httpMethod }) => {
    if (methodSetting(stage.methodSettings, resourcePath, httpMethod).metricsEnabled !== true) return common
    const target = [
      { name: 'Method', value: httpMethod },
      { name: 'Resource', value: resourcePath },
    ]
    return [...common, meterOf(apiName, ...target, stageName)]
  })
  const totalOf = totalByTarget<RestMethod>(totals, labels, ({ resourcePath: resource, httpMethod: method }) => ({
    resource,
    method,
  }))
  const { count, clientError, serverError, latency, integrationLatency, cacheHit, cacheMiss } = tallyIndex.rest
  return (outcome) => {
    const { exchange, answer, work, endedAtMs } = outcome
    const { target } = exchange
    const latencyMs = latencyOf(outcome)
    const failure = failureClass(outcome)
    for (const meter of metersOf(target)) {
      const tallies = meter.at(endedAtMs)
      tallies[count]?.add(1)
      tallies[clientError]?.add(failure === 4 ? 1 : 0)
      tallies[serverError]?.add(failure === 5 ? 1 : 0)
      tallies[latency]?.add(latencyMs)
      if (work.integrationMs >= 0) tallies[integrationLatency]?.add(work.integrationMs)
      if (work.cacheHit !== undefined) tallies[work.cacheHit ? cacheHit : cacheMiss]?.add(1)
    }
    totals.add(totalOf(target), answer.status, latencyMs, work)
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
  const settings = stage.RouteSettings ?? {}
  const isDetailed = [stage.DefaultRouteSettings, ...Object.values(settings)].some(
    (each) => each?.DetailedMetricsEnabled === true,
  )
  const metersOf = metersByTarget<HttpRoute>(isDetailed, common, ({ routeKey }) => {
    const own = Object.hasOwn(settings, routeKey) ? settings[routeKey] : stage.DefaultRouteSettings
    if (own?.DetailedMetricsEnabled !== true) return common
    return [...common, meterOf(apiId, { name: 'Route', value: routeKey }, stageName)]
  })
  const totalOf = totalByTarget<HttpRoute>(totals, labels, ({ routeKey }) => {
    const space = routeKey.indexOf(' ')
    return { resource: routeKey.slice(space + 1), method: space < 0 ? '' : routeKey.slice(0, space) }
  })
  const { count, clientError, serverError, latency, integrationLatency, dataProcessed } = tallyIndex.http
  return (outcome) => {
    const { exchange, answer, work, endedAtMs } = outcome
    const { target } = exchange
    const latencyMs = latencyOf(outcome)
    const { status } = answer
    for (const meter of metersOf(target)) {
      const tallies = meter.at(endedAtMs)
      tallies[count]?.add(1)
      tallies[clientError]?.add(status >= 400 && status < 500 ? 1 : 0)
      tallies[serverError]?.add(status >= 500 ? 1 : 0)
      tallies[latency]?.add(latencyMs)
      if (work.integrationMs >= 0) tallies[integrationLatency]?.add(work.integrationMs)
      tallies[dataProcessed]?.add(exchange.body.length + outcome.responseBytes)
    }
    totals.add(totalOf(target), status, latencyMs, work)
  }
}

/** AWS removes what is not ASCII from the name, and takes the id when nothing is left. */
function metricApiName(name: string | undefined, id: string): string {
  const ascii = (name ?? '').replace(/[^\x20-\x7e]/g, '')
  return ascii === '' ? id : ascii
}

/** Meters are made at a target's first request. `common`: of requests that found none, and of all where nothing `isDetailed`. */
function metersByTarget<Target extends object>(
  isDetailed: boolean,
  common: readonly Meter[],
  make: (target: Target) => readonly Meter[],
): (target: Target | undefined) => readonly Meter[] {
  if (!isDetailed) return () => common
  const known = new Map<Target, readonly Meter[]>()
  return (target) => {
    if (target === undefined) return common
    let meters = known.get(target)
    if (meters === undefined) known.set(target, (meters = make(target)))
    return meters
  }
}

/** Totals are found at a target's first request, and noted there; requests that found no target share one. */
function totalByTarget<Target extends Counted>(
  totals: RequestTotals,
  stage: Pick<RequestLabels, 'api' | 'stage'>,
  labelsOf: (target: Target) => Pick<RequestLabels, 'resource' | 'method'>,
): (target: Target | undefined) => number {
  const none = totals.of({ ...stage, resource: '', method: '' })
  return (target) => {
    if (target === undefined) return none
    if (target.total < 0) target.total = totals.of({ ...stage, ...labelsOf(target) })
    return target.total
  }
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
