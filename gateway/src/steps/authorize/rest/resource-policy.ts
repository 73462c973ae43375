// The resource policy of a REST API: what it says of a caller, alone or together with another verdict. Security B.7.
import {
  anonymous,
  describeDenial,
  evaluate,
  parsePolicy,
  type CompiledPolicy,
  type Decision,
  type EvaluationRequest,
  type Principal,
  type PolicySet,
} from '@sluice/iam-policy'
import type { Caller } from '../../../nouns/exchange.ts'
import { fault, type GatewayFault } from '../../../nouns/faults.ts'
import { compileRestArn, maskedArn } from '../../../nouns/rest-arn.ts'
import type { RestRouted, RestStage } from '../../../nouns/rest.ts'
import { circumstances } from '../iam-policies.ts'
import { tellPolicies } from '../telling.ts'

const action = 'execute-api:Invoke'

export interface ResourcePolicySettings {
  readonly stage: RestStage
  /** JSON text as the API keeps it; undefined for an API without a policy. */
  readonly policy: string | undefined
  /** Private APIs let nobody in without a policy. */
  readonly isPrivate: boolean
}

/** What the caller's own policies say. */
export type OwnPolicies = Pick<PolicySet, 'identity' | 'boundary' | 'session'>

/** A question about one request, with the answer's ARN at hand. */
export interface Asked {
  readonly resource: string
  readonly principal: Principal
}

/** Compiled once for all methods of a stage. Each rule throws GatewayFault for a caller that is not let in. */
export interface ResourceGuard {
  /** Whether there is anything to evaluate for callers without an identity. */
  readonly isOpen: boolean
  readonly resourceOf: (exchange: RestRouted) => string
  /** The policy must allow the anonymous caller: methods without authorization, and Cognito's, which knows `caller` by then. */
  readonly requireGrant: (exchange: RestRouted, caller?: Caller) => void
  /** The policy must not deny the anonymous caller: asked before a Lambda authorizer runs. */
  readonly refuseDenied: (exchange: RestRouted) => void
  /** What the policy and the caller's own policies say together. */
  readonly decide: (exchange: RestRouted, asked: Asked, own: OwnPolicies) => Decision
}

/** Throws PolicyFault for a text that is no policy. */
export function compileResourceGuard({ stage, policy, isPrivate }: ResourcePolicySettings): ResourceGuard {
  // A private API without a policy is as one whose policy grants nothing.
  const grantless = isPrivate ? nothing : undefined
  const resource = policy === undefined ? grantless : parsePolicy(policy, { kind: 'resource' })
  const resourceOf = compileRestArn(stage)
  const decide: ResourceGuard['decide'] = (exchange, asked, own) => {
    const { principal } = asked
    const sameAccount = principal.account === undefined || principal.account === stage.account
    const { identity, boundary, session } = own
    const decision = evaluate({ identity, resource, boundary, session, sameAccount }, question(exchange, asked))
    if (exchange.listener !== undefined) {
      tellPolicies(exchange, decision, { principal: principal.arn, resource: asked.resource })
    }
    return decision
  }
  const ofAnybody = (exchange: RestRouted): { decision: Decision; asked: Asked } => {
    const asked = { resource: resourceOf(exchange), principal: anonymous }
    return { asked, decision: decide(exchange, asked, { identity: [] }) }
  }
  return {
    isOpen: resource === undefined,
    resourceOf,
    requireGrant: (exchange, caller) => {
      if (resource === undefined) return
      const { asked, decision } = ofAnybody(exchange)
      if (decision.decision !== 'allow') throw denied(exchange, asked, decision, caller)
    },
    refuseDenied: (exchange) => {
      if (resource === undefined) return
      const { asked, decision } = ofAnybody(exchange)
      if (decision.decision === 'explicitDeny') throw denied(exchange, asked, decision)
    },
    decide,
  }
}

const nothing: CompiledPolicy = { version: '2012-10-17', statements: [] }

function question(exchange: RestRouted, { principal, resource }: Asked): EvaluationRequest {
  return { principal, action, resource, context: circumstances(exchange, principal) }
}

/** The refusal in IAM's words; `caller`: whom it is about, where that is known. Security A.5, rows 9–12. */
export function denied(exchange: RestRouted, asked: Asked, decision: Decision, caller?: Caller): GatewayFault {
  return fault('ACCESS_DENIED', {
    told: { caller },
    message: describeDenial(decision, question(exchange, asked), { resource: maskedArn(asked.resource) }),
    log: describeDenial(decision, question(exchange, asked)),
  })
}
