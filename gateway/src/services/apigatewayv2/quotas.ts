// The quotas of an API's parts, and of an account's APIs and VPC links.
import { BadRequestException, TooManyRequestsException } from '@sluice/aws-protocol/apigatewayv2'
import type { AdjustableLimits } from '../../nouns/limits.ts'
import type { Call } from '../call.ts'

interface Quota {
  readonly noun: string
  readonly most: (limits: AdjustableLimits) => number
}

/**
 * AWS's quota for integrations is fixed. It raises the others (300 routes, 10 stages, 10 authorizers, HTTP 21) on request.
 * Own: here they are raised from the start, and only keep an API from growing without bound. The gateway's options set
 * some.
 */
const quotas = {
  V2Integration: { noun: 'Integrations', most: () => 300 },
  V2Route: { noun: 'Routes', most: ({ routesPerApi }) => routesPerApi },
  V2Stage: { noun: 'Stages', most: ({ stagesPerApi }) => stagesPerApi },
  V2Authorizer: { noun: 'Authorizers', most: () => 100 },
  V2Model: { noun: 'Models', most: () => 1000 },
  V2Deployment: { noun: 'Deployments', most: () => 1000 },
} as const satisfies Readonly<Record<string, Quota>>

type Counted = keyof typeof quotas

/** Throws when the API already has the largest number of this kind. */
export async function checkQuota(call: Call, kind: Counted, apiId: string): Promise<void> {
  const present = await call.store.list(kind, [apiId], { limit: quotas[kind].most(call.limits) })
  checkCount(call, kind, present.length + 1)
}

/** Throws when `count` of a kind are too many for one API. */
export function checkCount(call: Call, kind: Counted, count: number): void {
  const { noun, most } = quotas[kind]
  if (count <= most(call.limits)) return
  // AWS: with two spaces, and for v2 with the status 429 — as users of AWS report it
  throw new TooManyRequestsException(
    `Maximum number of ${noun} for this API has been reached.  Please contact AWS if you need additional ${noun}.`,
  )
}

/** Throws when the gateway's options limit the number of APIs and it is reached. The sentence is ours (?). */
export async function checkApiCount(call: Call): Promise<void> {
  const { apisPerRegion: most } = call.limits
  if (most === undefined) return
  const v2 = await call.store.list('V2Api', [], { limit: most })
  const rest = await call.store.list('RestApi', [], { limit: most })
  if (v2.length + rest.length < most) return
  throw new TooManyRequestsException(
    'Maximum number of APIs for this account has been reached.  Please contact AWS if you need additional APIs.',
  )
}

/** Throws when the gateway's options limit the number of VPC links and it is reached. */
export async function checkVpcLinkCount(call: Call): Promise<void> {
  const { vpcLinksPerRegion: most } = call.limits
  if (most === undefined || (await call.store.list('V2VpcLink', [], { limit: most })).length < most) return
  // AWS's sentence, as its users report it.
  throw new BadRequestException(`There are too many Vpc Links defined for this account. Limit is ${most}.`)
}
