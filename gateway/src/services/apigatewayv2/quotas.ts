// How many of each thing one API may have.
import { BadRequestException } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'

/**
 * AWS's quota for integrations is fixed. It raises the others (300 routes, 10 stages, 10 authorizers, H 21) on request;
 * Own: here they are raised already, and only keep an API from growing without bound.
 */
const quotas = {
  V2Integration: { noun: 'Integrations', most: 300 },
  V2Route: { noun: 'Routes', most: 3000 },
  V2Stage: { noun: 'Stages', most: 100 },
  V2Authorizer: { noun: 'Authorizers', most: 100 },
  V2Model: { noun: 'Models', most: 1000 },
  V2Deployment: { noun: 'Deployments', most: 1000 },
} as const

type Counted = keyof typeof quotas

/** Refuses one more of a kind when the API has as many as it may. */
export async function checkQuota(call: Call, kind: Counted, apiId: string): Promise<void> {
  const present = await call.store.list(kind, [apiId], { limit: quotas[kind].most })
  checkCount(kind, present.length + 1)
}

/** Refuses this many of a kind in one API. */
export function checkCount(kind: Counted, count: number): void {
  const { noun, most } = quotas[kind]
  if (count > most) throw new BadRequestException(`Maximum number of ${noun} for this API has been reached.`)
}
