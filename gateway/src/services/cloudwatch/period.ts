// Divides the time range of a query into equal periods, and finds the minutes in each.
import {
  InvalidParameterCombinationException,
  InvalidParameterValueException,
  type Dimension,
} from '@sluice/aws-protocol/cloudwatch'
import type { Scope } from '../../nouns/records.ts'
import { Tally } from '../../nouns/tally.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { metricNamespace } from '../../nouns/metric-families.ts'

/** A range of periods in epoch seconds: `from` is inclusive and a period's boundary, `to` is exclusive. */
export interface Periods {
  readonly from: number
  readonly to: number
  readonly seconds: number
}

export interface MetricName {
  readonly scope: Scope
  readonly namespace: string
  readonly name: string
  readonly dimensions: readonly Dimension[]
}

/** A period that has values, with its start in epoch seconds. */
export interface PeriodTally {
  readonly at: number
  readonly tally: Tally
}

/** Nothing is kept longer than 15 days, so earlier starts are moved to this age: a long range causes no work. */
const keptSeconds = 16 * 86_400

/** The periods of a query. Throws InvalidParameterCombinationException and InvalidParameterValueException, in AWS's words. Security F.2. */
export function periodsOf(startTime: number, endTime: number, period: number): Periods {
  if (!(startTime < endTime)) {
    throw new InvalidParameterCombinationException('The parameter StartTime must be less than the parameter EndTime.')
  }
  const isShort = [1, 5, 10, 20, 30].includes(period)
  if (!isShort && (period % 60 !== 0 || period <= 0)) {
    throw new InvalidParameterValueException(
      'The parameter Period must be a multiple of 60, or one of 1, 5, 10, 20 and 30.',
    )
  }
  return { from: Math.floor(startTime / period) * period, to: endTime, seconds: period }
}

/** The number of periods in a range. */
export function countOf({ from, to, seconds }: Periods): number {
  return Math.ceil((to - from) / seconds)
}

/** The periods that have values, in order of time. */
export function readPeriods(
  metrics: Metrics,
  metric: MetricName,
  periods: Periods,
  nowMs: number,
): readonly PeriodTally[] {
  const { scope, namespace, name } = metric
  if (namespace !== metricNamespace) return []
  const dimensions = metric.dimensions
    .map(({ Name, Value }) => ({ name: Name, value: Value }))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  const earliest = Math.max(periods.from, Math.floor(nowMs / 1000) - keptSeconds)
  const range = { from: Math.ceil(earliest / 60), to: Math.ceil(periods.to / 60) }
  const tallies = new Map<number, Tally>()
  for (const { minute, tally } of metrics.read({ scope, name, dimensions, ...range })) {
    const at = Math.floor((minute * 60) / periods.seconds) * periods.seconds
    const known = tallies.get(at) ?? new Tally()
    known.merge(tally)
    tallies.set(at, known)
  }
  return [...tallies].map(([at, tally]) => ({ at, tally }))
}
