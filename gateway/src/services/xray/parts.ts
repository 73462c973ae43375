// What the X-Ray API needs of the place it runs in.
import type { Traces } from '../../ports/traces.ts'

export interface XrayParts {
  readonly traces: Traces
}
