// The parts of the gateway that the X-Ray API is given.
import type { Traces } from '../../ports/traces.ts'

export interface XrayParts {
  readonly traces: Traces
}
