// Who may make which control-plane call: the policies of the caller decide; an account's root may do everything. S B.8.
import { createContext, describeDenial, evaluate, parsePolicy, type Principal } from '@sluice/iam-policy'
import { ServiceFault } from '@sluice/aws-protocol'
import type { KnownPrincipal } from '../ports/principals.ts'
import { permissionFor, type Asked } from './call-resources.ts'
import type { ModelName } from './models.ts'

/** A caller whose policies are asked, and the circumstances of its call. */
export interface Caller {
  readonly known: KnownPrincipal
  readonly nowMs: number
  readonly sourceIp: string | undefined
  readonly userAgent: string | undefined
}

/** Throws ServiceFault: AccessDenied in query services, AccessDeniedException elsewhere. */
export async function authorizeCall(
  { known, ...circumstances }: Caller,
  model: ModelName,
  asked: Asked,
): Promise<void> {
  const { principal, policies, permissionsBoundary } = known
  if (principal.type === 'Account') return
  const permission = await permissionFor(model, asked)
  if (permission === undefined) return
  const request = { principal, ...permission, context: contextOf(principal, circumstances, asked.scope.region) }
  const set = {
    identity: policies.map((document) => parsePolicy(document)),
    boundary: permissionsBoundary === undefined ? undefined : parsePolicy(permissionsBoundary),
    // Nothing of another account is within reach of a call, but the connections of its APIs.
    sameAccount: (asked.connectionsOf?.account ?? principal.account) === principal.account,
  }
  const decision = evaluate(set, request)
  if (decision.decision === 'allow') return
  const isVerbose = model !== 'apigateway' && model !== 'apigatewayv2' && model !== 'apigatewaymanagementapi'
  throw new ServiceFault(
    model === 'iam' ? 'AccessDenied' : 'AccessDeniedException',
    403,
    describeDenial(decision, request, { isVerbose }),
  )
}

function contextOf(
  principal: Principal,
  { nowMs, sourceIp, userAgent }: Omit<Caller, 'known'>,
  region: string,
): ReturnType<typeof createContext> {
  return createContext([
    ['aws:CurrentTime', new Date(nowMs).toISOString()],
    ['aws:EpochTime', String(Math.floor(nowMs / 1000))],
    ['aws:RequestedRegion', region],
    ['aws:SourceIp', sourceIp],
    ['aws:UserAgent', userAgent],
    ['aws:PrincipalAccount', principal.account],
    ['aws:PrincipalArn', principal.roleArn ?? principal.arn],
    ['aws:PrincipalType', principal.type],
    ['aws:userid', principal.userId],
    ['aws:username', principal.type === 'User' ? principal.arn.slice(principal.arn.lastIndexOf('/') + 1) : undefined],
  ])
}
