// Authorizes control-plane calls: the caller's policies decide; an account's root may do everything. Security B.8.
import {
  createContext,
  describeDenial,
  evaluate,
  parsePolicy,
  principalKey,
  type Context,
  type ContextValue,
  type PolicySet,
  type Principal,
} from '@sluice/iam-policy'
import { ServiceFault } from '@sluice/aws-protocol'
import { maskedArn } from '../nouns/rest-arn.ts'
import type { KnownPrincipal } from '../ports/principals.ts'
import { permissionFor, type Asked, type Permission } from './call-resources.ts'
import type { ModelName } from './models.ts'

/** The caller, and the circumstances of its call. */
export interface Caller {
  readonly known: KnownPrincipal
  readonly nowMs: number
  readonly sourceIp: string | undefined
  readonly userAgent: string | undefined
  readonly origin?: string | undefined
}

/** Throws ServiceFault: AccessDenied in query services, AccessDeniedException elsewhere. */
export async function authorizeCall(caller: Caller, model: ModelName, asked: Asked): Promise<void> {
  refuseLimitedSession(caller.known, model)
  if (caller.known.principal.type === 'Account') return
  const permission = await permissionFor(model, asked)
  if (permission === undefined) return
  requirePermission(caller, model, { ...permission, region: asked.scope.region, owner: asked.connectionsOf?.account })
}

/** A permission that a call needs. */
export interface Demand extends Permission {
  readonly region: string
  /** The account that the resource belongs to; the caller's own when absent. */
  readonly owner?: string | undefined
  /** Condition keys of this action alone. */
  readonly conditions?: readonly (readonly [name: string, value: ContextValue])[] | undefined
}

/** Checks one more permission of a call that is under way. Throws as `authorizeCall` does. */
export function requirePermission(caller: Caller, model: ModelName, { region, owner, ...demand }: Demand): void {
  const { principal } = caller.known
  if (principal.type === 'Account') return
  const context = callContext(principal, { ...caller, region }, demand.conditions)
  const request = { principal, action: demand.action, resource: demand.resource, context }
  const set = {
    ...policiesOf(caller.known),
    // A call reaches nothing of another account except connections of its APIs.
    sameAccount: (owner ?? principal.account) === principal.account,
  }
  const decision = evaluate(set, request)
  if (decision.decision === 'allow') return
  if (decision.decision === 'implicitDeny' && demand.otherAction !== undefined) {
    if (evaluate(set, { ...request, action: demand.otherAction }).decision === 'allow') return
  }
  if (model === 'apigatewaymanagementapi')
    throw deniedConnection(describeDenial(decision, request, { resource: maskedArn(demand.resource) }))
  const isVerbose = model !== 'apigateway' && model !== 'apigatewayv2'
  throw new ServiceFault(
    model === 'iam' || model === 'sts' ? 'AccessDenied' : 'AccessDeniedException',
    403,
    describeDenial(decision, request, { isVerbose }),
  )
}

/** The refusal of `@connections`, which is like an API's: a capital `Message`, and only four digits of the account. Security A.7. */
function deniedConnection(message: string): ServiceFault {
  return new ServiceFault('AccessDeniedException', 403, message, { messageName: 'Message' })
}

/**
 * AWS: the credentials of GetSessionToken, without a second factor, and those of federated users are of no use to IAM.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
 */
function refuseLimitedSession({ session }: KnownPrincipal, model: ModelName): void {
  const isLimited = session?.origin === 'GetSessionToken' || session?.origin === 'GetFederationToken'
  if (!isLimited || model !== 'iam') return
  throw new ServiceFault('InvalidClientTokenId', 403, 'The security token included in the request is invalid')
}

/** The caller's own policies. */
export function policiesOf(known: KnownPrincipal): Pick<PolicySet, 'identity' | 'boundary' | 'session'> {
  const { policies, permissionsBoundary, sessionPolicies } = known
  return {
    identity: policies.map((document) => parsePolicy(document)),
    boundary: permissionsBoundary === undefined ? undefined : parsePolicy(permissionsBoundary),
    session: sessionPolicies?.map((document) => parsePolicy(document)),
  }
}

/** The circumstances that every call has. */
export interface CallCircumstances {
  readonly nowMs: number
  readonly sourceIp?: string | undefined
  readonly userAgent?: string | undefined
  /** How the call reached the gateway: `https://…`. */
  readonly origin?: string | undefined
  /** `global` for services without regions. */
  readonly region: string
}

/** The condition keys of a call: those of every call, those of its caller, and `more`, those of its operation. Security B.4. */
export function callContext(
  principal: Principal,
  { nowMs, sourceIp, userAgent, origin, region }: CallCircumstances,
  more: Iterable<readonly [name: string, value: ContextValue]> = [],
): Context {
  const keys = createContext([
    ...more,
    ['aws:CurrentTime', new Date(nowMs).toISOString()],
    ['aws:EpochTime', String(Math.floor(nowMs / 1000))],
    // AWS: services without regions count as called in this region.
    ['aws:RequestedRegion', region === 'global' ? 'us-east-1' : region],
    ['aws:SecureTransport', String(origin?.startsWith('https:') === true)],
    ['aws:SourceIp', sourceIp],
    ['aws:UserAgent', userAgent],
    ['aws:ViaAWSService', 'false'],
    ['aws:PrincipalIsAWSService', 'false'],
  ])
  return (lowerKey) => keys(lowerKey) ?? principalKey(principal, lowerKey)
}
