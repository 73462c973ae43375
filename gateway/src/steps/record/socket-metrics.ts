// Metrics of WebSocket APIs: connections and messages, by API, stage and, in detail, route. Security F.1, WebSocket 33.3.
import { tallyIndex, websocketMetrics } from '../../nouns/metric-families.ts'
import type { Scope } from '../../nouns/records.ts'
import { routeSettings } from '../../nouns/route-settings.ts'
import type { Dimension, Meter, Metrics } from '../../ports/metrics.ts'
import type { RecordedHttpStage, SocketOutcome, SocketPlace } from '../../ports/recorder.ts'

export interface SocketMetricPorts {
  readonly metrics: Metrics
}

const indexes = tallyIndex.websocket

export function recordSocketMetrics(
  { scope, api, stage }: RecordedHttpStage,
  { metrics }: SocketMetricPorts,
): (outcome: SocketOutcome) => void {
  const [apiId, stageName] = [api.ApiId ?? '', stage.StageName]
  const common = metersOf(metrics, { scope, apiId, stageName })
  const byRoute = new Map<string, readonly Meter[]>()
  const make = (routeKey: string): readonly Meter[] => {
    const { DetailedMetricsEnabled: isDetailed } = routeSettings(stage, routeKey)
    const route = { name: 'Route', value: routeKey }
    return isDetailed === true ? [...common, meterOf(metrics, scope, [idOf(apiId), route, nameOf(stageName)])] : common
  }
  const find = (routeKey: string | undefined): readonly Meter[] => {
    if (routeKey === undefined) return common
    let meters = byRoute.get(routeKey)
    if (meters === undefined) byRoute.set(routeKey, (meters = make(routeKey)))
    return meters
  }
  return (outcome) => {
    const { exchange, endedAtMs, work } = outcome
    for (const meter of find(exchange.target?.routeKey)) {
      const tallies = meter.at(endedAtMs)
      for (const index of countedOf(outcome)) tallies[index]?.add(1)
      if (work.integrationMs >= 0) tallies[indexes.integrationLatency]?.add(work.integrationMs)
    }
  }
}

/** Counts the messages that backends push, which no plan sees. */
export function countPushes({ metrics }: SocketMetricPorts): (place: SocketPlace, nowMs: number) => void {
  return (place, nowMs) => {
    for (const meter of metersOf(metrics, place)) meter.at(nowMs)[indexes.message]?.add(1)
  }
}

/** Which metrics an event counts in, one each; a message and its answer are two messages. */
function countedOf({ exchange, work, isAnswered }: SocketOutcome): readonly number[] {
  const { eventType, reply } = exchange
  const counted: number[] = []
  const isCalled = work.integrationMs >= 0
  if (eventType === 'CONNECT' && (isCalled || reply !== undefined)) counted.push(indexes.connect)
  if (eventType === 'MESSAGE') counted.push(indexes.message)
  if (isAnswered) counted.push(indexes.message)
  const { fault } = work
  if (fault === undefined) {
    if (reply !== undefined && reply.status >= 400) counted.push(indexes.integrationError)
  } else if (isCalled || fault.status >= 500) counted.push(indexes.executionError)
  else counted.push(indexes.clientError)
  return counted
}

function metersOf(metrics: Metrics, { scope, apiId, stageName }: SocketPlace): readonly Meter[] {
  return [meterOf(metrics, scope, [idOf(apiId)]), meterOf(metrics, scope, [idOf(apiId), nameOf(stageName)])]
}

const idOf = (value: string): Dimension => ({ name: 'ApiId', value })
const nameOf = (value: string): Dimension => ({ name: 'Stage', value })

function meterOf(metrics: Metrics, scope: Scope, dimensions: readonly Dimension[]): Meter {
  return metrics.meter({ scope, family: websocketMetrics, dimensions })
}
