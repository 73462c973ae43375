// Step `authorize` of REST methods with IAM authorization: who signed, and what its policies and the API's say. S A, B.7.
import type { Context } from '@sluice/iam-policy'
import { describeFailure, SignatureFault } from '@sluice/sigv4'
import type { Admitted, Caller } from '../../../nouns/exchange.ts'
import { fault, type GatewayFault, type GatewayResponseType } from '../../../nouns/faults.ts'
import type { RestRouted, RestStage } from '../../../nouns/rest.ts'
import type { Step } from '../../pipeline.ts'
import { circumstances, identityOf, permissionsOf, policiesOf } from '../iam-policies.ts'
import { signerOf, type Signer, type SignerPorts } from '../iam-signer.ts'
import { denied, type ResourceGuard } from './resource-policy.ts'

export function authorizeByIam(stage: RestStage, guard: ResourceGuard, ports: SignerPorts): Step<RestRouted, Admitted> {
  return {
    name: 'authorize',
    run: async (exchange) => {
      const signer = await found(signerOf(exchange, ports, stage.region))
      const { known } = signer
      const asked = { resource: guard.resourceOf(exchange), principal: known.principal }
      const decision = guard.decide(exchange, asked, policiesOf(known))
      if (decision.decision !== 'allow') throw denied(exchange, asked, decision)
      return { caller: callerOf(signer, circumstances(exchange, known.principal)) }
    },
  }
}

function callerOf(signer: Signer, context: Context): Caller {
  return { identity: identityOf(signer), may: permissionsOf(signer.known, context) }
}

async function found(finding: Promise<Signer>): Promise<Signer> {
  try {
    return await finding
  } catch (error) {
    throw error instanceof SignatureFault ? signatureRefusal(error) : error
  }
}

/** Error code → gateway response type. The others have none of their own: open choice 7. */
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
