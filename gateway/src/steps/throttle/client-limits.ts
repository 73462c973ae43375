// What all requests of a client take from, whichever method they call: its plan's bucket and its quota. Made once a client.
import type { Scope } from '../../nouns/records.ts'
import type { KnownPlan } from '../../ports/api-keys.ts'
import type { Limit } from '../../ports/counters.ts'
import { bucketOf } from './bucket.ts'

/** A plan that changed is another object: what was made of it before goes with it. */
const kept = new WeakMap<KnownPlan, Map<string, readonly Limit[]>>()
/** Clients of a plan, beyond which all are made anew. */
const mostClients = 10_000

const unlimited = { limit: Number.POSITIVE_INFINITY, period: 'DAY', offset: 0 } as const

/** The client of a key in a plan, as its buckets are named. */
export function clientName({ account, region }: Scope, plan: KnownPlan, keyId: string): string {
  return `${account} ${region} ${plan.id} ${keyId}`
}

/** The same limits for the same client, so that what they are found by is hashed once. */
export function clientLimits(scope: Scope, plan: KnownPlan, keyId: string): readonly Limit[] {
  let clients = kept.get(plan)
  if (clients === undefined) kept.set(plan, (clients = new Map()))
  const known = clients.get(keyId)
  if (known !== undefined) return known
  const limits: readonly Limit[] = [
    ...bucketOf(`plan ${clientName(scope, plan, keyId)}`, plan.throttle),
    // Every request of a key is counted, whether its plan has a quota or not.
    { kind: 'quota', scope, planId: plan.id, keyId, ...(plan.quota ?? unlimited) },
  ]
  if (clients.size >= mostClients) clients.clear()
  clients.set(keyId, limits)
  return limits
}
