// The SQLite tables of metrics: minutes that are over, and the present one of each meter as it was a moment ago.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { metricFamilies, type MetricFamily } from '../nouns/metric-families.ts'
import { Tally, type TallyRecord } from '../nouns/tally.ts'
import type { Dimension, MeterKey } from '../ports/metrics.ts'
import { openDatabaseFile } from './database-file.ts'
import { transact } from './sqlite-transaction.ts'

/** AWS keeps values by the minute for 15 days. Security F.1. */
const keptMinutes = 15 * 24 * 60

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
  -- Of the minute that is not over: what a crash would lose otherwise.
  CREATE TABLE IF NOT EXISTS present (
    key TEXT NOT NULL, minute INTEGER NOT NULL, tallies TEXT NOT NULL,
    PRIMARY KEY (key, minute)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS minutes_by_time ON minutes (minute);
`

/** What one meter counted in one minute. */
export interface Minute {
  readonly minute: number
  readonly tallies: readonly Tally[]
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

export function keyOf({ scope, family, dimensions }: MeterKey): string {
  return JSON.stringify([
    scope.account,
    scope.region,
    family.kind,
    ...dimensions.flatMap(({ name, value }) => [name, value]),
  ])
}

export function parseKey(key: string): MeterKey {
  const [account = '', region = '', kind = 'REST', ...flat] = JSON.parse(key) as string[]
  const dimensions: Dimension[] = []
  for (let at = 0; at < flat.length; at += 2) dimensions.push({ name: flat[at] ?? '', value: flat[at + 1] ?? '' })
  return { scope: { account, region }, family: metricFamilies[kind as MetricFamily['kind']], dimensions }
}

const statementTexts = {
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
  keep: 'INSERT INTO present (key, minute, tallies) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET tallies = excluded.tallies',
  kept: 'SELECT key, minute, tallies FROM present',
  drop: 'DELETE FROM present WHERE key = ? AND minute = ?',
} as const

type StatementName = keyof typeof statementTexts

export interface MeterPart {
  readonly key: string
  readonly minute: Minute
}

export class MetricShelf {
  private readonly database: DatabaseSync
  private readonly statements: Readonly<Record<StatementName, StatementSync>>
  private readonly maximumBytes: number

  constructor(file: string | undefined, maximumBytes: number) {
    if (file !== undefined) mkdirSync(dirname(file), { recursive: true })
    this.database = openDatabaseFile(file ?? ':memory:', (database) => database.exec(schema))
    this.maximumBytes = maximumBytes
    const prepared = Object.entries(statementTexts).map(([name, text]) => [name, this.database.prepare(text)])
    this.statements = Object.fromEntries(prepared) as Record<StatementName, StatementSync>
    this.recover()
  }

  /** Writes present minutes as they are now, until `untilMs` (of `performance.now`); gives how many there was time for. */
  keep(parts: readonly MeterPart[], untilMs: number): number {
    let kept = 0
    transact(this.database, () => {
      for (const { key, minute } of parts) {
        if (kept > 0 && performance.now() >= untilMs) return
        this.statements.keep.run(key, minute.minute, pack(minute.tallies.map((tally) => tally.record())))
        kept++
      }
    })
    return kept
  }

  /** Writes minutes of many meters at once; what is there of a minute already is added to. */
  write(parts: readonly MeterPart[], nowMinute: number): void {
    transact(this.database, () => {
      for (const { key, minute } of parts) this.add(key, minute)
      this.statements.trim.run(nowMinute - keptMinutes)
      if (this.usedBytes() > this.maximumBytes) {
        const cut = this.statements.oldest.get()?.['minute'] as number | undefined
        if (cut !== undefined) this.statements.trim.run(cut + 1)
      }
      this.statements.forget.run()
    })
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

  /** A process that did not end as it should left its last minute behind. */
  private recover(): void {
    const left = this.statements.kept.all()
    if (left.length === 0) return
    transact(this.database, () => {
      for (const row of left) {
        const key = row['key'] as string
        const tallies = parseKey(key).family.metrics.map(() => new Tally())
        for (const [index, record] of unpack(row['tallies'] as string)) tallies[index]?.merge(record)
        this.add(key, { minute: row['minute'] as number, tallies })
      }
    })
  }

  private add(key: string, { minute, tallies }: Minute): void {
    this.statements.drop.run(key, minute)
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

/** Which metrics of a family have values. */
export function indexesWithValues(tallies: readonly Tally[]): number[] {
  return tallies.flatMap(({ count }, index) => (count === 0 ? [] : [index]))
}

function bitsOf(seen: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (seen & (1 << bit)) !== 0)
}
