// Step `authorize` of HTTP APIs: `NONE` lets everybody pass; a route whose authorizer cannot work refuses everybody.
import type { Admitted } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import type { HttpRouted } from '../../nouns/http.ts'
import type { Step } from '../pipeline.ts'
import { tellRefusal } from './telling.ts'

const open: Admitted = { caller: undefined }

export function openToAll(): Step<HttpRouted, Admitted> {
  return { name: 'authorize', run: () => open }
}

/** `log` says what is wrong with the configuration. */
export function closedToAll(log: string): Step<HttpRouted, Admitted> {
  return {
    name: 'authorize',
    run: (exchange) => {
      tellRefusal(exchange, 'authorizer unusable', { why: log })
      throw new HttpFault(500, 'Internal Server Error', { log })
    },
  }
}
