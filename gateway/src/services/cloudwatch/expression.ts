// Metric math of GetMetricData: `+ - * /`, SUM AVG MIN MAX, METRICS, FILL, PERIOD and SEARCH. Security specification F.2.
import { aggregate, aggregates, combine, isList, type Binary, type Result, type Series } from './series.ts'

/** What an expression may refer to. */
export interface ExpressionScope {
  /** The result of another query; undefined when there is none of that id. */
  readonly query: (id: string) => Result | undefined
  /** All metrics of the call that are no expressions; their ids begin with `prefix`. */
  readonly metrics: (prefix: string) => readonly Series[]
  readonly search: (expression: string, statistic: string, period: number) => readonly Series[]
  /** Every place that a series of this period could have a value at, in order of time. */
  readonly places: (period: number) => readonly number[]
}

/** An expression that cannot be read or makes no sense; the message says why. */
export class ExpressionFault extends Error {}

const token = /\s*(?:(\d+(?:\.\d+)?)|('(?:[^'])*')|([A-Za-z_]\w*)|([-+*/(),[\]]))\s*/y
const maximumDepth = 50

type Operators = ReadonlyMap<string, Binary>

const sums: Operators = new Map([
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
])
const products: Operators = new Map([
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
])

/** Throws ExpressionFault. */
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
    const result = this.chain(sums, () => this.chain(products, () => this.unary()))
    if (this.at < this.tokens.length) throw new ExpressionFault(`unexpected "${this.tokens[this.at] ?? ''}"`)
    return result
  }

  private expression(): Result {
    if (++this.depth > maximumDepth) throw new ExpressionFault('it is nested too deeply')
    const result = this.chain(sums, () => this.chain(products, () => this.unary()))
    this.depth--
    return result
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
    if (this.peek() !== '-') return this.primary()
    this.at++
    if (++this.depth > maximumDepth) throw new ExpressionFault('it is nested too deeply')
    const negative = combine((left, right) => left - right, 0, this.unary())
    this.depth--
    return negative ?? 0
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
    if (name === 'METRICS') return this.scope.metrics(this.peek() === ')' ? '' : this.text())
    if (name === 'PERIOD') return this.only(this.expression()).period
    if (name === 'FILL') return this.fill()
    if (name === 'SEARCH') {
      const expression = this.text()
      this.expect(',')
      const statistic = this.text()
      const period = this.skip(',') ? this.take() : '300'
      return this.scope.search(expression, statistic, Number(period))
    }
    throw new ExpressionFault(`the function ${name} is not supported`)
  }

  private fill(): Result {
    const result = this.expression()
    this.expect(',')
    const isRepeat = this.peek() === 'REPEAT'
    const value = isRepeat ? undefined : this.expression()
    if (isRepeat) this.at++
    if (value !== undefined && typeof value !== 'number') throw new ExpressionFault('FILL takes a number or REPEAT')
    const fillOne = (series: Series): Series => {
      const values = new Map<number, number>()
      let last: number | undefined
      for (const at of this.scope.places(series.period)) {
        last = series.values.get(at) ?? (value === undefined ? last : value)
        if (last !== undefined) values.set(at, last)
      }
      return { ...series, values }
    }
    if (typeof result === 'number') return result
    return isList(result) ? result.map(fillOne) : fillOne(result)
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
    if (!text.startsWith("'")) throw new ExpressionFault(`a text in single quotes is wanted instead of "${text}"`)
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
