// Who may invoke a function: an AWS service for one of its resources, by the function's resource policy; a role, by its own policies too.
import {
  createContext,
  evaluate,
  parsePolicy,
  principalKey,
  type CompiledPolicy,
  type Context,
  type PolicySet,
} from '@sluice/iam-policy'
import type { FunctionPolicyRecord } from '../nouns/function-records.ts'
import type { Scope } from '../nouns/records.ts'
import type { KnownPrincipal } from '../ports/principals.ts'

export interface Permission {
  /** Whether `service` (`apigateway.amazonaws.com`) may invoke `functionArn` for `sourceArn`. */
  readonly allows: (service: string, functionArn: string, sourceArn: string | undefined) => boolean
  /** Whether the session of a role may. In one account either policy is enough, across accounts it takes both. */
  readonly allowsRole: (role: KnownPrincipal, functionArn: string, nowMs: number) => boolean
}

const action = 'lambda:InvokeFunction'

/** Source ARNs are a few per API; beyond this many the memory starts anew. */
const mostVerdicts = 1_000

/** Compiles the policy of one function, version or alias. Verdicts are remembered by service and source. */
export function compilePermission(scope: Scope, record: FunctionPolicyRecord | undefined): Permission {
  let policy: CompiledPolicy | undefined
  const resource = (statements: FunctionPolicyRecord['statements']): CompiledPolicy =>
    (policy ??= parsePolicy({ Version: '2012-10-17', Statement: statements.map(({ statement }) => statement) }))
  const allowsRole: Permission['allowsRole'] = (role, functionArn, nowMs) =>
    isRoleAllowed(role, { scope, functionArn, nowMs, policy: record && resource(record.statements) })
  if (record === undefined) return { allows: () => false, allowsRole }
  const verdicts = new Map<string, boolean>()
  return {
    allows: (service, functionArn, sourceArn) => {
      const question = `${service} ${functionArn} ${sourceArn ?? ''}`
      let verdict = verdicts.get(question)
      if (verdict === undefined) {
        verdict = isAllowed(scope, resource(record.statements), { service, functionArn, sourceArn })
        if (verdicts.size >= mostVerdicts) verdicts.clear()
        verdicts.set(question, verdict)
      }
      return verdict
    },
    allowsRole,
  }
}

interface Question {
  readonly service: string
  readonly functionArn: string
  readonly sourceArn: string | undefined
}

function isAllowed(scope: Scope, policy: CompiledPolicy, { service, functionArn, sourceArn }: Question): boolean {
  const [, , , sourceRegion, sourceAccount] = sourceArn?.split(':') ?? []
  // AWS: an API invokes functions of its own region only; otherwise it reads as a missing permission (Security L.2).
  if (sourceRegion !== undefined && sourceRegion !== scope.region) return false
  const { decision } = evaluate(
    { identity: [], resource: policy, sameAccount: true },
    {
      principal: { type: 'Service', arn: service, provider: service },
      action,
      resource: functionArn,
      context: createContext([
        ['aws:SourceArn', sourceArn],
        ['aws:SourceAccount', sourceAccount],
      ]),
    },
  )
  return decision === 'allow'
}

interface RoleQuestion {
  readonly scope: Scope
  readonly functionArn: string
  readonly nowMs: number
  readonly policy: CompiledPolicy | undefined
}

function isRoleAllowed(role: KnownPrincipal, { scope, functionArn, nowMs, policy }: RoleQuestion): boolean {
  const { principal } = role
  const context: Context = (lowerKey) => {
    if (lowerKey === 'aws:currenttime') return new Date(nowMs).toISOString()
    if (lowerKey === 'aws:epochtime') return String(Math.floor(nowMs / 1000))
    return lowerKey === 'aws:requestedregion' ? scope.region : principalKey(principal, lowerKey)
  }
  const set = { ...policiesOf(role), resource: policy, sameAccount: principal.account === scope.account }
  return evaluate(set, { principal, action, resource: functionArn, context }).decision === 'allow'
}

type RolePolicies = Pick<PolicySet, 'identity' | 'boundary'>

/** A session's principal is one object for as long as it is held. */
const compiled = new WeakMap<KnownPrincipal, RolePolicies>()

function policiesOf(role: KnownPrincipal): RolePolicies {
  let policies = compiled.get(role)
  if (policies === undefined) {
    const { permissionsBoundary: boundary } = role
    policies = {
      identity: role.policies.map((document) => parsePolicy(document)),
      boundary: boundary === undefined ? undefined : parsePolicy(boundary),
    }
    compiled.set(role, policies)
  }
  return policies
}
