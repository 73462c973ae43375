// Decides requests by all policies that apply to them together.
// Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import type { CompiledPolicy, CompiledStatement } from './parse.ts'
import type { Naming } from './principals.ts'
import type { EvaluationRequest } from './request.ts'

/** The policies that apply to a request. An absent kind neither allows nor limits. */
export interface PolicySet {
  /** The policies of the caller: of the user and its groups, or of the role. */
  readonly identity: readonly CompiledPolicy[]
  /** The policy of the resource. */
  readonly resource?: CompiledPolicy | undefined
  /** Whether only the resource's own policy can allow access, as for a role's trust policy. */
  readonly resourceMustAllow?: boolean | undefined
  /** The caller's permissions boundary. */
  readonly boundary?: CompiledPolicy | undefined
  /** The policies that were passed when the session was made. It is enough that one of them allows; an empty list allows nothing. */
  readonly session?: readonly CompiledPolicy[] | undefined
  /** The policy of the VPC endpoint that the request came through. */
  readonly endpoint?: CompiledPolicy | undefined
  /** Whether caller and resource belong to one account. */
  readonly sameAccount: boolean
}

/** The kinds of policies. */
export type PolicySource = 'identity' | 'resource' | 'boundary' | 'session' | 'endpoint'

/** The place of a deciding statement. */
export interface DecidingStatement {
  readonly source: PolicySource
  /** Its policy's place among the policies of this source, counted from 0. */
  readonly policyIndex: number
  readonly sid: string | undefined
  /** Its place in the policy, counted from 0. */
  readonly position: number
}

/** The answer. */
export interface Decision {
  readonly decision: 'allow' | 'explicitDeny' | 'implicitDeny'
  /** The statement that allowed or denied; none for an implicit denial, and for an account's root user. */
  readonly statement: DecidingStatement | undefined
  /** For an implicit denial, the kind of policy that did not allow the request. */
  readonly missing: PolicySource | undefined
}

/**
 * Decides a request. Any Deny that matches denies. In one account a grant of the caller's or of the resource's
 * policy is enough, across accounts it takes both; boundary, session and endpoint policies must grant as well.
 */
export function evaluate(policies: PolicySet, request: EvaluationRequest): Decision {
  const subject: EvaluationRequest = {
    principal: request.principal,
    action: request.action.toLowerCase(),
    resource: request.resource,
    context: request.context,
  }
  const endpoint = judgeOne('endpoint', policies.endpoint, subject)
  const resource = judgeOne('resource', policies.resource, subject)
  const identity = judge('identity', policies.identity, subject)
  const boundary = judgeOne('boundary', policies.boundary, subject)
  const session = policies.session === undefined ? silence : judge('session', policies.session, subject)
  const denied = endpoint.denied ?? resource.denied ?? identity.denied ?? boundary.denied ?? session.denied
  if (denied !== undefined) return denial('explicitDeny', denied, undefined)
  if (lacks(endpoint)) return denial('implicitDeny', undefined, 'endpoint')
  if (policies.resourceMustAllow === true && resource.allowed === undefined) {
    return denial('implicitDeny', undefined, 'resource')
  }
  const verdicts = { resource, identity, boundary, session }
  return decide(verdicts, policies.sameAccount, request.principal.type === 'Account')
}

/** The result of one kind of policies. */
interface Verdict {
  /** Whether there are policies of this kind at all. */
  readonly isPresent: boolean
  readonly denied: DecidingStatement | undefined
  readonly allowed: DecidingStatement | undefined
  /** How closely the allowing statement names the caller. */
  readonly naming: Naming | undefined
}

type Verdicts = { readonly [source in Exclude<PolicySource, 'endpoint'>]: Verdict }

const silence: Verdict = { isPresent: false, denied: undefined, allowed: undefined, naming: undefined }

function decide(verdicts: Verdicts, sameAccount: boolean, isRoot: boolean): Decision {
  const { identity, resource } = verdicts
  // AWS: only an Allow for the caller itself overrides its boundary and session policies.
  if (sameAccount && resource.naming === 'direct') return allow(resource.allowed)
  const isGrantedByResource = sameAccount && resource.naming === 'limited'
  if (identity.allowed === undefined && !isRoot && !isGrantedByResource) {
    const isResourceAlone = sameAccount && resource.isPresent && !identity.isPresent
    return denial('implicitDeny', undefined, isResourceAlone ? 'resource' : 'identity')
  }
  if (lacks(verdicts.boundary)) return denial('implicitDeny', undefined, 'boundary')
  if (lacks(verdicts.session)) return denial('implicitDeny', undefined, 'session')
  if (!sameAccount && resource.allowed === undefined) return denial('implicitDeny', undefined, 'resource')
  return allow(identity.allowed ?? resource.allowed)
}

/** Whether a limiting policy exists and does not allow the request. */
function lacks({ isPresent, allowed }: Verdict): boolean {
  return isPresent && allowed === undefined
}

function allow(statement: DecidingStatement | undefined): Decision {
  return { decision: 'allow', statement, missing: undefined }
}

function denial(
  decision: 'explicitDeny' | 'implicitDeny',
  statement: DecidingStatement | undefined,
  missing: PolicySource | undefined,
): Decision {
  return { decision, statement, missing }
}

function judgeOne(source: PolicySource, policy: CompiledPolicy | undefined, subject: EvaluationRequest): Verdict {
  return policy === undefined ? silence : judge(source, [policy], subject)
}

function judge(source: PolicySource, policies: readonly CompiledPolicy[], subject: EvaluationRequest): Verdict {
  if (policies.length === 0 && source !== 'session') return silence
  let allowed: CompiledStatement | undefined
  let allowedIndex = 0
  let naming: Naming | undefined
  for (let policyIndex = 0; policyIndex < policies.length; policyIndex++) {
    for (const statement of policies[policyIndex]?.statements ?? []) {
      const named = applies(statement, source, subject)
      if (named === undefined) continue
      if (statement.effect === 'Deny') return denied(place(source, policyIndex, statement))
      if (allowed !== undefined && closeness[named] <= closeness[naming ?? 'account']) continue
      allowed = statement
      allowedIndex = policyIndex
      naming = named
    }
  }
  return { isPresent: true, denied: undefined, allowed: allowed && place(source, allowedIndex, allowed), naming }
}

function denied(statement: DecidingStatement): Verdict {
  return { isPresent: true, denied: statement, allowed: undefined, naming: undefined }
}

const closeness: { readonly [naming in Naming]: number } = { account: 0, limited: 1, direct: 2 }

/** Whether and how closely a statement applies to a request; `action` is in lower case. */
export function applies(
  statement: CompiledStatement,
  source: PolicySource,
  subject: EvaluationRequest,
): Naming | undefined {
  const { context, principal } = subject
  if (!statement.action(subject.action, context) || !statement.resource(subject.resource, context)) return undefined
  const naming = statement.principal === undefined ? unnamed[source] : statement.principal(principal)
  if (naming === undefined) return undefined
  for (const condition of statement.conditions) {
    if (!condition(context)) return undefined
  }
  return naming
}

/** How a statement without principals counts: not at all in a resource's policy, elsewhere as about the caller. */
const unnamed: { readonly [source in PolicySource]: Naming | undefined } = {
  identity: 'direct',
  boundary: 'direct',
  session: 'direct',
  resource: undefined,
  endpoint: undefined,
}

function place(source: PolicySource, policyIndex: number, { sid, position }: CompiledStatement): DecidingStatement {
  return { source, policyIndex, sid, position }
}
