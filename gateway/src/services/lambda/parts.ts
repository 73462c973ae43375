// The parts of the gateway that the Lambda API is given.
import type { Blobs } from '../../ports/blobs.ts'
import type { Functions } from '../../ports/functions.ts'
import type { Store } from '../../ports/store.ts'

import type { CodeLinks } from './code-links.ts'

export interface LambdaParts {
  readonly blobs: Blobs
  readonly functions: Functions
  readonly codeLinks: CodeLinks
  /** Used to delete code after the commit that stopped using it. */
  readonly store: Store
  /** Whether code may be a folder of this machine (`dev`). */
  readonly folders: boolean
}
