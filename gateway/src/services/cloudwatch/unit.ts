// The units of the gateway's metrics.
import type { StandardUnit } from '@sluice/aws-protocol/cloudwatch'
import { metricFamilies } from '../../nouns/metric-families.ts'

const units: ReadonlyMap<string, StandardUnit> = new Map(
  Object.values(metricFamilies).flatMap(({ metrics }) => metrics.map(({ name, unit }) => [name, unit] as const)),
)

/** The unit of a metric; `None` for an unknown one. */
export function unitOf(metricName: string): StandardUnit {
  return units.get(metricName) ?? 'None'
}
