// Metrics by the minute, in one SQLite file or in memory: requests count in memory, and a timer writes whole minutes.
import type { Log } from '../log.ts'
import { metricFamilies } from '../nouns/metric-families.ts'
import type { Scope } from '../nouns/records.ts'
import { Tally, type TallyRecord } from '../nouns/tally.ts'
import type { Clock } from '../ports/clock.ts'
import type { ListedMetric, Meter, MeterKey, MeterMinute, MetricRange, Metrics, MinuteTally } from '../ports/metrics.ts'
import { indexesWithValues, keyOf, MetricShelf, parseKey, type Minute } from './metric-shelf.ts'

const minuteMs = 60_000
/** What a crash may cost: counts of so long, as long as a few hundred methods are busy at most. */
const keepMs = 1_000
/** Keeping the present minute takes at most this long of each second; what there is no time for has its turn next. */
const keepBudgetMs = 5

export interface SqliteMetricsOptions {
  /** Absent: in memory, opened when the first minute is over. */
  readonly file: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** When what is kept grows larger, the oldest minutes go first. */
  readonly maximumBytes?: number
  /** Told of minutes that are over, before they are written. Must not throw. */
  readonly minutesOver?: ((minutes: readonly MeterMinute[]) => void) | undefined
}

/** 256 MB on disk, 64 MB in memory. */
const maximumFileBytes = 256 * 1024 * 1024
const maximumMemoryBytes = 64 * 1024 * 1024

class CountingMeter implements Meter {
  readonly key: string
  readonly of: MeterKey
  /** Minutes that are over and not written yet. */
  past: Minute[] = []
  current: Minute | undefined
  private keptCount = Number.NaN

  constructor(key: string, of: MeterKey) {
    this.key = key
    this.of = of
  }

  readonly at = (nowMs: number): readonly Tally[] => {
    const minute = Math.floor(nowMs / minuteMs)
    const { current } = this
    if (current !== undefined && current.minute === minute) return current.tallies
    if (current !== undefined) this.past.push(current)
    const tallies = this.of.family.metrics.map(() => new Tally())
    this.current = { minute, tallies }
    return tallies
  }

  /** Gives up the minutes that are over; `all`: the present one too. */
  take(nowMs: number, all: boolean): readonly Minute[] {
    const taken = this.past
    this.past = []
    if (this.current !== undefined && (all || this.current.minute < Math.floor(nowMs / minuteMs))) {
      taken.push(this.current)
      this.current = undefined
    }
    return taken
  }

  /** Whether it counted since `noteKept`. */
  isChanged(): boolean {
    return this.current !== undefined && this.countOf(this.current) !== this.keptCount
  }

  noteKept(): void {
    if (this.current !== undefined) this.keptCount = this.countOf(this.current)
  }

  private countOf({ minute, tallies }: Minute): number {
    return tallies.reduce((sum, { count }) => sum + count, minute)
  }

  /** The minutes that are only here. */
  unwritten(): readonly Minute[] {
    return this.current === undefined ? this.past : [...this.past, this.current]
  }
}

class SqliteMetrics implements Metrics {
  private readonly options: SqliteMetricsOptions
  private readonly meters = new Map<string, CountingMeter>()
  private opened: MetricShelf | undefined
  private stopTimer: (() => void) | undefined
  private stopKeeping: (() => void) | undefined
  /** Which of the meters that changed is kept next, when there is no time for all. */
  private turn = 0

  constructor(options: SqliteMetricsOptions) {
    this.options = options
  }

  meter(key: MeterKey): Meter {
    const text = keyOf(key)
    let meter = this.meters.get(text)
    if (meter === undefined) this.meters.set(text, (meter = new CountingMeter(text, key)))
    this.stopTimer ??= this.options.clock.after(minuteMs, () => this.tick())
    if (this.options.file !== undefined) this.stopKeeping ??= this.options.clock.after(keepMs, () => this.keep())
    return meter
  }

  list({ account, region }: Scope): readonly ListedMetric[] {
    const found = new Map<string, ListedMetric>()
    const add = (key: string, lastMinute: number, indexes: readonly number[]): void => {
      const { scope, family, dimensions } = parseKey(key)
      if (scope.account !== account || scope.region !== region) return
      for (const index of indexes) {
        const name = family.metrics[index]?.name
        if (name !== undefined) found.set(`${key} ${index}`, { family, dimensions, name, lastMinute })
      }
    }
    for (const { key, lastMinute, indexes } of this.shelf()?.meters() ?? []) add(key, lastMinute, indexes)
    for (const { key, unwritten } of this.unwritten()) {
      for (const { minute, tallies } of unwritten) add(key, minute, indexesWithValues(tallies))
    }
    return [...found.values()]
  }

  read({ scope, name, dimensions, from, to }: MetricRange): readonly MinuteTally[] {
    const byMinute = new Map<number, Tally>()
    const add = (minute: number, record: TallyRecord | undefined): void => {
      if (record === undefined || record.count === 0 || minute < from || minute >= to) return
      const tally = byMinute.get(minute) ?? new Tally()
      tally.merge(record)
      byMinute.set(minute, tally)
    }
    for (const family of Object.values(metricFamilies)) {
      const index = family.metrics.findIndex((metric) => metric.name === name)
      if (index < 0) continue
      const key = keyOf({ scope, family, dimensions })
      for (const { minute, records } of this.shelf()?.range(key, from, to) ?? []) add(minute, records.get(index))
      for (const { minute, tallies } of this.meters.get(key)?.unwritten() ?? []) add(minute, tallies[index]?.record())
    }
    return [...byMinute]
      .sort(([left], [right]) => left - right)
      .map(([minute, tally]) => ({ minute, tally: tally.record() }))
  }

  close(): void {
    this.stopTimer?.()
    this.stopKeeping?.()
    if (this.options.file !== undefined || this.options.minutesOver !== undefined) this.flush(true)
    this.opened?.close()
    this.opened = undefined
  }

  private keep(): void {
    const { clock, log } = this.options
    this.stopKeeping = clock.after(keepMs, () => this.keep())
    const changed = [...this.meters.values()].filter((meter) => meter.isChanged())
    if (changed.length === 0) return
    const first = this.turn % changed.length
    const inTurn = [...changed.slice(first), ...changed.slice(0, first)]
    const parts = inTurn.flatMap(({ key, current }) => (current === undefined ? [] : [{ key, minute: current }]))
    try {
      this.opened ??= this.open()
      const kept = this.opened.keep(parts, performance.now() + keepBudgetMs)
      for (const meter of inTurn.slice(0, kept)) meter.noteKept()
      this.turn = first + kept
    } catch (error) {
      log.debug({ error }, 'the present minute of the metrics could not be kept')
    }
  }

  private tick(): void {
    this.stopTimer = this.options.clock.after(minuteMs, () => this.tick())
    this.flush(false)
  }

  private flush(all: boolean): void {
    const nowMs = this.options.clock.now()
    const minutes = [...this.meters.values()].flatMap((meter) =>
      meter.take(nowMs, all).map((minute) => ({ key: meter.key, of: meter.of, minute })),
    )
    if (minutes.length === 0) return
    this.options.minutesOver?.(minutes.map(({ key, of, minute }) => ({ key, of, ...minute })))
    try {
      this.opened ??= this.open()
      this.opened.write(minutes, Math.floor(nowMs / minuteMs))
    } catch (error) {
      this.options.log.error({ error, minutes: minutes.length }, 'metrics could not be written; these minutes are lost')
    }
  }

  /** What is kept from before; nothing is opened to find nothing. */
  private shelf(): MetricShelf | undefined {
    if (this.options.file !== undefined) this.opened ??= this.open()
    return this.opened
  }

  private open(): MetricShelf {
    const { file, maximumBytes = file === undefined ? maximumMemoryBytes : maximumFileBytes } = this.options
    return new MetricShelf(file, maximumBytes)
  }

  private unwritten(): readonly { key: string; unwritten: readonly Minute[] }[] {
    return [...this.meters.values()].map((meter) => ({ key: meter.key, unwritten: meter.unwritten() }))
  }
}

/** Opens nothing yet: files are opened when the first minute is written or the first question is asked. */
export function createSqliteMetrics(options: SqliteMetricsOptions): Metrics {
  return new SqliteMetrics(options)
}
