// Step `authorize` of `$connect` with IAM authorization: who signed the handshake, and whether its policies let it in. WebSocket 32.
import { describeDenial, evaluate } from '@sluice/iam-policy'
import type { Admitted, Received } from '../../nouns/exchange.ts'
import { fault } from '../../nouns/faults.ts'
import { maskedArn } from '../../nouns/rest-arn.ts'
import { socketRouteArn, type SocketExchange, type SocketRoute } from '../../nouns/socket.ts'
import type { Step } from '../pipeline.ts'
import { circumstances, identityOf, policiesOf } from './iam-policies.ts'
import { type SignerPorts, whenSigned } from './iam-signer.ts'
import { tellPolicies } from './telling.ts'
import { signatureRefusal } from './rest/iam.ts'
import { handshakeRequest } from './socket-handshake.ts'

const action = 'execute-api:Invoke'

/** Throws GatewayFault: 403 in the words of a REST API (?). The verdict holds as long as the connection. */
export function authorizeSocketByIam(route: SocketRoute, ports: SignerPorts): Step<SocketExchange, Admitted> {
  const { account, region } = route.stage
  const resource = socketRouteArn(route)
  const signed = whenSigned<Received, Admitted>(
    { ...ports, region },
    {
      use: (signer, received) => {
        const { principal } = signer.known
        const request = { principal, action, resource, context: circumstances(received, principal) }
        const decision = evaluate({ ...policiesOf(signer.known), sameAccount: principal.account === account }, request)
        tellPolicies(received, decision, { principal: principal.arn, resource })
        if (decision.decision !== 'allow') {
          const message = describeDenial(decision, request, { resource: maskedArn(resource) })
          throw fault('ACCESS_DENIED', { message, log: describeDenial(decision, request) })
        }
        return { caller: { identity: identityOf(signer) } }
      },
      refuse: (error) => {
        throw signatureRefusal(error)
      },
    },
  )
  return { name: 'authorize', run: (exchange) => signed(handshakeRequest(exchange)) }
}
