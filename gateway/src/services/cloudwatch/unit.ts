// The unit of each metric that there is.
import type { StandardUnit } from '@sluice/aws-protocol/cloudwatch'
import { metricFamilies } from '../../nouns/metric-families.ts'

const units: ReadonlyMap<string, StandardUnit> = new Map(
  Object.values(metricFamilies).flatMap(({ metrics }) => metrics.map(({ name, unit }) => [name, unit] as const)),
)

/** `None` for a metric that there is none of. */
export function unitOf(metricName: string): StandardUnit {
  return units.get(metricName) ?? 'None'
}
