// The parts of the gateway that the CloudWatch API is given.
import type { Metrics } from '../../ports/metrics.ts'

export interface CloudWatchParts {
  readonly metrics: Metrics
}
