// Step `requireKey` of REST APIs: what is not enforced yet refuses everybody rather than letting everybody in.
import { fault } from '../../nouns/faults.ts'
import type { RestRouted } from '../../nouns/rest.ts'
import type { Step } from '../pipeline.ts'

/** Step `requireKey`, for methods that require an API key. */
export function requireApiKey(required: boolean | undefined): Step<RestRouted, object> | undefined {
  if (required !== true) return undefined
  return {
    name: 'requireKey',
    run: () => {
      throw fault('INVALID_API_KEY', {
        log: 'API keys are not checked by Sluice yet: a method that requires one refuses every request',
      })
    },
  }
}
