// Counts in memory, by plan and key: found by texts that stay the same, because one that is put together has to be read to be found.
import type { PlanKey } from '../ports/counters.ts'
import type { QuotaCount } from './quota-count.ts'

interface PlanCounts {
  readonly account: string
  readonly region: string
  readonly planId: string
  /** By key id. */
  readonly counts: Map<string, QuotaCount>
}

export class QuotaCounts {
  private readonly plans = new Map<string, PlanCounts>()
  /** The plan that was asked for last: many requests of one plan follow each other. */
  private last: PlanCounts | undefined
  size = 0

  get(key: PlanKey): QuotaCount | undefined {
    return this.planOf(key)?.counts.get(key.keyId)
  }

  set(key: PlanKey, count: QuotaCount): void {
    let plan = this.planOf(key)
    if (plan === undefined) {
      const { account, region } = key.scope
      this.plans.set(nameOf(key), (plan = { account, region, planId: key.planId, counts: new Map() }))
    }
    this.size -= plan.counts.size
    plan.counts.set(key.keyId, count)
    this.size += plan.counts.size
  }

  delete(key: PlanKey): void {
    const plan = this.planOf(key)
    if (plan?.counts.delete(key.keyId) !== true) return
    this.size--
    if (plan.counts.size > 0) return
    this.plans.delete(nameOf(key))
    this.last = undefined
  }

  /** All counts. They may be deleted while somebody goes through them. */
  *all(): Generator<QuotaCount> {
    for (const { counts } of this.plans.values()) yield* counts.values()
  }

  private planOf(key: PlanKey): PlanCounts | undefined {
    const { last } = this
    if (last?.planId === key.planId && last.account === key.scope.account && last.region === key.scope.region)
      return last
    const plan = this.plans.get(nameOf(key))
    if (plan !== undefined) this.last = plan
    return plan
  }
}

function nameOf({ scope: { account, region }, planId }: PlanKey): string {
  return `${account}/${region}/${planId}`
}
