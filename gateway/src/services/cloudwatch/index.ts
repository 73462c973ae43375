// The CloudWatch API: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/cloudwatch'
import type { Call } from '../call.ts'
import type { Service } from '../service.ts'
import { listMetricsHandlers } from './list-metrics.ts'
import { metricDataHandlers } from './metric-data.ts'
import { metricStatisticsHandlers } from './metric-statistics.ts'
import type { CloudWatchParts } from './parts.ts'

export function createCloudWatchService(parts: CloudWatchParts): Service {
  const handlers = {
    ...listMetricsHandlers(parts),
    ...metricStatisticsHandlers(parts),
    ...metricDataHandlers(parts),
  } satisfies Handlers<Operations, keyof Operations, Call>
  return { name: 'cloudwatch', handlers }
}
