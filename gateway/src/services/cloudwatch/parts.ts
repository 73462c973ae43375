// What the CloudWatch API needs of the place it runs in.
import type { Metrics } from '../../ports/metrics.ts'

export interface CloudWatchParts {
  readonly metrics: Metrics
}
