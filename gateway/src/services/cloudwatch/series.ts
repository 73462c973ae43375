// Series of values over time, and arithmetic on them.

export interface Series {
  readonly label: string
  /** Seconds between two points. */
  readonly period: number
  /** The values by epoch seconds. */
  readonly values: ReadonlyMap<number, number>
}

/** The result of an expression: a number, one series, or several. */
export type Result = number | Series | readonly Series[]

export type Binary = (left: number, right: number) => number

/** Makes a new value from each value of a series. Infinite and undefined results are left out, as on AWS. */
export function mapSeries(series: Series, make: (value: number, at: number) => number): Series {
  const values = new Map<number, number>()
  for (const [at, value] of series.values) {
    const made = make(value, at)
    if (Number.isFinite(made)) values.set(at, made)
  }
  return { ...series, values }
}

/**
 * Combines two results: numbers with each other, series point by point, each of several series with the other side.
 * Undefined for two lists of series.
 */
export function combine(operate: Binary, left: Result, right: Result): Result | undefined {
  if (typeof left === 'number' && typeof right === 'number') return operate(left, right)
  if (isList(left)) return isList(right) ? undefined : left.map((each) => one(operate, each, right))
  if (isList(right)) return right.map((each) => one(operate, left, each))
  return one(operate, left, right)
}

function one(operate: Binary, left: number | Series, right: number | Series): Series {
  if (typeof left !== 'number') {
    if (typeof right === 'number') return mapSeries(left, (value) => operate(value, right))
    const both = { ...left, values: new Map([...left.values].filter(([at]) => right.values.has(at))) }
    return mapSeries(both, (value, at) => operate(value, right.values.get(at) ?? 0))
  }
  if (typeof right === 'number') return { label: '', period: 60, values: new Map() }
  return mapSeries(right, (value) => operate(left, value))
}

export function isList(result: Result): result is readonly Series[] {
  return Array.isArray(result)
}

export type Aggregate = (values: readonly number[]) => number

export const aggregates: Readonly<Record<string, Aggregate>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  MAX: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  STDDEV: (values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  },
}

/** Aggregates one series to a number, or several to one series over all their points. */
export function aggregate(name: string, of: Aggregate, result: Result): Result {
  if (typeof result === 'number') return result
  if (!isList(result)) return result.values.size === 0 ? 0 : of([...result.values.values()])
  const gathered = new Map<number, number[]>()
  for (const { values } of result) {
    for (const [at, value] of values) {
      const known = gathered.get(at)
      if (known === undefined) gathered.set(at, [value])
      else known.push(value)
    }
  }
  const values = new Map([...gathered].map(([at, each]) => [at, of(each)]))
  return { label: name, period: result[0]?.period ?? 60, values }
}
