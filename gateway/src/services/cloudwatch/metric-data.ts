// GetMetricData: reads many metrics, and expressions over them, at once. Security F.2.
import { ServiceFault, type Handlers } from '@sluice/aws-protocol'
import {
  InvalidNextToken,
  type MetricDataQuery,
  type MetricDataResult,
  type MetricStat,
  type Operations,
} from '@sluice/aws-protocol/cloudwatch'
import type { Scope } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { evaluate, ExpressionFault, type ExpressionScope } from './expression.ts'
import type { CloudWatchParts } from './parts.ts'
import { countOf, periodsOf, readPeriods } from './period.ts'
import { compileSearch } from './search.ts'
import { isList, type Result, type Series } from './series.ts'
import { compileStatistic } from './statistic.ts'
import { unitOf } from './unit.ts'

type Input = Operations['GetMetricData']['input']

const maximumDatapoints = 100_800
/** How many points FILL and TIME_SERIES may make, over all expressions of a call. */
const maximumPlaces = 10 * maximumDatapoints
const maximumFoundSeries = 500

export function metricDataHandlers(parts: CloudWatchParts): Handlers<Operations, 'GetMetricData', Call> {
  return {
    GetMetricData: (input, { scope, nowMs }) => {
      checkQueries(input.MetricDataQueries)
      const question = new Question(parts, { input, scope, nowMs })
      const results = input.MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).flatMap((query) =>
        question.results(query),
      )
      return pageOf(results, input)
    },
  }
}

/** The fault for a malformed query, for which AWS's model has no name. */
function invalid(message: string): ServiceFault {
  return new ServiceFault('ValidationError', 400, message)
}

/** Runs `make`, and throws its refusals as validation errors, which is what this operation calls what others have codes for. */
function inOwnWords<Value>(make: () => Value): Value {
  try {
    return make()
  } catch (error) {
    if (error instanceof ServiceFault) throw invalid(error.message)
    throw error
  }
}

function checkQueries(queries: readonly MetricDataQuery[]): void {
  const ids = new Set<string>()
  for (const { Id, MetricStat, Expression } of queries) {
    if (!/^[a-z]\w*$/.test(Id)) {
      throw invalid(
        `The value ${Id} for parameter MetricDataQueries.Id must start with a lowercase letter, and hold letters, digits and underscores only.`,
      )
    }
    if (ids.has(Id)) throw invalid(`The values for parameter Id in MetricDataQueries are not unique: ${Id}`)
    ids.add(Id)
    if ((MetricStat === undefined) === (Expression === undefined)) {
      throw invalid(`The query ${Id} must have either a MetricStat or an Expression.`)
    }
  }
}

interface Asked {
  readonly input: Input
  readonly scope: Scope
  readonly nowMs: number
}

/** One call of GetMetricData: evaluates its queries, each once. */
class Question {
  private readonly parts: CloudWatchParts
  private readonly asked: Asked
  private readonly queries: ReadonlyMap<string, MetricDataQuery>
  private readonly known = new Map<string, Result>()
  private placesMade = 0
  /** Ids whose expressions are being evaluated: one that is needed again refers to itself. */
  private readonly pending = new Set<string>()

  constructor(parts: CloudWatchParts, asked: Asked) {
    this.parts = parts
    this.asked = asked
    this.queries = new Map(asked.input.MetricDataQueries.map((query) => [query.Id, query]))
  }

  results(query: MetricDataQuery): readonly MetricDataResult[] {
    const result = this.result(query)
    if (typeof result === 'number') {
      throw invalid(`Error in expression '${query.Id}': The expression gives a number, not a time series.`)
    }
    const several = isList(result)
    const { ScanBy = 'TimestampDescending' } = this.asked.input
    return (several ? result : [result]).map((series) => {
      const points = [...series.values].sort(([left], [right]) => left - right)
      if (ScanBy === 'TimestampDescending') points.reverse()
      return {
        Id: query.Id,
        Label: several ? series.label : (query.Label ?? (query.Expression === undefined ? series.label : query.Id)),
        Timestamps: points.map(([at]) => at),
        Values: points.map(([, value]) => value),
        StatusCode: 'Complete',
      }
    })
  }

  private result(query: MetricDataQuery): Result {
    const { Id } = query
    const known = this.known.get(Id)
    if (known !== undefined) return known
    if (this.pending.has(Id)) throw invalid(`Error in expression '${Id}': The expression refers to itself.`)
    this.pending.add(Id)
    const result = query.MetricStat === undefined ? this.expression(query) : this.metric(query.MetricStat)
    this.pending.delete(Id)
    this.known.set(Id, result)
    return result
  }

  private expression({ Id, Expression = '' }: MetricDataQuery): Result {
    const scope: ExpressionScope = {
      query: (id) => {
        const query = this.queries.get(id)
        return query && this.result(query)
      },
      metrics: (prefix) =>
        [...this.queries.values()].flatMap(({ Id: id, MetricStat: stat }) =>
          stat !== undefined && id.startsWith(prefix) ? [this.metric(stat)] : [],
        ),
      search: (text, statistic, period) => this.search(text, statistic, period),
      places: (period) => this.places(period),
    }
    try {
      return evaluate(Expression, scope)
    } catch (error) {
      if (error instanceof ExpressionFault) throw invalid(`Error in expression '${Id}': ${error.message}`)
      throw error
    }
  }

  private metric({ Metric, Period, Stat, Unit }: MetricStat): Series {
    const { input, scope, nowMs } = this.asked
    const { Namespace: namespace = '', MetricName: name = '', Dimensions: dimensions = [] } = Metric
    const read = inOwnWords(() => compileStatistic(Stat))
    const periods = inOwnWords(() => periodsOf(input.StartTime, input.EndTime, Period))
    const isOwnUnit = Unit === undefined || Unit === unitOf(name)
    const found = isOwnUnit
      ? readPeriods(this.parts.metrics, { scope, namespace, name, dimensions }, periods, nowMs)
      : []
    return { label: name, period: Period, values: new Map(found.map(({ at, tally }) => [at, read(tally)])) }
  }

  private search(text: string, statistic: string, period: number): readonly Series[] {
    const found = this.parts.metrics.list(this.asked.scope).filter(compileSearch(text))
    return found.slice(0, maximumFoundSeries).map(({ name, dimensions }) => {
      const Dimensions = dimensions.map(({ name: Name, value: Value }) => ({ Name, Value }))
      const Metric = { Namespace: 'AWS/ApiGateway', MetricName: name, Dimensions }
      const label = [...dimensions.map(({ value }) => value), name].join(' ')
      return { ...this.metric({ Metric, Period: period, Stat: statistic }), label }
    })
  }

  private places(period: number): readonly number[] {
    const { input } = this.asked
    const periods = inOwnWords(() => periodsOf(input.StartTime, input.EndTime, period))
    const { from, to, seconds } = periods
    this.placesMade += countOf(periods)
    if (!(this.placesMade <= maximumPlaces)) throw new ExpressionFault('it would make too many datapoints')
    const places: number[] = []
    for (let at = from; at < to; at += seconds) places.push(at)
    return places
  }
}

/** A page of at most MaxDatapoints values over all results. A result that continues on the next page has the status `PartialData`. */
function pageOf(results: readonly MetricDataResult[], input: Input): Operations['GetMetricData']['output'] {
  const limit = Math.min(input.MaxDatapoints ?? maximumDatapoints, maximumDatapoints)
  const start = input.NextToken === undefined ? 0 : offsetIn(input.NextToken)
  const shown: MetricDataResult[] = []
  let at = 0
  for (const result of results) {
    const { Timestamps = [], Values = [] } = result
    const end = at + Timestamps.length
    // A result without values is shown once, on the first page.
    const isEmpty = Timestamps.length === 0 && start === 0
    if (isEmpty || (end > start && at < start + limit)) {
      const from = Math.max(0, start - at)
      const to = start + limit - at
      shown.push({
        ...result,
        Timestamps: Timestamps.slice(from, to),
        Values: Values.slice(from, to),
        StatusCode: end > start + limit ? 'PartialData' : 'Complete',
      })
    }
    at = end
  }
  return {
    MetricDataResults: shown,
    Messages: [],
    NextToken: at > start + limit ? Buffer.from(String(start + limit)).toString('base64url') : undefined,
  }
}

function offsetIn(token: string): number {
  const text = Buffer.from(token, 'base64url').toString()
  if (!/^\d{1,9}$/.test(text)) throw new InvalidNextToken('The value for parameter NextToken is invalid.')
  return Number(text)
}
