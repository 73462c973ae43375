// The metrics port: meters that count while requests run, and what they counted, by the minute, for whoever asks later.
import type { MetricFamily } from '../nouns/metric-families.ts'
import type { Scope } from '../nouns/records.ts'
import type { Tally, TallyRecord } from '../nouns/tally.ts'

export interface Dimension {
  readonly name: string
  readonly value: string
}

/** What a meter counts: a family of metrics under one set of dimensions, sorted by name. */
export interface MeterKey {
  readonly scope: Scope
  readonly family: MetricFamily
  readonly dimensions: readonly Dimension[]
}

/** Counts one set of dimensions. */
export interface Meter {
  /** The tallies of the minute that `nowMs` (epoch milliseconds) lies in, in the family's order. Not to be kept. */
  readonly at: (nowMs: number) => readonly Tally[]
}

/** A metric that has values: one of a meter's. */
export interface ListedMetric {
  readonly family: MetricFamily
  readonly dimensions: readonly Dimension[]
  readonly name: string
  /** Epoch minutes of its last value. */
  readonly lastMinute: number
}

/** One minute of one metric. */
export interface MinuteTally {
  /** Minutes since the epoch. */
  readonly minute: number
  readonly tally: TallyRecord
}

/** Which minutes of which metric: `from` inclusive, `to` exclusive, minutes since the epoch. */
export interface MetricRange {
  readonly scope: Scope
  readonly name: string
  readonly dimensions: readonly Dimension[]
  readonly from: number
  readonly to: number
}

/** What a meter counted in one minute that is over, for whoever passes it on. */
export interface MeterMinute {
  /** The same text for the same meter, always. */
  readonly key: string
  readonly of: MeterKey
  /** Minutes since the epoch. */
  readonly minute: number
  readonly tallies: readonly Tally[]
}

export interface Metrics {
  /** The meter of a key; the same key always gives the same meter. */
  meter(key: MeterKey): Meter
  /** Every metric of a scope that has values, the present minute's included. */
  list(scope: Scope): readonly ListedMetric[]
  /** What was counted, in order of time; minutes without values are left out. */
  read(range: MetricRange): readonly MinuteTally[]
  /** Writes what is not written yet, and lets go of files. */
  close(): void
}
