// What quotas have used: counted in memory, kept in the store within a second, a record for each day of a key in a plan.
import { dayOf, dayText, parseDay, periodStart } from '../nouns/quota.ts'
import type { Key, Scope, UsageDayRecord } from '../nouns/records.ts'
import type { Clock } from '../ports/clock.ts'
import type { DayUsage, PlanKey, QuotaLimit } from '../ports/counters.ts'
import type { Reader, Store } from '../ports/store.ts'

/** A key's count of today, with what went before in the period. */
interface Count {
  readonly key: PlanKey
  readonly day: number
  readonly period: QuotaLimit['period']
  readonly offset: number
  /** On the period's other days. */
  readonly usedBefore: number
  readonly grantedBefore: number
  /** Days that are kept no longer. */
  stale: readonly Key[]
  used: number
  granted: number
  /** The plan's limit when it was last asked for. */
  limit: number
  /** Whether it is to be written. */
  isDirty: boolean
  /** Whether the store knows all of it: then it may be let go. */
  isKept: boolean
  /** Whether its key has left the plan: then it is not written any more. */
  hasLeft: boolean
}

/** A crash loses what was counted since. */
const flushMs = 1000
/** Counts at rest are let go, all at once, beyond so many: the store has them. */
const mostCounts = 100_000
/** Own: what a key used is kept for so many days before the last one that it was used on; GetUsage tells of as many. */
const keptDays = 90

export class QuotaBook {
  private readonly store: Store
  private readonly clock: Clock
  private counts = new Map<string, Count>()
  /** What was found last: a request asks three times for the same. */
  private last: { readonly quota: QuotaLimit; readonly count: Count } | undefined
  private readonly opening = new Map<string, Promise<void>>()
  /** Counts that the store does not know yet, those of days gone by among them. */
  private dirty = new Set<Count>()
  private stopWaiting: (() => void) | undefined
  private flushing: Promise<void> = Promise.resolve()
  private readonly stopWatching: () => void

  constructor(store: Store, clock: Clock) {
    this.store = store
    this.clock = clock
    // A key that leaves a plan takes its counts along.
    this.stopWatching = store.watch((changes) => {
      for (const { kind, scope, key } of changes) {
        if (kind === 'UsagePlanKey') this.forget(nameOf({ scope, planId: key[0] ?? '', keyId: key[1] ?? '' }))
      }
    })
  }

  /** Whether the quota's count is at hand; else it is to be opened first. */
  isOpen(quota: QuotaLimit, nowMs: number): boolean {
    return this.find(quota, nowMs) !== undefined
  }

  /** Looks the count up. Who asks meanwhile waits for the same. */
  open(quota: QuotaLimit, nowMs: number): Promise<void> {
    const name = nameOf(quota)
    let opening = this.opening.get(name)
    if (opening === undefined) {
      opening = this.look(quota, nowMs).finally(() => this.opening.delete(name))
      this.opening.set(name, opening)
    }
    return opening
  }

  /** Only for a count that is open, as the two below. */
  has(quota: QuotaLimit, nowMs: number): boolean {
    const count = this.found(quota, nowMs)
    return remaining(count, quota.limit) >= 1
  }

  take(quota: QuotaLimit, nowMs: number): void {
    const count = this.found(quota, nowMs)
    count.used++
    this.touch(count, quota)
  }

  setRemaining(quota: QuotaLimit, wanted: number, nowMs: number): void {
    const count = this.found(quota, nowMs)
    count.granted += wanted - remaining(count, quota.limit)
    this.touch(count, quota)
  }

  /** The days on which the key was used, as the store knows them: flush first. */
  async days({ scope, planId, keyId }: PlanKey, first: number, last: number): Promise<ReadonlyMap<number, DayUsage>> {
    const entries = await this.store
      .read(scope)
      .list('UsageDay', [planId, keyId], { after: [planId, keyId, dayText(first - 1)] })
    const days = new Map<number, DayUsage>()
    for (const { key, record } of entries) {
      const day = parseDay(key[2] ?? '')
      if (day !== undefined && day <= last) days.set(day, record)
    }
    return days
  }

  /** Keeps what was counted until now. One flush at a time. */
  flush(): Promise<void> {
    this.stopWaiting?.()
    this.stopWaiting = undefined
    this.flushing = this.flushing.catch(() => {}).then(() => this.write())
    return this.flushing
  }

  /** Of a count that is open: what was used in the period, and what remains. */
  state(quota: QuotaLimit, nowMs: number): { readonly used: number; readonly remaining: number } {
    const count = this.found(quota, nowMs)
    return { used: count.usedBefore + count.used, remaining: Math.max(0, remaining(count, quota.limit)) }
  }

  async close(): Promise<void> {
    this.stopWatching()
    await this.flush()
  }

  private find(quota: QuotaLimit, nowMs: number): Count | undefined {
    const count = this.last?.quota === quota ? this.last.count : this.counts.get(nameOf(quota))
    // The day is the clock's, whichever way it went: the store knows what was used on it. Another period has other days.
    if (count === undefined || dayOf(nowMs) !== count.day) return undefined
    if (count.period !== quota.period || count.offset !== quota.offset) return undefined
    if (this.last?.quota !== quota) this.last = { quota, count }
    return count
  }

  private found(quota: QuotaLimit, nowMs: number): Count {
    const count = this.find(quota, nowMs)
    if (count === undefined) throw new Error('a quota was asked for before it was opened')
    return count
  }

  private async look(quota: QuotaLimit, nowMs: number): Promise<void> {
    const { scope, planId, keyId, limit, period, offset } = quota
    const name = nameOf(quota)
    if (this.counts.get(name)?.isKept === false) await this.flush()
    const day = dayOf(nowMs)
    const start = periodStart(day, quota)
    const reader = this.store.read(scope)
    const entries = await reader.list('UsageDay', [planId, keyId], { after: [planId, keyId, dayText(start - 1)] })
    const today = entries.find(({ key }) => key[2] === dayText(day))?.record
    // Also days to come, which a clock that was set back has seen.
    const others = entries.filter(({ key }) => {
      const other = parseDay(key[2] ?? '')
      return other !== undefined && other !== day && periodStart(other, quota) === start
    })
    const stale = today === undefined ? await staleDays(reader, quota, day) : []
    if (this.counts.size >= mostCounts) this.counts = new Map([...this.counts].filter(([, count]) => !count.isKept))
    this.last = undefined
    this.counts.set(name, {
      key: { scope, planId, keyId },
      day,
      period,
      offset,
      usedBefore: others.reduce((sum, { record }) => sum + record.used, 0),
      grantedBefore: others.reduce((sum, { record }) => sum + record.granted, 0),
      stale,
      used: today?.used ?? 0,
      granted: today?.granted ?? 0,
      limit,
      isDirty: false,
      isKept: true,
      hasLeft: false,
    })
  }

  private touch(count: Count, { limit }: { readonly limit: number }): void {
    count.limit = limit
    if (count.isDirty) return
    count.isDirty = true
    count.isKept = false
    this.dirty.add(count)
    this.stopWaiting ??= this.clock.after(flushMs, () => {
      this.flush().catch(() => {})
    })
  }

  private forget(name: string): void {
    const count = this.counts.get(name)
    if (count === undefined) return
    this.last = undefined
    count.hasLeft = true
    this.counts.delete(name)
    this.dirty.delete(count)
  }

  /** What could not be written is tried again with the next flush. */
  private async write(): Promise<void> {
    const { dirty } = this
    if (dirty.size === 0) return
    this.dirty = new Set()
    for (const [scope, counts] of byScope(dirty)) {
      for (const count of counts) count.isDirty = false
      try {
        await this.store.transact(scope, async (transaction) => {
          for (const count of counts) {
            // A key that left its plan before it was our turn has no counts any more.
            if (count.hasLeft) continue
            const { planId, keyId } = count.key
            transaction.put('UsageDay', [planId, keyId, dayText(count.day)], recordOf(count))
            for (const key of count.stale) transaction.delete('UsageDay', key)
          }
        })
        for (const count of counts) {
          count.stale = []
          if (!count.isDirty) count.isKept = true
        }
      } catch (error) {
        for (const count of counts) this.touch(count, count)
        throw error
      }
    }
  }
}

/** The key's days that are kept no longer, when it is used for the first time on a day. A few reads a day. */
async function staleDays(reader: Reader, { planId, keyId }: PlanKey, today: number): Promise<readonly Key[]> {
  const [oldest] = await reader.list('UsageDay', [planId, keyId], { limit: 1 })
  if ((oldest?.key[2] ?? '9') >= dayText(today - keptDays)) return []
  const days = (await reader.list('UsageDay', [planId, keyId])).map(({ key }) => key)
  // Counted from the last day of use, not from today: a clock that is set far ahead once forgets nothing.
  const last = parseDay(days.findLast((key) => (key[2] ?? '') < dayText(today))?.[2] ?? '') ?? today
  const first = dayText(last - keptDays)
  return days.filter((key) => (key[2] ?? '') < first)
}

function nameOf({ scope, planId, keyId }: PlanKey): string {
  return `${scope.account}/${scope.region}/${planId}/${keyId}`
}

function remaining({ usedBefore, used, grantedBefore, granted }: Count, limit: number): number {
  return limit + grantedBefore + granted - usedBefore - used
}

function recordOf(count: Count): UsageDayRecord {
  const left = remaining(count, count.limit)
  return { used: count.used, granted: count.granted, remaining: Number.isFinite(left) ? Math.max(0, left) : 0 }
}

function byScope(counts: Iterable<Count>): Iterable<readonly [Scope, readonly Count[]]> {
  const groups = new Map<string, [Scope, Count[]]>()
  for (const count of counts) {
    const { scope } = count.key
    const name = `${scope.account}/${scope.region}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [scope, [count]])
    else group[1].push(count)
  }
  return groups.values()
}
