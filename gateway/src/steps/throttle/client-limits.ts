// What all requests of a client take from, whichever method they call: its plan's bucket and its quota.
import type { Scope } from '../../nouns/records.ts'
import type { KnownPlan } from '../../ports/api-keys.ts'
import type { BucketLimit, QuotaLimit } from '../../ports/counters.ts'

const unlimited = { limit: Number.POSITIVE_INFINITY, period: 'DAY', offset: 0 } as const

/** A plan's buckets by name: a text that stays the same is found without reading it. A plan that changed is another object. */
const bucketNames = new WeakMap<KnownPlan, string>()

/** Made for each request: what lives shortly costs less than a hundred thousand clients that are remembered. */
export function clientLimits(scope: Scope, plan: KnownPlan, keyId: string): readonly (BucketLimit | QuotaLimit)[] {
  const { limit, period, offset } = plan.quota ?? unlimited
  // Every request of a key is counted, whether its plan has a quota or not.
  const quota: QuotaLimit = { kind: 'quota', scope, planId: plan.id, keyId, limit, period, offset }
  if (plan.throttle === undefined) return [quota]
  const { rate, burst } = plan.throttle
  return [{ kind: 'bucket', key: bucketName(scope, plan), client: keyId, rate, burst }, quota]
}

function bucketName({ account, region }: Scope, plan: KnownPlan): string {
  let name = bucketNames.get(plan)
  if (name === undefined) bucketNames.set(plan, (name = `plan ${account} ${region} ${plan.id}`))
  return name
}
