// What the REST control plane needs of the place it runs in.
import type { Counters } from '../../ports/counters.ts'
import type { TestCalls } from '../../ports/test-calls.ts'

export interface ApigatewayParts {
  /** What keys used of their plans. */
  readonly counters: Counters
  /** Runs methods and authorizers for the console's test button. */
  readonly testCalls: TestCalls
}
