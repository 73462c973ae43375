// What quotas have used: counted in memory, and kept in the store, in a journal for each account and region.
import { dayOf, dayText, parseDay, periodStart } from '../nouns/quota.ts'
import type { Key, Scope } from '../nouns/records.ts'
import { Turns } from '../nouns/turns.ts'
import type { Clock } from '../ports/clock.ts'
import type { DayUsage, PlanKey, QuotaLimit } from '../ports/counters.ts'
import type { Reader, Store } from '../ports/store.ts'
import { QuotaCount } from './quota-count.ts'
import { QuotaCounts } from './quota-counts.ts'
import { UsageJournal } from './usage-journal.ts'

/** How many counts are kept in memory, of some 400 bytes each. */
const mostCountsUsually = 250_000
/** Own: counts are kept for this many days before the last day on which the key was used; GetUsage tells of as many. */
const keptDays = 90

export class QuotaBook {
  private readonly store: Store
  private readonly clock: Clock
  private readonly counts = new QuotaCounts()
  /** The count that was found last: each request asks three times for the same one. */
  private lastQuota: QuotaLimit | undefined
  private lastCount: QuotaCount | undefined
  private readonly opening = new Map<string, Promise<void>>()
  private readonly journals = new Map<string, UsageJournal>()
  /** How often a key has left its plan. */
  private departures = 0
  private readonly mostCounts: number
  private lettingGo: Promise<void> | undefined
  private readonly stopWatching: () => void

  /** `mostCounts`: when more are in memory, those that the store has already are dropped from it. */
  constructor(store: Store, clock: Clock, mostCounts: number = mostCountsUsually) {
    this.store = store
    this.clock = clock
    this.mostCounts = mostCounts
    // A key that leaves a plan takes its counts along.
    this.stopWatching = store.watch((changes) => {
      for (const { kind, scope, key, isDeleted } of changes) {
        if (kind === 'UsagePlanKey' && isDeleted) this.forget({ scope, planId: key[0] ?? '', keyId: key[1] ?? '' })
      }
    })
  }

  /** How many counts are in memory. */
  get size(): number {
    return this.counts.size
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

  /** This and the next three are for counts that are open. */
  has(quota: QuotaLimit, nowMs: number): boolean {
    return this.found(quota, nowMs).remaining(quota.limit) >= 1
  }

  take(quota: QuotaLimit, nowMs: number): void {
    const count = this.found(quota, nowMs)
    count.used++
    keep(count, quota)
  }

  setRemaining(quota: QuotaLimit, wanted: number, nowMs: number): void {
    const count = this.found(quota, nowMs)
    count.granted += wanted - count.remaining(quota.limit)
    keep(count, quota)
  }

  /** What was used in the period, and what remains. */
  state(quota: QuotaLimit, nowMs: number): { readonly used: number; readonly remaining: number } {
    const count = this.found(quota, nowMs)
    return { used: count.usedBefore + count.used, remaining: Math.max(0, count.remaining(quota.limit)) }
  }

  /** The days on which the key was used. */
  async days(key: PlanKey, first: number, last: number): Promise<ReadonlyMap<number, DayUsage>> {
    await this.journalOf(key.scope).open()
    const counted = this.countsOf(key).filter((count) => !count.isKept)
    const days = await rowsFrom(this.store.read(key.scope), key, first)
    for (const count of counted) days.set(count.day, count.record())
    return new Map([...days].filter(([day]) => day >= first && day <= last).sort(([left], [right]) => left - right))
  }

  /** Keeps what was counted until now. */
  async flush(): Promise<void> {
    await Promise.all([...this.journals.values()].map((journal) => journal.flush()))
  }

  async close(): Promise<void> {
    this.stopWatching()
    await Promise.all([...this.journals.values()].map((journal) => journal.close()))
  }

  private find(quota: QuotaLimit, nowMs: number): QuotaCount | undefined {
    const count = this.lastQuota === quota ? this.lastCount : this.counts.get(quota)
    // A day other than the clock's is looked up in the store, also when the clock was set back; so is another period.
    if (count === undefined || dayOf(nowMs) !== count.day) return undefined
    if (count.quota.period !== quota.period || count.quota.offset !== quota.offset) return undefined
    this.lastQuota = quota
    this.lastCount = count
    return count
  }

  private found(quota: QuotaLimit, nowMs: number): QuotaCount {
    const count = this.find(quota, nowMs)
    if (count === undefined) throw new Error('a quota was asked for before it was opened')
    return count
  }

  /** The key's counts that are in memory, of whichever day. */
  private countsOf(key: PlanKey): readonly QuotaCount[] {
    const count = this.counts.get(key)
    return count === undefined ? [] : [count, ...count.earlier]
  }

  /** Opens the count, unless keys left their plans meanwhile: then it is to be looked for again. */
  private async look(quota: QuotaLimit, nowMs: number): Promise<void> {
    const journal = this.journalOf(quota.scope)
    await journal.open()
    const { departures } = this
    const day = dayOf(nowMs)
    const start = periodStart(day, quota)
    const reader = this.store.read(quota.scope)
    // Taken before the rows are read: a count whose row is written meanwhile is then among these or among those.
    const known = this.countsOf(quota)
    const days = await rowsFrom(reader, quota, start)
    const stale = days.has(day) ? [] : await staleDays(reader, quota, day)
    if (this.departures !== departures) return
    for (const count of known) days.set(count.day, count.record())
    const today = days.get(day)
    // Also days to come, which a clock that was set back has seen.
    const others = [...days].filter(([other]) => other !== day && periodStart(other, quota) === start)
    const count = new QuotaCount(journal, quota, day, {
      usedBefore: others.reduce((sum, [, { used }]) => sum + used, 0),
      grantedBefore: others.reduce((sum, [, { granted }]) => sum + granted, 0),
      used: today?.used ?? 0,
      granted: today?.granted ?? 0,
      stale,
      earlier: known.filter((other) => other.day !== day && !other.isKept),
    })
    for (const other of known) {
      if (other.day !== day) continue
      if (!other.isKept) journal.add(count)
      other.isVoid = true
    }
    this.lastQuota = undefined
    this.counts.set(quota, count)
    if (this.counts.size > this.mostCounts) this.lettingGo ??= this.letGo().finally(() => (this.lettingGo = undefined))
  }

  private forget(key: PlanKey): void {
    this.departures++
    this.lastQuota = undefined
    for (const count of this.countsOf(key)) count.isVoid = true
    this.counts.delete(key)
    this.journalOf(key.scope).leave(key.planId, key.keyId)
  }

  /** Lets go of all counts that rows have, so that a key is looked up again when it comes back. */
  private async letGo(): Promise<void> {
    await Promise.allSettled([...this.journals.values()].map((journal) => journal.fold()))
    const turns = new Turns()
    for (const count of this.counts.all()) {
      if (count.isKept && count.earlier.every(({ isKept }) => isKept)) {
        this.counts.delete(count.quota)
        if (this.lastCount === count) this.lastQuota = undefined
      }
      const others = turns.next()
      if (others !== undefined) await others
    }
  }

  private journalOf(scope: Scope): UsageJournal {
    const name = `${scope.account}/${scope.region}`
    let journal = this.journals.get(name)
    if (journal === undefined) this.journals.set(name, (journal = new UsageJournal(this.store, scope, this.clock)))
    return journal
  }
}

function keep(count: QuotaCount, { limit }: QuotaLimit): void {
  count.limit = limit
  count.journal.add(count)
}

/** The days from `first` on that the store has rows of. */
async function rowsFrom(reader: Reader, { planId, keyId }: PlanKey, first: number): Promise<Map<number, DayUsage>> {
  const entries = await reader.list('UsageDay', [planId, keyId], { after: [planId, keyId, dayText(first - 1)] })
  const days = new Map<number, DayUsage>()
  for (const { key, record } of entries) {
    const day = parseDay(key[2] ?? '')
    if (day !== undefined) days.set(day, record)
  }
  return days
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
