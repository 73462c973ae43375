// The policy of a private custom domain name: which VPC endpoints may call it. Source: developer guide, "Custom domain names for private APIs".
import { anonymous, describeDenial, evaluate, parsePolicy, type CompiledPolicy } from '@sluice/iam-policy'
import { maskedArn } from '../nouns/rest-arn.ts'
import { circumstances, type Circumstances } from '../steps/authorize/iam-policies.ts'

/** Why a request may not call the domain, as its client is told; undefined for one that may. */
export type DomainPolicy = (request: Circumstances) => string | undefined

const action = 'execute-api:Invoke'

/**
 * The rule of a domain whose `policy` is that JSON text; `resource`: the domain's ARN in policies. AWS: without a policy nobody is
 * let in, and callers are judged by where they come from alone. Throws PolicyFault for a text that is no policy.
 */
export function compileDomainPolicy(policy: string | undefined, resource: string): DomainPolicy {
  const compiled = policy === undefined ? nothing : parse(policy, resource)
  return (request) => {
    const question = { principal: anonymous, action, resource, context: circumstances(request) }
    const decision = evaluate({ identity: [], resource: compiled, sameAccount: true }, question)
    return decision.decision === 'allow'
      ? undefined
      : describeDenial(decision, question, { resource: maskedArn(resource) })
  }
}

const nothing: CompiledPolicy = { version: '2012-10-17', statements: [] }

/** `execute-api:/` is the domain itself, whose policy it is. */
function parse(policy: string, resource: string): CompiledPolicy {
  return parsePolicy(policy, {
    kind: 'resource',
    expandResource: (short) => short.replace(/^execute-api:\/?/, resource),
  })
}
