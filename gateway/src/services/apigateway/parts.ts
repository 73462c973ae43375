// What the REST control plane needs of the place it runs in.
import type { TestCalls } from '../../ports/test-calls.ts'

export interface ApigatewayParts {
  /** Runs methods and authorizers for the console's test button. */
  readonly testCalls: TestCalls
}
