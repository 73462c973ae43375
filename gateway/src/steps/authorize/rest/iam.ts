// Step `authorize` of REST methods with IAM authorization: who signed, and what its policies and the API's say. Security A, B.7.
import { describeFailure, type SignatureFault } from '@sluice/sigv4'
import type { Admitted } from '../../../nouns/exchange.ts'
import { fault, type GatewayFault, type GatewayResponseType } from '../../../nouns/faults.ts'
import type { RestRouted, RestStage } from '../../../nouns/rest.ts'
import type { Step } from '../../pipeline.ts'
import { policiesOf, SignedCaller } from '../iam-policies.ts'
import { type SignerPorts, whenSigned } from '../iam-signer.ts'
import { denied, type ResourceGuard } from './resource-policy.ts'

export function authorizeByIam(stage: RestStage, guard: ResourceGuard, ports: SignerPorts): Step<RestRouted, Admitted> {
  return {
    name: 'authorize',
    run: whenSigned<RestRouted, Admitted>(
      { ...ports, region: stage.region },
      {
        use: (signer, exchange) => {
          const { known } = signer
          const asked = { resource: guard.resourceOf(exchange), principal: known.principal }
          const decision = guard.decide(exchange, asked, policiesOf(known))
          const caller = new SignedCaller(signer, exchange)
          if (decision.decision !== 'allow') throw denied(exchange, asked, decision, caller)
          return { caller }
        },
        refuse: (error) => {
          throw signatureRefusal(error)
        },
      },
    ),
  }
}

/** Error code → gateway response type. The others have none of their own: open choice. */
const types: Readonly<Record<string, GatewayResponseType>> = {
  MissingAuthenticationTokenException: 'MISSING_AUTHENTICATION_TOKEN',
  ExpiredTokenException: 'EXPIRED_TOKEN',
  InvalidSignatureException: 'INVALID_SIGNATURE',
}

/** A signature that is missing or wrong. */
export function signatureRefusal(error: SignatureFault): GatewayFault {
  const { status, code, message } = describeFailure(error.failure)
  return fault(types[code] ?? 'DEFAULT_4XX', { status, errorType: code, message, log: message, cause: error })
}
