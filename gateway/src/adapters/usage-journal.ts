// What keys used of their plans, on its way into the store: batches of all that was counted in a second, and later a row for each day of a key.
import { dayText } from '../nouns/quota.ts'
import type { Scope } from '../nouns/records.ts'
import { Turns } from '../nouns/turns.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store, Transaction } from '../ports/store.ts'
import type { QuotaCount } from './quota-count.ts'
import { CountsByRow } from './counts-by-row.ts'
import { batchKey, deleteBatches, usageOfPlans } from './usage-batch.ts'
import { UsageRecovery } from './usage-recovery.ts'

/** A crash loses what was counted since. */
const flushMs = 1000
/** A batch of so many takes about half a millisecond; the others of the second follow when requests had their turn. */
const countsPerBatch = 2000
/** Batches are folded into rows when they are so old, */
const foldMs = 300_000
/** or when they hold so many counts, of some 30 bytes each: what the data folder grows by, and what is read again after a crash. */
const mostInBatches = 2_000_000
const rowsPerTransaction = 500

type Left = readonly [planId: string, keyId: string]

/** The journal of one account and region. */
export class UsageJournal {
  private readonly store: Store
  private readonly scope: Scope
  private readonly clock: Clock
  private recovery: UsageRecovery | undefined
  private opening: Promise<void> | undefined
  private dirty: QuotaCount[] = []
  private left: Left[] = []
  private flushing: Promise<void> = Promise.resolve()
  private stopFlushing: (() => void) | undefined
  /** Batches from the first to before the next are in the store, or on their way. */
  private firstBatch = 0
  private nextBatch = 0
  private inBatches = 0
  /** Counts that batches know better than rows, those being folded aside; and the first batch that has them. */
  private unfolded = new CountsByRow()
  private firstUnfolded = 0
  private folding: Promise<void> | undefined
  private stopFolding: (() => void) | undefined

  constructor(store: Store, scope: Scope, clock: Clock) {
    this.store = store
    this.scope = scope
    this.clock = clock
    this.recovery = new UsageRecovery(store, scope)
  }

  /** Resolves when the rows have what was counted before a crash: only then may anything be read or counted. */
  open(): Promise<void> {
    return (this.opening ??= this.recover())
  }

  /** Writes a count that has changed with the next batch. */
  add(count: QuotaCount): void {
    if (count.isDirty) return
    count.isDirty = true
    this.dirty.push(count)
    this.flushSoon()
  }

  /** A key has left its plan, and its rows are gone: batches are not to bring them back. */
  leave(planId: string, keyId: string): void {
    if (this.recovery !== undefined) {
      this.recovery.leave(planId, keyId)
      this.open().catch(() => {})
    } else if (this.firstBatch < this.nextBatch) {
      this.left.push([planId, keyId])
      // Now, before the key joins again.
      this.flush().catch(() => {})
    }
  }

  /** Resolves when all that was counted until now is durable. */
  flush(): Promise<void> {
    this.stopFlushing?.()
    this.stopFlushing = undefined
    this.flushing = this.flushing.catch(() => {}).then(() => this.writeBatches())
    return this.flushing
  }

  /** Writes what batches hold into rows, and removes the batches. */
  fold(): Promise<void> {
    this.folding ??= this.foldBatches().finally(() => (this.folding = undefined))
    return this.folding
  }

  /** Leaves no batches. */
  async close(): Promise<void> {
    await this.flush()
    await this.folding?.catch(() => {})
    await this.fold()
  }

  private async recover(): Promise<void> {
    try {
      await this.recovery?.run()
      this.recovery = undefined
    } catch (error) {
      this.opening = undefined
      throw error
    }
  }

  private flushSoon(): void {
    this.stopFlushing ??= this.clock.after(flushMs, () => {
      this.flush().catch(() => {})
    })
  }

  /** What could not be written is tried again with the next flush. */
  private async writeBatches(): Promise<void> {
    const { dirty, left } = this
    if (dirty.length === 0 && left.length === 0) return
    this.dirty = []
    this.left = []
    try {
      await this.store.transact(this.scope, (transaction) => this.putBatches(transaction, dirty, left))
    } catch (error) {
      for (const count of dirty) count.isDirty = true
      this.dirty = [...new Set([...dirty, ...this.dirty])]
      this.left = [...left, ...this.left]
      this.flushSoon()
      throw error
    }
    if (this.inBatches >= mostInBatches) this.fold().catch(() => {})
    else this.foldLater()
  }

  private async putBatches(
    transaction: Transaction,
    dirty: readonly QuotaCount[],
    left: readonly Left[],
  ): Promise<void> {
    const turns = new Turns()
    if (left.length > 0) transaction.put('UsageBatch', batchKey(this.nextBatch++), { left, plans: [] })
    for (let from = 0; from < dirty.length; from += countsPerBatch) {
      // A key that left its plan before it was our turn has no counts any more.
      const counts = dirty.slice(from, from + countsPerBatch).filter((count) => !count.isVoid)
      transaction.put('UsageBatch', batchKey(this.nextBatch), { left: [], plans: usageOfPlans(counts) })
      for (const count of counts) this.noteBatch(count)
      this.nextBatch++
      this.inBatches += counts.length
      const others = turns.next()
      if (others !== undefined) await others
    }
  }

  private noteBatch(count: QuotaCount): void {
    if (count.batch < this.firstUnfolded) this.unfolded.add(count)
    count.batch = this.nextBatch
    count.isDirty = false
  }

  private foldLater(): void {
    this.stopFolding ??= this.clock.after(foldMs, () => {
      this.fold().catch(() => {})
    })
  }

  private async foldBatches(): Promise<void> {
    this.stopFolding?.()
    this.stopFolding = undefined
    const { firstBatch: first, nextBatch: end, unfolded, inBatches } = this
    if (first === end) return
    this.unfolded = new CountsByRow()
    this.firstUnfolded = end
    this.inBatches = 0
    try {
      await this.writeRows(unfolded, end)
      const batches = Array.from({ length: end - first }, (_, index) => batchKey(first + index))
      await deleteBatches(this.store, this.scope, batches)
      this.firstBatch = end
    } catch (error) {
      for (const count of unfolded.inOrder()) if (count.batch !== -1) this.unfolded.add(count)
      this.inBatches += inBatches
      this.foldLater()
      throw error
    }
  }

  private async writeRows(counts: CountsByRow, end: number): Promise<void> {
    let part: QuotaCount[] = []
    for (const count of counts.inOrder()) {
      part.push(count)
      if (part.length < rowsPerTransaction) continue
      await this.writePart(part, end)
      part = []
    }
    await this.writePart(part, end)
  }

  /** `end`: of the batches that will be removed; what later ones have of a count is to be folded again. */
  private async writePart(counts: readonly QuotaCount[], end: number): Promise<void> {
    await this.store.transact(this.scope, async (transaction) => {
      for (const count of counts) {
        if (count.isVoid) continue
        const { planId, keyId } = count.quota
        transaction.put('UsageDay', [planId, keyId, dayText(count.day)], count.record())
        for (const key of count.stale) transaction.delete('UsageDay', key)
      }
    })
    for (const count of counts) {
      count.stale = none
      if (count.batch < end) count.batch = -1
    }
  }
}

const none: readonly never[] = []
