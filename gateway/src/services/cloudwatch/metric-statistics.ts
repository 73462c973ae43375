// GetMetricStatistics: statistics of one metric, period by period. Security F.2.
import type { Handlers } from '@sluice/aws-protocol'
import {
  InvalidParameterCombinationException,
  MissingRequiredParameterException,
  type Operations,
} from '@sluice/aws-protocol/cloudwatch'
import type { Call } from '../call.ts'
import type { CloudWatchParts } from './parts.ts'
import { countOf, periodsOf, readPeriods } from './period.ts'
import { compileStatistic } from './statistic.ts'
import { unitOf } from './unit.ts'

const maximumDatapoints = 1_440

export function metricStatisticsHandlers({
  metrics,
}: CloudWatchParts): Handlers<Operations, 'GetMetricStatistics', Call> {
  return {
    GetMetricStatistics: (input, { scope, nowMs }) => {
      const { Namespace: namespace, MetricName: name, Dimensions: dimensions = [] } = input
      const statistics = input.Statistics ?? []
      const extended = input.ExtendedStatistics ?? []
      if (statistics.length === 0 && extended.length === 0) {
        throw new MissingRequiredParameterException('Must specify either Statistics or ExtendedStatistics')
      }
      const periods = periodsOf(input.StartTime, input.EndTime, input.Period)
      const count = countOf(periods)
      if (count > maximumDatapoints) {
        throw new InvalidParameterCombinationException(
          `You have requested up to ${count.toLocaleString('en-US')} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
        )
      }
      const plain = statistics.map((statistic) => [statistic, compileStatistic(statistic)] as const)
      const percentiles = extended.map((statistic) => [statistic, compileStatistic(statistic)] as const)
      const unit = unitOf(name)
      // AWS: with another unit than the metric's own it is another metric, which has no values.
      const isOwnUnit = input.Unit === undefined || input.Unit === unit
      const found = isOwnUnit ? readPeriods(metrics, { scope, namespace, name, dimensions }, periods, nowMs) : []
      const values = (readers: typeof percentiles, tally: (typeof found)[number]['tally']): Record<string, number> =>
        Object.fromEntries(readers.map(([statistic, read]) => [statistic, read(tally)]))
      return {
        Label: name,
        Datapoints: found.map(({ at, tally }) => ({
          Timestamp: at,
          ...values(plain, tally),
          Unit: unit,
          ...(percentiles.length > 0 && { ExtendedStatistics: values(percentiles, tally) }),
        })),
      }
    },
  }
}
