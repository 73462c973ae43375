// Batches of counts, which are written every second: how they are made, how they are read after a crash, and how they go.
import { dayText } from '../nouns/quota.ts'
import type { Key, Scope, UsageBatchRecord, UsageDayRecord, UsageOfPlan } from '../nouns/records.ts'
import type { Store } from '../ports/store.ts'
import type { QuotaCount } from './quota-count.ts'

/** The key of a batch: keys are in the order of the numbers. */
export function batchKey(number: number): Key {
  return [String(number).padStart(15, '0')]
}

/** Counts as they are now. */
export function usageOfPlans(counts: readonly QuotaCount[]): readonly UsageOfPlan[] {
  const plans = new Map<string, { readonly planId: string; readonly day: string; readonly keys: (string | number)[] }>()
  for (const count of counts) {
    const { planId, keyId } = count.quota
    const name = `${planId}/${count.day}`
    let plan = plans.get(name)
    if (plan === undefined) plans.set(name, (plan = { planId, day: dayText(count.day), keys: [] }))
    const { used, granted, remaining } = count.record()
    plan.keys.push(keyId, used, granted, remaining)
  }
  return [...plans.values()]
}

/** What the keys of a plan used on a day. */
export interface PlanDay {
  readonly planId: string
  readonly day: string
  /** By key id. */
  readonly keys: Map<string, UsageDayRecord>
}

/** What batches say together, when they are read in their order. */
export class BatchedUsage {
  private readonly planDays = new Map<string, PlanDay>()

  read({ left, plans }: UsageBatchRecord): void {
    for (const [planId, keyId] of left) this.forget(planId, keyId)
    for (const { planId, day, keys } of plans) {
      const known = this.planDay(planId, day).keys
      for (let at = 0; at < keys.length; at += 4) {
        const used = keys[at + 1] as number
        known.set(keys[at] as string, { used, granted: keys[at + 2] as number, remaining: keys[at + 3] as number })
      }
    }
  }

  /** Whoever goes through them may {@link forget} keys meanwhile. */
  all(): Iterable<PlanDay> {
    return this.planDays.values()
  }

  forget(planId: string, keyId: string): void {
    for (const of of this.planDays.values()) if (of.planId === planId) of.keys.delete(keyId)
  }

  private planDay(planId: string, day: string): PlanDay {
    const name = `${planId}/${day}`
    let of = this.planDays.get(name)
    if (of === undefined) this.planDays.set(name, (of = { planId, day, keys: new Map() }))
    return of
  }
}

/** Batches are large: few go in one transaction, for which others wait. */
const batchesPerTransaction = 32

/** Removes batches whose counts are in rows, the oldest first: what is left of them, whenever that ends, holds. */
export async function deleteBatches(store: Store, scope: Scope, keys: readonly Key[]): Promise<void> {
  for (let from = 0; from < keys.length; from += batchesPerTransaction) {
    await store.transact(scope, async (transaction) => {
      for (const key of keys.slice(from, from + batchesPerTransaction)) transaction.delete('UsageBatch', key)
    })
  }
}
