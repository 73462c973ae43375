// What a key used of its plan on one day, as it is counted in memory.
import type { Key, UsageDayRecord } from '../nouns/records.ts'
import type { QuotaLimit } from '../ports/counters.ts'
import type { UsageJournal } from './usage-journal.ts'

/** What was used before in the day's period, and the day itself as it was when it was opened. */
export interface CountStart {
  readonly usedBefore: number
  readonly grantedBefore: number
  readonly used: number
  readonly granted: number
  /** Days that are kept no longer. */
  readonly stale: readonly Key[]
  /** The key's counts of other days that have no rows yet. */
  readonly earlier: readonly QuotaCount[]
}

export class QuotaCount {
  /** What writes it. */
  readonly journal: UsageJournal
  /** Whose count it is, and in which period. */
  readonly quota: QuotaLimit
  readonly day: number
  readonly usedBefore: number
  readonly grantedBefore: number
  used: number
  granted: number
  stale: readonly Key[]
  earlier: readonly QuotaCount[]
  /** The plan's limit when it was last asked for. */
  limit: number
  /** Whether it changed since the last batch that has it. */
  isDirty = false
  /** The last batch that has it; -1 when its row has at least as much. */
  batch = -1
  /** Whether another count took its place, or its key left the plan: then it is not written any more. */
  isVoid = false

  constructor(journal: UsageJournal, quota: QuotaLimit, day: number, start: CountStart) {
    this.journal = journal
    this.quota = quota
    this.day = day
    this.usedBefore = start.usedBefore
    this.grantedBefore = start.grantedBefore
    this.used = start.used
    this.granted = start.granted
    this.stale = start.stale
    this.earlier = start.earlier
    this.limit = quota.limit
  }

  /** Whether the store's rows have all of it: then it may be let go. */
  get isKept(): boolean {
    return !this.isDirty && this.batch === -1
  }

  /** What remains of `limit`, which may have changed since the last time; below 0 when it was lowered. */
  remaining(limit: number): number {
    return limit + this.grantedBefore + this.granted - this.usedBefore - this.used
  }

  /** The record of the day, as the store keeps it. */
  record(): UsageDayRecord {
    const left = this.remaining(this.limit)
    return { used: this.used, granted: this.granted, remaining: Number.isFinite(left) ? Math.max(0, left) : 0 }
  }
}
