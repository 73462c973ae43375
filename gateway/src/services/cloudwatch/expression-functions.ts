// The functions of metric math that turn series into series.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
import { isList, mapSeries, type Result, type Series } from './series.ts'

/** An expression that cannot be read or makes no sense; the message says why. */
export class ExpressionFault extends Error {}

type Step = (value: number, before: number, elapsedSeconds: number) => number

/** Makes a value from each point and the one before it; the first point gets none. */
const sinceBefore =
  (step: Step) =>
  (series: Series): Series => {
    let last: readonly [at: number, value: number] | undefined
    const values = new Map<number, number>()
    for (const [at, value] of inOrder(series)) {
      if (last !== undefined) values.set(at, step(value, last[1], at - last[0]))
      last = [at, value]
    }
    return { ...series, values }
  }

const eachValue =
  (make: (value: number, at: number) => number) =>
  (series: Series): Series =>
    mapSeries(series, make)

const dateOf = (at: number): Date => new Date(at * 1000)

/** Functions of one series by name. Given several series, they apply to each. */
export const seriesFunctions: ReadonlyMap<string, (series: Series) => Series> = new Map([
  ['ABS', eachValue(Math.abs)],
  ['CEIL', eachValue(Math.ceil)],
  ['FLOOR', eachValue(Math.floor)],
  ['LOG', eachValue(Math.log)],
  ['LOG10', eachValue(Math.log10)],
  ['DIFF', sinceBefore((value, before) => value - before)],
  ['DIFF_TIME', sinceBefore((_, __, seconds) => seconds)],
  ['RATE', sinceBefore((value, before, seconds) => (value - before) / seconds)],
  ['RUNNING_SUM', runningSum],
  ['EPOCH', eachValue((_, at) => at)],
  ['MINUTE', eachValue((_, at) => dateOf(at).getUTCMinutes())],
  ['HOUR', eachValue((_, at) => dateOf(at).getUTCHours())],
  // Weekdays are numbered from Monday, 1, to Sunday, 7.
  ['DAY', eachValue((_, at) => dateOf(at).getUTCDay() || 7)],
  ['DATE', eachValue((_, at) => dateOf(at).getUTCDate())],
  ['MONTH', eachValue((_, at) => dateOf(at).getUTCMonth() + 1)],
  ['YEAR', eachValue((_, at) => dateOf(at).getUTCFullYear())],
])

function runningSum(series: Series): Series {
  let sum = 0
  return { ...series, values: new Map(inOrder(series).map(([at, value]) => [at, (sum += value)])) }
}

/** Functions of a list of series by name. */
export const listFunctions: ReadonlyMap<string, (list: readonly Series[]) => Result> = new Map<
  string,
  (list: readonly Series[]) => Result
>([
  ['METRIC_COUNT', (list) => list.length],
  ['REMOVE_EMPTY', (list) => list.filter(({ values }) => values.size > 0)],
  ['FIRST', (list) => atEnd(list, 0)],
  ['LAST', (list) => atEnd(list, -1)],
])

function atEnd(list: readonly Series[], index: 0 | -1): Series {
  const found = list.at(index)
  if (found === undefined) throw new ExpressionFault('the list of series is empty')
  return found
}

/**
 * `IF(condition, yes, no)`, point by point. Where the condition is false and there is no `no`, there is no value. Throws
 * ExpressionFault.
 */
export function choose(condition: Result, yes: Result, no: Result | undefined): Result {
  if (typeof condition === 'number') {
    const chosen = condition === 0 ? no : yes
    return chosen ?? { label: '', period: 60, values: new Map() }
  }
  if (isList(condition)) return condition.map((each) => chooseOne(each, yes, no))
  return chooseOne(condition, yes, no)
}

function chooseOne(condition: Series, yes: Result, no: Result | undefined): Series {
  const values = new Map<number, number>()
  for (const [at, value] of condition.values) {
    const chosen = valueAt(value === 0 ? no : yes, at)
    if (chosen !== undefined) values.set(at, chosen)
  }
  return { ...condition, values }
}

function valueAt(result: Result | undefined, at: number): number | undefined {
  if (result === undefined || typeof result === 'number') return result
  if (isList(result)) throw new ExpressionFault('IF chooses between numbers and single series')
  return result.values.get(at)
}

/** How the points of a series that have no value are filled. */
export type Filling = number | 'REPEAT' | 'LINEAR'

/** Fills the points without values. `places`: the times, in order, at which the series could have one. */
export function fill(series: Series, filling: Filling, places: readonly number[]): Series {
  const values = new Map<number, number>()
  let last: readonly [at: number, value: number] | undefined
  const next = filling === 'LINEAR' ? inOrder(series).reverse() : []
  for (const at of places) {
    while ((next.at(-1)?.[0] ?? Number.POSITIVE_INFINITY) <= at) next.pop()
    const known = series.values.get(at)
    if (known !== undefined) last = [at, known]
    const value = known ?? filled(filling, at, last, next.at(-1))
    if (value !== undefined) values.set(at, value)
  }
  return { ...series, values }
}

type Place = readonly [at: number, value: number] | undefined

function filled(filling: Filling, at: number, before: Place, after: Place): number | undefined {
  if (typeof filling === 'number') return filling
  if (filling === 'REPEAT' || before === undefined || after === undefined) {
    return filling === 'REPEAT' ? before?.[1] : undefined
  }
  return before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0])
}

function inOrder({ values }: Series): [at: number, value: number][] {
  return [...values].sort(([left], [right]) => left - right)
}
