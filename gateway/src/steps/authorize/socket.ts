// Step `authorize` of WebSocket APIs where nobody has to be asked: open routes, and routes whose authorizer is not there.
import type { Admitted } from '../../nouns/exchange.ts'
import { fault } from '../../nouns/faults.ts'
import type { SocketExchange } from '../../nouns/socket.ts'
import type { Step } from '../pipeline.ts'
import { tellRefusal } from './telling.ts'

const open: Admitted = { caller: undefined }

/** `NONE`: everybody may connect. */
export const authorizeNobody: Step<SocketExchange, Admitted> = { name: 'authorize', run: () => open }

/** A route whose authorizer is not there: nobody may. */
export const authorizerMissing: Step<SocketExchange, Admitted> = {
  name: 'authorize',
  run: (exchange) => {
    const why = 'The authorizer of the route does not exist'
    tellRefusal(exchange, 'authorizer unusable', { why })
    throw fault('AUTHORIZER_CONFIGURATION_ERROR', { log: why })
  },
}
