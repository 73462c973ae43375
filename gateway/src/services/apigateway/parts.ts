// The parts of the gateway that the REST control plane is given.
import type { Counters } from '../../ports/counters.ts'
import type { TestCalls } from '../../ports/test-calls.ts'

export interface ApigatewayParts {
  /** Counts what keys used of their usage plans' quotas. */
  readonly counters: Counters
  /** Runs methods and authorizers for the console's test button. */
  readonly testCalls: TestCalls
}
