// Metric math of GetMetricData: arithmetic, comparisons, and functions of series. Security F.2.
import { choose, ExpressionFault, fill, listFunctions, seriesFunctions, type Filling } from './expression-functions.ts'
import { aggregate, aggregates, combine, isList, type Binary, type Result, type Series } from './series.ts'

/** Gives the values that an expression may refer to. */
export interface ExpressionScope {
  /** The result of another query; undefined when there is none of that id. */
  readonly query: (id: string) => Result | undefined
  /** All metrics of the call whose id begins with `prefix`, without the expressions. */
  readonly metrics: (prefix: string) => readonly Series[]
  readonly search: (expression: string, statistic: string, period: number) => readonly Series[]
  /** The times, in order, at which a series of this period could have a value. */
  readonly places: (period: number) => readonly number[]
}

export { ExpressionFault }

const token = /\s*(?:(\d+(?:\.\d+)?)|('(?:[^'])*'|"(?:[^"])*")|([A-Za-z_]\w*)|([<>=!]=|&&|\|\||[-+*/^<>(),[\]]))\s*/y
const maximumDepth = 50

type Operators = ReadonlyMap<string, Binary>

const truth =
  (test: (left: number, right: number) => boolean): Binary =>
  (left, right) =>
    test(left, right) ? 1 : 0
const either = truth((left, right) => left !== 0 || right !== 0)
const both = truth((left, right) => left !== 0 && right !== 0)

/** Operators by precedence, the weakest first. Comparisons give 1 and 0. */
const levels: readonly Operators[] = [
  new Map([
    ['||', either],
    ['OR', either],
  ]),
  new Map([
    ['&&', both],
    ['AND', both],
  ]),
  new Map([
    ['==', truth((left, right) => left === right)],
    ['!=', truth((left, right) => left !== right)],
    ['<', truth((left, right) => left < right)],
    ['<=', truth((left, right) => left <= right)],
    ['>', truth((left, right) => left > right)],
    ['>=', truth((left, right) => left >= right)],
  ]),
  new Map([
    ['+', (left, right) => left + right],
    ['-', (left, right) => left - right],
  ]),
  new Map([
    ['*', (left, right) => left * right],
    ['/', (left, right) => left / right],
  ]),
]

/** Evaluates an expression. Throws ExpressionFault. */
export function evaluate(text: string, scope: ExpressionScope): Result {
  const evaluator = new Evaluator(tokensOf(text), scope)
  return evaluator.whole()
}

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at
    const [whole, ...parts] = token.exec(text) ?? []
    if (whole === undefined) throw new ExpressionFault(`unexpected character at position ${at + 1}`)
    tokens.push(parts.find((part) => part !== undefined) ?? '')
  }
  return tokens
}

class Evaluator {
  private readonly tokens: readonly string[]
  private readonly scope: ExpressionScope
  private at = 0
  private depth = 0

  constructor(tokens: readonly string[], scope: ExpressionScope) {
    this.tokens = tokens
    this.scope = scope
  }

  whole(): Result {
    const result = this.level(0)
    if (this.at < this.tokens.length) throw new ExpressionFault(`unexpected "${this.tokens[this.at] ?? ''}"`)
    return result
  }

  private expression(): Result {
    if (++this.depth > maximumDepth) throw new ExpressionFault('it is nested too deeply')
    const result = this.level(0)
    this.depth--
    return result
  }

  private level(index: number): Result {
    const operators = levels[index]
    return operators === undefined ? this.unary() : this.chain(operators, () => this.level(index + 1))
  }

  private chain(operators: Operators, operand: () => Result): Result {
    let result = operand()
    for (let operate = operators.get(this.peek()); operate !== undefined; operate = operators.get(this.peek())) {
      this.at++
      const combined = combine(operate, result, operand())
      if (combined === undefined) throw new ExpressionFault('two lists of series cannot be combined')
      result = combined
    }
    return result
  }

  private unary(): Result {
    if (this.peek() !== '-') return this.power()
    this.at++
    if (++this.depth > maximumDepth) throw new ExpressionFault('it is nested too deeply')
    const negative = combine((left, right) => left - right, 0, this.unary())
    this.depth--
    return negative ?? 0
  }

  private power(): Result {
    const base = this.primary()
    if (!this.skip('^')) return base
    if (++this.depth > maximumDepth) throw new ExpressionFault('it is nested too deeply')
    const raised = combine((left, right) => left ** right, base, this.unary())
    this.depth--
    if (raised === undefined) throw new ExpressionFault('two lists of series cannot be combined')
    return raised
  }

  private primary(): Result {
    const text = this.take()
    if (/^\d/.test(text)) return Number(text)
    if (text === '(') {
      const inner = this.expression()
      this.expect(')')
      return inner
    }
    if (text === '[') return this.list()
    if (!/^[A-Za-z_]/.test(text)) throw new ExpressionFault(`unexpected "${text}"`)
    if (this.peek() === '(') return this.call(text)
    const result = this.scope.query(text)
    if (result === undefined) throw new ExpressionFault(`there is no query with the id "${text}"`)
    return result
  }

  private list(): readonly Series[] {
    const all: Series[] = []
    do all.push(...this.series(this.expression()))
    while (this.skip(','))
    this.expect(']')
    return all
  }

  private call(name: string): Result {
    this.at++
    const upper = name.toUpperCase()
    const result = this.apply(upper)
    this.expect(')')
    return result
  }

  private apply(name: string): Result {
    const of = Object.hasOwn(aggregates, name) ? aggregates[name] : undefined
    if (of !== undefined) return aggregate(name, of, this.expression())
    const ofSeries = seriesFunctions.get(name)
    if (ofSeries !== undefined) return this.each(this.expression(), name, ofSeries)
    const ofList = listFunctions.get(name)
    if (ofList !== undefined) return ofList(this.series(this.expression()))
    const own = this.functions.get(name)
    if (own === undefined) throw new ExpressionFault(`the function ${name} is not supported`)
    return own()
  }

  /** Functions that take other arguments than one series. */
  private readonly functions: ReadonlyMap<string, () => Result> = new Map<string, () => Result>([
    ['METRICS', () => this.scope.metrics(this.peek() === ')' ? '' : this.text())],
    ['PERIOD', () => this.only(this.expression()).period],
    ['DATAPOINT_COUNT', () => this.only(this.expression()).values.size],
    ['FILL', () => this.fill()],
    ['IF', () => this.choose()],
    ['SLICE', () => this.slice()],
    ['SORT', () => this.sort()],
    ['TIME_SERIES', () => this.constant()],
    ['SEARCH', () => this.search()],
  ])

  private search(): Result {
    const expression = this.text()
    this.expect(',')
    const statistic = this.text()
    const period = this.skip(',') ? this.take() : '300'
    return this.scope.search(expression, statistic, Number(period))
  }

  private choose(): Result {
    const condition = this.expression()
    this.expect(',')
    const yes = this.expression()
    return choose(condition, yes, this.skip(',') ? this.expression() : undefined)
  }

  private slice(): Result {
    const list = this.series(this.expression())
    this.expect(',')
    const start = this.number()
    return this.skip(',') ? list.slice(start, this.number()) : list.slice(start, start + 1)
  }

  /** `SORT(list, SUM, DESC, 10)` */
  private sort(): Result {
    const list = this.series(this.expression())
    this.expect(',')
    const by = this.take().toUpperCase()
    const of = Object.hasOwn(aggregates, by) ? aggregates[by] : undefined
    this.expect(',')
    const order = this.take().toUpperCase()
    if (of === undefined || (order !== 'ASC' && order !== 'DESC')) {
      throw new ExpressionFault('SORT takes a function such as SUM, and ASC or DESC')
    }
    const sorted = list
      .map((series) => ({
        series,
        by: series.values.size === 0 ? Number.NEGATIVE_INFINITY : of([...series.values.values()]),
      }))
      .sort((left, right) => (order === 'ASC' ? left.by - right.by : right.by - left.by))
      .map(({ series }) => series)
    return this.skip(',') ? sorted.slice(0, this.number()) : sorted
  }

  private constant(): Result {
    const value = this.number()
    const period = 60
    return { label: 'TIME_SERIES', period, values: new Map(this.scope.places(period).map((at) => [at, value])) }
  }

  private fill(): Result {
    const result = this.expression()
    this.expect(',')
    const word = this.peek()
    const filling: Filling = word === 'REPEAT' || word === 'LINEAR' ? word : this.number()
    if (typeof filling === 'string') this.at++
    return this.each(result, 'FILL', (series) => fill(series, filling, this.scope.places(series.period)))
  }

  private each(result: Result, name: string, make: (series: Series) => Series): Result {
    if (isList(result)) return result.map(make)
    if (typeof result !== 'number') return make(result)
    // Functions take series, so a number is passed as a series of one point.
    const [made] = make({ label: name, period: 60, values: new Map([[0, result]]) }).values.values()
    return made ?? 0
  }

  private number(): number {
    const value = this.expression()
    if (typeof value !== 'number') throw new ExpressionFault('a number is wanted here')
    return value
  }

  private series(result: Result): readonly Series[] {
    if (typeof result === 'number') throw new ExpressionFault('a list holds series, not numbers')
    return isList(result) ? result : [result]
  }

  private only(result: Result): Series {
    const [first, second] = this.series(result)
    if (first === undefined || second !== undefined) throw new ExpressionFault('one series is wanted here')
    return first
  }

  private text(): string {
    const text = this.take()
    if (!/^['"]/.test(text)) throw new ExpressionFault(`a text in single quotes is wanted instead of "${text}"`)
    return text.slice(1, -1)
  }

  private peek(): string {
    return this.tokens[this.at] ?? ''
  }

  private take(): string {
    const next = this.tokens[this.at++]
    if (next === undefined) throw new ExpressionFault('it ends too early')
    return next
  }

  private skip(text: string): boolean {
    if (this.peek() !== text) return false
    this.at++
    return true
  }

  private expect(text: string): void {
    if (!this.skip(text)) throw new ExpressionFault(`"${text}" is missing`)
  }
}
