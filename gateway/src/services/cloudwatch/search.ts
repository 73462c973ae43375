// SEARCH expressions: `{AWS/ApiGateway,ApiName} MetricName="Count" prod` over the metrics that have values.
import { metricNamespace } from '../../nouns/metric-families.ts'
import type { ListedMetric } from '../../ports/metrics.ts'

const schema = /^\s*\{([^}]*)\}/
const term = /(?:([A-Za-z][\w.]*)\s*=\s*)?(?:"([^"]*)"|([^\s"=]+))/g

/** Compiles a search to a test of metrics. All terms have to match: quoted ones exactly, others as part of a name or value. */
export function compileSearch(expression: string): (metric: ListedMetric) => boolean {
  const names = schema
    .exec(expression)?.[1]
    ?.split(',')
    .map((name) => name.trim().replace(/^"|"$/g, ''))
  const terms = [...expression.replace(schema, '').matchAll(term)].map(([, key, exact, part]) => ({ key, exact, part }))
  return (metric) => {
    if (names !== undefined && !fitsSchema(metric, names)) return false
    return terms
      .filter(({ key, part }) => key !== undefined || (part !== 'AND' && part !== ''))
      .every(({ key, exact, part = '' }) =>
        valuesOf(metric, key).some((value) =>
          exact === undefined ? value.toLowerCase().includes(part.toLowerCase()) : value === exact,
        ),
      )
  }
}

/** Whether a metric has exactly the namespace and the dimensions of the search's schema. */
function fitsSchema({ dimensions }: ListedMetric, [namespace, ...wanted]: readonly string[]): boolean {
  return (
    namespace === metricNamespace &&
    wanted.length === dimensions.length &&
    dimensions.every(({ name }) => wanted.includes(name))
  )
}

function valuesOf({ name, dimensions }: ListedMetric, key: string | undefined): readonly string[] {
  if (key === undefined)
    return [metricNamespace, name, ...dimensions.flatMap((dimension) => [dimension.name, dimension.value])]
  if (key === 'MetricName') return [name]
  if (key === 'Namespace') return [metricNamespace]
  return dimensions.filter((dimension) => dimension.name === key).map(({ value }) => value)
}
