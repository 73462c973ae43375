// Step `authorize` of REST APIs: `NONE` needs no step; a kind that is not enforced yet refuses everybody rather than letting everybody in.
import type { Admitted } from '../../nouns/exchange.ts'
import { fault } from '../../nouns/faults.ts'
import type { RestRouted } from '../../nouns/rest.ts'
import type { Step } from '../pipeline.ts'

/** Authorization types that are stored but not run yet; docs/compatibility.md lists them. */
export const unservedAuthorizations: readonly string[] = ['AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS']

const open: Admitted = { caller: undefined }

export function authorizeRest(authorizationType: string | undefined): Step<RestRouted, Admitted> {
  if (authorizationType === undefined || authorizationType === 'NONE') return { name: 'authorize', run: () => open }
  return {
    name: 'authorize',
    run: () => {
      throw fault('AUTHORIZER_CONFIGURATION_ERROR', {
        log: `Execution failed due to configuration error: authorization type ${authorizationType} is not available in Sluice yet`,
      })
    },
  }
}

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
