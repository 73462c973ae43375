// Metrics by the minute, in one SQLite file or in memory: requests count in memory, and a timer writes whole minutes.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Log } from '../log.ts'
import { metricFamilies, type MetricFamily } from '../nouns/metric-families.ts'
import type { Scope } from '../nouns/records.ts'
import { Tally, type TallyRecord } from '../nouns/tally.ts'
import type { Clock } from '../ports/clock.ts'
import type { Dimension, ListedMetric, Meter, MeterKey, MetricRange, Metrics, MinuteTally } from '../ports/metrics.ts'

/** AWS keeps values by the minute for 15 days. Security specification F.1. */
const keptMinutes = 15 * 24 * 60
const minuteMs = 60_000

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  CREATE TABLE IF NOT EXISTS meters (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, seen INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS minutes (
    meter INTEGER NOT NULL, minute INTEGER NOT NULL, tallies TEXT NOT NULL,
    PRIMARY KEY (meter, minute)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS minutes_by_time ON minutes (minute);
`

export interface SqliteMetricsOptions {
  /** Absent: in memory, opened when the first minute is over. */
  readonly file: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** When what is kept grows larger, the oldest minutes go first. */
  readonly maximumBytes?: number
}

/** 256 MB on disk, 64 MB in memory. */
const maximumFileBytes = 256 * 1024 * 1024
const maximumMemoryBytes = 64 * 1024 * 1024

interface Minute {
  readonly minute: number
  readonly tallies: readonly Tally[]
}

class CountingMeter implements Meter {
  readonly key: string
  readonly of: MeterKey
  /** Minutes that are over and not written yet. */
  past: Minute[] = []
  current: Minute | undefined

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

  /** The minutes that are only here. */
  unwritten(): readonly Minute[] {
    return this.current === undefined ? this.past : [...this.past, this.current]
  }
}

/** A minute as it is kept: `[metric index, count, sum, minimum, maximum, bucket, count, bucket, count, …]` a metric. */
type Packed = readonly (readonly number[])[]

function pack(tallies: readonly TallyRecord[]): string {
  const packed: Packed = tallies.flatMap(({ count, sum, minimum, maximum, buckets }, index) =>
    count === 0 ? [] : [[index, count, sum, minimum, maximum, ...buckets.flat()]],
  )
  return JSON.stringify(packed)
}

function unpack(text: string): ReadonlyMap<number, TallyRecord> {
  const records = new Map<number, TallyRecord>()
  for (const [index = 0, count = 0, sum = 0, minimum = 0, maximum = 0, ...flat] of JSON.parse(text) as Packed) {
    const buckets: [number, number][] = []
    for (let at = 0; at < flat.length; at += 2) buckets.push([flat[at] ?? 0, flat[at + 1] ?? 0])
    records.set(index, { count, sum, minimum, maximum, buckets })
  }
  return records
}

function keyOf({ scope, family, dimensions }: MeterKey): string {
  return JSON.stringify([
    scope.account,
    scope.region,
    family.kind,
    ...dimensions.flatMap(({ name, value }) => [name, value]),
  ])
}

function parseKey(key: string): MeterKey {
  const [account = '', region = '', kind = 'REST', ...flat] = JSON.parse(key) as string[]
  const dimensions: Dimension[] = []
  for (let at = 0; at < flat.length; at += 2) dimensions.push({ name: flat[at] ?? '', value: flat[at + 1] ?? '' })
  return { scope: { account, region }, family: metricFamilies[kind as MetricFamily['kind']], dimensions }
}

type StatementName = 'meterId' | 'addMeter' | 'see' | 'meters' | 'get' | 'put' | 'range' | 'trim' | 'oldest' | 'forget'

const statementTexts: Readonly<Record<StatementName, string>> = {
  meterId: 'SELECT id FROM meters WHERE key = ?',
  addMeter: 'INSERT INTO meters (key) VALUES (?)',
  // `seen`: a bit for each metric that ever had a value.
  see: 'UPDATE meters SET seen = seen | ?, last = max(last, ?) WHERE id = ?',
  meters: 'SELECT key, seen, last FROM meters',
  get: 'SELECT tallies FROM minutes WHERE meter = ? AND minute = ?',
  put: 'INSERT INTO minutes (meter, minute, tallies) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET tallies = excluded.tallies',
  range: 'SELECT minute, tallies FROM minutes WHERE meter = ? AND minute >= ? AND minute < ? ORDER BY minute',
  trim: 'DELETE FROM minutes WHERE minute < ?',
  oldest: 'SELECT minute FROM minutes ORDER BY minute LIMIT 1 OFFSET (SELECT count(*) / 10 FROM minutes)',
  forget: 'DELETE FROM meters WHERE NOT EXISTS (SELECT 1 FROM minutes WHERE meter = meters.id)',
}

class Shelf {
  private readonly database: DatabaseSync
  private readonly statements: Readonly<Record<StatementName, StatementSync>>
  private readonly maximumBytes: number

  constructor(file: string | undefined, maximumBytes: number) {
    if (file !== undefined) mkdirSync(dirname(file), { recursive: true })
    this.database = new DatabaseSync(file ?? ':memory:')
    this.database.exec(schema)
    this.maximumBytes = maximumBytes
    const prepared = Object.entries(statementTexts).map(([name, text]) => [name, this.database.prepare(text)])
    this.statements = Object.fromEntries(prepared) as Record<StatementName, StatementSync>
  }

  /** Writes minutes of many meters at once; what is there of a minute already is added to. */
  write(minutes: readonly { readonly key: string; readonly minute: Minute }[], nowMinute: number): void {
    this.database.exec('BEGIN')
    try {
      for (const { key, minute } of minutes) this.add(key, minute)
      this.statements.trim.run(nowMinute - keptMinutes)
      if (this.usedBytes() > this.maximumBytes) {
        const cut = this.statements.oldest.get()?.['minute'] as number | undefined
        if (cut !== undefined) this.statements.trim.run(cut + 1)
      }
      this.statements.forget.run()
      this.database.exec('COMMIT')
    } catch (error) {
      this.database.exec('ROLLBACK')
      throw error
    }
  }

  range(
    key: string,
    from: number,
    to: number,
  ): readonly { minute: number; records: ReadonlyMap<number, TallyRecord> }[] {
    const id = this.idOf(key)
    if (id === undefined) return []
    return this.statements.range
      .all(id, from, to)
      .map((row) => ({ minute: row['minute'] as number, records: unpack(row['tallies'] as string) }))
  }

  /** Every meter, its newest minute, and which of its metrics have values. */
  meters(): readonly { key: string; lastMinute: number; indexes: readonly number[] }[] {
    return this.statements.meters.all().map((row) => ({
      key: row['key'] as string,
      lastMinute: row['last'] as number,
      indexes: bitsOf(row['seen'] as number),
    }))
  }

  close(): void {
    this.database.close()
  }

  private idOf(key: string): number | undefined {
    return this.statements.meterId.get(key)?.['id'] as number | undefined
  }

  private add(key: string, { minute, tallies }: Minute): void {
    const id = this.idOf(key) ?? Number(this.statements.addMeter.run(key).lastInsertRowid)
    const before = this.statements.get.get(id, minute)?.['tallies'] as string | undefined
    if (before !== undefined) for (const [index, record] of unpack(before)) tallies[index]?.merge(record)
    this.statements.put.run(id, minute, pack(tallies.map((tally) => tally.record())))
    const seen = indexesWithValues(tallies).reduce((bits, index) => bits | (1 << index), 0)
    this.statements.see.run(seen, minute, id)
  }

  private usedBytes(): number {
    const number = (pragma: string): number =>
      Number(Object.values(this.database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0])
    return (number('page_count') - number('freelist_count')) * number('page_size')
  }
}

class SqliteMetrics implements Metrics {
  private readonly options: SqliteMetricsOptions
  private readonly meters = new Map<string, CountingMeter>()
  private opened: Shelf | undefined
  private stopTimer: (() => void) | undefined

  constructor(options: SqliteMetricsOptions) {
    this.options = options
  }

  meter(key: MeterKey): Meter {
    const text = keyOf(key)
    let meter = this.meters.get(text)
    if (meter === undefined) this.meters.set(text, (meter = new CountingMeter(text, key)))
    this.stopTimer ??= this.options.clock.after(minuteMs, () => this.tick())
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
    if (this.options.file !== undefined) this.flush(true)
    this.opened?.close()
    this.opened = undefined
  }

  private tick(): void {
    this.stopTimer = this.options.clock.after(minuteMs, () => this.tick())
    this.flush(false)
  }

  private flush(all: boolean): void {
    const nowMs = this.options.clock.now()
    const minutes = [...this.meters.values()].flatMap((meter) =>
      meter.take(nowMs, all).map((minute) => ({ key: meter.key, minute })),
    )
    if (minutes.length === 0) return
    try {
      this.opened ??= this.open()
      this.opened.write(minutes, Math.floor(nowMs / minuteMs))
    } catch (error) {
      this.options.log.error({ error, minutes: minutes.length }, 'metrics could not be written; these minutes are lost')
    }
  }

  /** What is kept from before; nothing is opened to find nothing. */
  private shelf(): Shelf | undefined {
    if (this.options.file !== undefined) this.opened ??= this.open()
    return this.opened
  }

  private open(): Shelf {
    const { file, maximumBytes = file === undefined ? maximumMemoryBytes : maximumFileBytes } = this.options
    return new Shelf(file, maximumBytes)
  }

  private unwritten(): readonly { key: string; unwritten: readonly Minute[] }[] {
    return [...this.meters.values()].map((meter) => ({ key: meter.key, unwritten: meter.unwritten() }))
  }
}

function bitsOf(seen: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (seen & (1 << bit)) !== 0)
}

function indexesWithValues(tallies: readonly Tally[]): number[] {
  return tallies.flatMap(({ count }, index) => (count === 0 ? [] : [index]))
}

/** Opens nothing yet: files are opened when the first minute is written or the first question is asked. */
export function createSqliteMetrics(options: SqliteMetricsOptions): Metrics {
  return new SqliteMetrics(options)
}
