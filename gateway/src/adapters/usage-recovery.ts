// After a crash: the counts that only batches have are written into their rows, in small transactions, before anything is counted.
import type { Key, Scope } from '../nouns/records.ts'
import { Turns } from '../nouns/turns.ts'
import type { Store } from '../ports/store.ts'
import { BatchedUsage, deleteBatches, type PlanDay } from './usage-batch.ts'

/** Batches that are read without a turn for others. */
const pageSize = 2
const rowsPerTransaction = 500

export class UsageRecovery {
  private readonly store: Store
  private readonly scope: Scope
  private usage = new BatchedUsage()
  /** Keys that left their plans since this began. */
  private readonly left: (readonly [planId: string, keyId: string])[] = []

  constructor(store: Store, scope: Scope) {
    this.store = store
    this.scope = scope
  }

  leave(planId: string, keyId: string): void {
    this.left.push([planId, keyId])
    this.usage.forget(planId, keyId)
  }

  /** May be called again when it failed. */
  async run(): Promise<void> {
    this.usage = new BatchedUsage()
    const batches = await this.readBatches()
    for (const [planId, keyId] of this.left) this.usage.forget(planId, keyId)
    await this.writeRows()
    await deleteBatches(this.store, this.scope, batches)
  }

  private async readBatches(): Promise<readonly Key[]> {
    const reader = this.store.read(this.scope)
    const turns = new Turns()
    const keys: Key[] = []
    for (;;) {
      const page = await reader.list('UsageBatch', [], { after: keys.at(-1), limit: pageSize })
      for (const { key, record } of page) {
        keys.push(key)
        this.usage.read(record)
      }
      if (page.length < pageSize) return keys
      const others = turns.next()
      if (others !== undefined) await others
    }
  }

  private async writeRows(): Promise<void> {
    for (const planDay of this.usage.all()) {
      let part: string[] = []
      for (const keyId of planDay.keys.keys()) {
        part.push(keyId)
        if (part.length < rowsPerTransaction) continue
        await this.writePart(planDay, part)
        part = []
      }
      await this.writePart(planDay, part)
    }
  }

  private writePart({ planId, day, keys }: PlanDay, keyIds: readonly string[]): Promise<void> {
    return this.store.transact(this.scope, async (transaction) => {
      for (const keyId of keyIds) {
        // The key may have left its plan right before the crash, or since it was read.
        if ((await transaction.get('UsagePlanKey', [planId, keyId])) === undefined) continue
        const record = keys.get(keyId)
        if (record !== undefined) transaction.put('UsageDay', [planId, keyId, day], record)
      }
    })
  }
}
