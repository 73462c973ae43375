// ListMetrics: every metric that has values, page by page. Security F.2.
import type { Handlers } from '@sluice/aws-protocol'
import { InvalidParameterValueException, type Metric, type Operations } from '@sluice/aws-protocol/cloudwatch'
import { metricNamespace } from '../../nouns/metric-families.ts'
import type { ListedMetric } from '../../ports/metrics.ts'
import type { Call } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import type { CloudWatchParts } from './parts.ts'

const pageSize = 500
/** Metrics without a value for longer than this are not listed. */
const listedMinutes = 14 * 24 * 60
const recentMinutes = 3 * 60

export function listMetricsHandlers({ metrics }: CloudWatchParts): Handlers<Operations, 'ListMetrics', Call> {
  return {
    ListMetrics: (input, { scope, nowMs }) => {
      const { Namespace: namespace, MetricName: name, Dimensions: filters = [], RecentlyActive: recent } = input
      const oldest = nowMs / 60_000 - (recent === undefined ? listedMinutes : recentMinutes)
      const isWanted = (metric: ListedMetric): boolean =>
        metric.lastMinute >= oldest &&
        (namespace === undefined || namespace === metricNamespace) &&
        (name === undefined || name === metric.name) &&
        filters.every((filter) =>
          metric.dimensions.some(
            (dimension) =>
              dimension.name === filter.Name && (filter.Value === undefined || filter.Value === dimension.value),
          ),
        )
      const wanted = metrics.list(scope).filter(isWanted).map(shown)
      const page = pageByName(wanted, nameOf, { marker: input.NextToken, maxItems: pageSize })
      if (page === undefined) throw new InvalidParameterValueException('Request parameter NextToken is invalid')
      return { Metrics: page.items, NextToken: page.marker }
    },
  }
}

function shown({ name, dimensions }: ListedMetric): Metric {
  return {
    Namespace: metricNamespace,
    MetricName: name,
    Dimensions: dimensions.map(({ name: Name, value: Value }) => ({ Name, Value })),
  }
}

/** The text by which metrics are sorted: by name, and of one name those with fewer dimensions first. */
function nameOf({ MetricName = '', Dimensions = [] }: Metric): string {
  return [MetricName, ...Dimensions.flatMap(({ Name, Value }) => [Name, Value])].join('\u0000')
}
