// Describes denied requests in AWS's words.
import type { Decision, PolicySource } from './evaluate.ts'
import type { EvaluationRequest } from './request.ts'

/** Options for the sentence. */
export interface DenialWords {
  /** Names the kind of policy that denied, as newer services do; the short form when absent. */
  readonly isVerbose?: boolean | undefined
  /** The resource as it is to be shown; services mask the account's number in it. */
  readonly resource?: string | undefined
}

/** The sentence about a request that was not allowed. */
export function describeDenial(decision: Decision, request: EvaluationRequest, words: DenialWords = {}): string {
  const { principal, action, resource } = request
  const denied = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${words.resource ?? resource}`
  const isExplicit = decision.decision === 'explicitDeny'
  if (words.isVerbose !== true) return isExplicit ? `${denied} with an explicit deny` : denied
  return isExplicit
    ? `${denied} with an explicit deny in ${withArticle[decision.statement?.source ?? 'identity']}`
    : `${denied} because no ${granting[decision.missing ?? 'identity']} the ${action} action`
}

const withArticle: { readonly [source in PolicySource]: string } = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy',
  boundary: 'a permissions boundary',
  session: 'a session policy',
  endpoint: 'a VPC endpoint policy',
}

const granting: { readonly [source in PolicySource]: string } = {
  identity: 'identity-based policy allows',
  resource: 'resource-based policy allows',
  boundary: 'permissions boundary allows',
  session: 'session policy allows',
  endpoint: 'VPC endpoint policy allows',
}
