// Counts in the order of their rows, so that rows that share a page of the database are written together.
import type { QuotaCount } from './quota-count.ts'

export class CountsByRow {
  private readonly groups = new Map<string, QuotaCount[]>()

  add(count: QuotaCount): void {
    const { planId, keyId } = count.quota
    const name = planId.slice(0, 1) + keyId.slice(0, 1)
    const group = this.groups.get(name)
    if (group === undefined) this.groups.set(name, [count])
    else group.push(count)
  }

  /** Each part is sorted when its turn comes: sorting a hundred thousand counts at once would hold up requests. */
  *inOrder(): Generator<QuotaCount> {
    for (const name of [...this.groups.keys()].sort()) yield* (this.groups.get(name) ?? []).sort(byRow)
  }
}

function byRow({ quota: left }: QuotaCount, { quota: right }: QuotaCount): number {
  if (left.planId !== right.planId) return left.planId < right.planId ? -1 : 1
  return left.keyId < right.keyId ? -1 : 1
}
