// Steps `authorize` and `requireKey` of WebSocket APIs: `NONE` lets everybody connect; what is not enforced yet lets nobody.
import type { Admitted } from '../../nouns/exchange.ts'
import { fault } from '../../nouns/faults.ts'
import type { SocketExchange } from '../../nouns/socket.ts'
import type { Step } from '../pipeline.ts'

const open: Admitted = { caller: undefined }

export function authorizeSocket(authorizationType: string | undefined): Step<SocketExchange, Admitted> {
  if (authorizationType === undefined || authorizationType === 'NONE') return { name: 'authorize', run: () => open }
  return {
    name: 'authorize',
    run: () => {
      throw fault('AUTHORIZER_CONFIGURATION_ERROR', {
        message: 'Internal server error',
        log: `Execution failed due to configuration error: authorization type ${authorizationType} is not available in Sluice yet`,
      })
    },
  }
}

/** Undefined for a route that asks for no API key. Throws INVALID_API_KEY. */
export function requireSocketKey(required: boolean | undefined): Step<SocketExchange, object> | undefined {
  if (required !== true) return undefined
  return {
    name: 'requireKey',
    run: () => {
      throw fault('INVALID_API_KEY', {
        log: 'API keys are not checked by Sluice yet: a route that requires one refuses every request',
      })
    },
  }
}
