// Step `authorize` of HTTP API routes with IAM authorization: who signed, and whether its policies let it in. HTTP 13, Security A.
import { evaluate, type Decision } from '@sluice/iam-policy'
import { describeFailure } from '@sluice/sigv4'
import type { Admitted } from '../../nouns/exchange.ts'
import { HttpFault } from '../../nouns/faults.ts'
import { httpRequestArn } from '../../nouns/http-arn.ts'
import type { HttpRoute, HttpRouted } from '../../nouns/http.ts'
import type { KnownPrincipal } from '../../ports/principals.ts'
import type { Step } from '../pipeline.ts'
import { circumstances, policiesOf, SignedCaller } from './iam-policies.ts'
import { type SignerPorts, whenSigned } from './iam-signer.ts'
import { tellPolicies } from './telling.ts'

const action = 'execute-api:Invoke'

/** Every refusal is the same 403; why is told to the log alone. */
export function authorizeByIam(route: HttpRoute, ports: SignerPorts): Step<HttpRouted, Admitted> {
  const { account, region } = route.stage
  return {
    name: 'authorize',
    run: whenSigned<HttpRouted, Admitted>(
      { ...ports, region },
      {
        use: (signer, exchange) => {
          const { principal } = signer.known
          const resource = httpRequestArn(route, exchange)
          const decision = decide(signer.known, { account, resource, exchange })
          if (exchange.listener !== undefined) tellPolicies(exchange, decision, { principal: principal.arn, resource })
          if (decision.decision !== 'allow') {
            throw forbidden(`User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`)
          }
          return { caller: new SignedCaller(signer, exchange) }
        },
        refuse: (error) => {
          throw forbidden(describeFailure(error.failure).message, error)
        },
      },
    ),
  }
}

function forbidden(log: string, cause?: unknown): HttpFault {
  return new HttpFault(403, 'Forbidden', { log, cause })
}

interface Subject {
  readonly account: string
  readonly resource: string
  readonly exchange: HttpRouted
}

/** HTTP APIs have no resource policies: callers of other accounts are never let in. Security B.7. */
function decide(known: KnownPrincipal, { account, resource, exchange }: Subject): Decision {
  const { principal } = known
  const context = circumstances(exchange, principal)
  const { identity, boundary, session } = policiesOf(known)
  const set = { identity, boundary, session, sameAccount: principal.account === account }
  return evaluate(set, { principal, action, resource, context })
}
