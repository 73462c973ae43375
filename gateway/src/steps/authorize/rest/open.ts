// Step `authorize` of REST methods without authorization: the resource policy alone decides. Security B.7.
import type { Admitted } from '../../../nouns/exchange.ts'
import { fault } from '../../../nouns/faults.ts'
import type { RestRouted } from '../../../nouns/rest.ts'
import type { Step } from '../../pipeline.ts'
import { tellRefusal } from '../telling.ts'
import type { ResourceGuard } from './resource-policy.ts'

const open: Admitted = { caller: undefined }

export function authorizeNobody(guard: ResourceGuard): Step<RestRouted, Admitted> {
  if (guard.isOpen) return { name: 'authorize', run: () => open }
  return {
    name: 'authorize',
    run: (exchange) => {
      guard.requireGrant(exchange)
      return open
    },
  }
}

/** For a method whose authorizer cannot work as it is configured. */
export function closedToAll(log: string): Step<RestRouted, Admitted> {
  return {
    name: 'authorize',
    run: (exchange) => {
      tellRefusal(exchange, 'authorizer unusable', { why: log })
      throw fault('AUTHORIZER_CONFIGURATION_ERROR', { log: `Execution failed due to configuration error: ${log}` })
    },
  }
}
