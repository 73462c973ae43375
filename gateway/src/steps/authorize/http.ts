// Step `authorize` of HTTP APIs: `NONE` lets everybody pass; a kind that is not enforced yet refuses everybody.
import type { Admitted } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import type { HttpRouted } from '../../nouns/http.ts'
import type { Step } from '../pipeline.ts'

/** Authorization types that are stored but not run yet; docs/compatibility.md lists them. */
export const unservedHttpAuthorizations: readonly string[] = ['AWS_IAM', 'CUSTOM', 'JWT']

const open: Admitted = { caller: undefined }

export function authorizeHttp(authorizationType: string | undefined): Step<HttpRouted, Admitted> {
  if (authorizationType === undefined || authorizationType === 'NONE') return { name: 'authorize', run: () => open }
  return {
    name: 'authorize',
    run: () => {
      throw new HttpFault(500, 'Internal Server Error', {
        log: `authorization type ${authorizationType} is not available in Sluice yet`,
      })
    },
  }
}
