// Minutes of the gateway's metrics as metrics of OpenTelemetry: sums, and histograms of latencies.
import type { MetricUnit } from '../nouns/metric-families.ts'
import { bucketMiddle, Tally, type TallyRecord } from '../nouns/tally.ts'
import type { MeterKey, MeterMinute } from '../ports/metrics.ts'
import { attributesOf, nanosOf, type InstrumentationScope, type KeyValue, type Resource } from './otlp-values.ts'

/** `delta`: each minute by itself; `cumulative`: all since the start, as most receivers want it. */
export type Temporality = 'cumulative' | 'delta'

const aggregation = { delta: 1, cumulative: 2 } as const

/** Upper bounds in milliseconds: those of the Prometheus page. */
const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000]

/** UCUM, as OpenTelemetry writes units. */
const units: Readonly<Record<MetricUnit, string>> = { Count: '1', Milliseconds: 'ms', Bytes: 'By' }

interface Span {
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
}

/** One value of one series, and the metric that it is a value of. */
export interface MetricPoint {
  readonly name: string
  readonly unit: MetricUnit
  readonly point: object
}

export interface OtlpMetricsOptions {
  readonly temporality: Temporality
  /** Epoch milliseconds: when counting began. */
  readonly startMs: number
}

export class OtlpMetrics {
  private readonly options: OtlpMetricsOptions
  /** What each series has counted since the start. There are no more series than meters. */
  private readonly totals = new Map<string, readonly Tally[]>()

  constructor(options: OtlpMetricsOptions) {
    this.options = options
  }

  /** The points of minutes that are over. `nowMs`: epoch milliseconds. */
  points(minutes: readonly MeterMinute[], nowMs: number): MetricPoint[] {
    return minutes.flatMap((minute) => this.pointsOf(minute, nowMs))
  }

  private pointsOf({ key, of, minute, tallies }: MeterMinute, nowMs: number): MetricPoint[] {
    const prefix = prefixOf(of)
    if (prefix === undefined) return []
    const isDelta = this.options.temporality === 'delta'
    const counted = isDelta ? tallies : this.totalsOf(key, tallies)
    const time = {
      startTimeUnixNano: nanosOf(isDelta ? minute * 60_000 : this.options.startMs),
      timeUnixNano: nanosOf(Math.min((minute + 1) * 60_000, nowMs)),
    }
    const attributes = seriesAttributes(of)
    return of.family.metrics.flatMap(({ name, unit }, index) => {
      const tally = counted[index]
      if (tally === undefined || tally.count === 0) return []
      return [{ name: `${prefix}.${name}`, unit, point: pointOf(unit, tally.record(), attributes, time) }]
    })
  }

  private totalsOf(key: string, tallies: readonly Tally[]): readonly Tally[] {
    let totals = this.totals.get(key)
    if (totals === undefined) this.totals.set(key, (totals = tallies.map(() => new Tally())))
    for (const [index, tally] of tallies.entries()) if (tally.count > 0) totals[index]?.merge(tally.record())
    return totals
  }
}

/**
 * CloudWatch counts a request under several sets of dimensions. Here each value stands once under a name: by stage, and, where
 * detailed metrics are on, by method or route; whoever sums over the stages has the API.
 */
function prefixOf({ dimensions }: MeterKey): string | undefined {
  if (!dimensions.some(({ name }) => name === 'Stage')) return undefined
  return dimensions.length > 2 ? 'aws.apigateway.detailed' : 'aws.apigateway'
}

function seriesAttributes({ scope, dimensions }: MeterKey): KeyValue[] {
  const named = dimensions.map(({ name, value }) => [name, value] as const)
  return attributesOf({
    ...Object.fromEntries(named),
    'cloud.account.id': scope.account,
    'cloud.region': scope.region,
  })
}

function pointOf(unit: MetricUnit, tally: TallyRecord, attributes: readonly KeyValue[], time: Span): object {
  if (unit !== 'Milliseconds') return { attributes, ...time, asInt: String(Math.round(tally.sum)) }
  const counts = [...boundsMs.map(() => 0), 0]
  for (const [bucket, count] of tally.buckets) {
    const middle = bucketMiddle(bucket)
    const at = boundsMs.findIndex((bound) => middle <= bound)
    const index = at < 0 ? boundsMs.length : at
    counts[index] = (counts[index] ?? 0) + count
  }
  return {
    attributes,
    ...time,
    count: String(tally.count),
    sum: tally.sum,
    min: tally.minimum,
    max: tally.maximum,
    bucketCounts: counts.map(String),
    explicitBounds: boundsMs,
  }
}

export interface MetricPlace {
  readonly resource: Resource
  readonly scope: InstrumentationScope
  readonly temporality: Temporality
}

/** An ExportMetricsServiceRequest. */
export function metricsRequest(points: readonly MetricPoint[], { resource, scope, temporality }: MetricPlace): object {
  const aggregationTemporality = aggregation[temporality]
  const byName = Map.groupBy(points, ({ name, unit }) => `${name} ${unit}`)
  const metrics = [...byName.values()].flatMap((same) => {
    const [first] = same
    if (first === undefined) return []
    const dataPoints = same.map(({ point }) => point)
    const data =
      first.unit === 'Milliseconds'
        ? { histogram: { dataPoints, aggregationTemporality } }
        : { sum: { dataPoints, aggregationTemporality, isMonotonic: true } }
    return [{ name: first.name, unit: units[first.unit], ...data }]
  })
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] }
}
