// Explains decisions: every statement that applies to a request, and the condition keys that were missing.
import { applies, type Decision, evaluate, type PolicySet, type PolicySource } from './evaluate.ts'
import type { CompiledPolicy } from './parse.ts'
import type { EvaluationRequest } from './request.ts'

/** A statement that is about a request. */
export interface MatchedStatement {
  readonly source: PolicySource
  /** Its policy's place among the policies of this source, counted from 0. */
  readonly policyIndex: number
  /** Its place in the policy, counted from 0. */
  readonly position: number
  readonly effect: 'Allow' | 'Deny'
}

/** A decision with the statements that led to it. */
export interface Explanation {
  readonly decision: Decision
  /** Every statement whose elements and conditions all match, the resource's first. */
  readonly matched: readonly MatchedStatement[]
  /** Every statement that applies to the action, whatever else it requires: its condition keys are the needed ones. */
  readonly touched: readonly MatchedStatement[]
}

/** Decides a request as `evaluate` does, and lists all statements. Meant for simulations, because it does the work twice. */
export function explain(policies: PolicySet, request: EvaluationRequest): Explanation {
  const subject = { ...request, action: request.action.toLowerCase() }
  const matched: MatchedStatement[] = []
  const touched: MatchedStatement[] = []
  for (const [source, sourcePolicies] of ofSource(policies)) {
    for (const [policyIndex, { statements }] of sourcePolicies.entries()) {
      for (const statement of statements) {
        const { effect, position } = statement
        const place = { source, policyIndex, position, effect }
        if (statement.action(subject.action, subject.context)) touched.push(place)
        if (applies(statement, source, subject) !== undefined) matched.push(place)
      }
    }
  }
  return { decision: evaluate(policies, request), matched, touched }
}

function ofSource(policies: PolicySet): readonly (readonly [PolicySource, readonly CompiledPolicy[]])[] {
  const one = (policy: CompiledPolicy | undefined): readonly CompiledPolicy[] => (policy === undefined ? [] : [policy])
  return [
    ['resource', one(policies.resource)],
    ['identity', policies.identity],
    ['boundary', one(policies.boundary)],
    ['session', policies.session ?? []],
    ['endpoint', one(policies.endpoint)],
  ]
}
