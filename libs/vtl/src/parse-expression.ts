// Parses references and expressions: everything that has a value.
import { tokens, binaryOperators, type Cursor } from './lex.ts'
import { parseWhole } from './numbers.ts'
import type { Accessor, BinaryOperator, Expression, ReferenceNode } from './syntax.ts'
import { isJavaNumber, toJavaDouble } from './values.ts'

const ranks: Record<BinaryOperator, number> = {
  or: 1,
  and: 2,
  '==': 3,
  '!=': 3,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
}
const namedOperators: Record<string, BinaryOperator> = {
  or: 'or',
  and: 'and',
  eq: '==',
  ne: '!=',
  le: '<=',
  ge: '>=',
  lt: '<',
  gt: '>',
}
const nullLiteral: Expression = { kind: 'literal', value: null, source: '' }

/** Parses values off a cursor; throws `TemplateFault`. Nesting beyond `maxDepth` is refused. */
export class ExpressionParser {
  protected readonly cursor: Cursor
  private readonly maxDepth: number
  private readonly fixedPlace: number | undefined
  private depth = 0

  constructor(cursor: Cursor, maxDepth: number, fixedPlace?: number) {
    this.cursor = cursor
    this.maxDepth = maxDepth
    this.fixedPlace = fixedPlace
  }

  /** The offset that faults name for the text at `at`. */
  protected place(at: number): number {
    return this.fixedPlace ?? at
  }

  /** Runs `parse` one level deeper. */
  protected nested<Result>(parse: () => Result): Result {
    this.enter()
    const result = parse()
    this.depth--
    return result
  }

  private enter(): void {
    this.depth++
    if (this.depth > this.maxDepth) throw this.cursor.fault(`The template nests deeper than ${this.maxDepth} levels`)
  }

  /** An expression with operators, as in `#set` and `#if`. */
  protected expression(minRank = 1): Expression {
    const { cursor } = this
    const entered = this.depth
    cursor.skipWhitespace()
    const start = cursor.at
    let left = this.nested(() => this.unary())
    for (;;) {
      cursor.skipWhitespace()
      const at = cursor.at
      const operator = this.operator(minRank)
      if (operator === null) break
      // Each operator of a chain adds a level to the tree.
      this.enter()
      const right = this.expression(ranks[operator] + 1)
      left = { kind: 'binary', operator, left, right, source: cursor.since(start), at: this.place(at) }
    }
    this.depth = entered
    return left
  }

  private operator(minRank: number): BinaryOperator | null {
    const { cursor } = this
    const start = cursor.at
    const match = cursor.match(binaryOperators)
    if (match === null) return null
    const name = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? ''
    const operator = namedOperators[name] ?? (match[0] as BinaryOperator)
    if (ranks[operator] >= minRank) return operator
    cursor.at = start
    return null
  }

  private unary(): Expression {
    const { cursor } = this
    cursor.skipWhitespace()
    const start = cursor.at
    if (cursor.match(tokens.not) !== null) {
      const operand = this.nested(() => this.unary())
      return { kind: 'not', operand, source: cursor.since(start) }
    }
    if (!cursor.skip('(')) return this.operand()
    const inner = this.expression()
    cursor.skipWhitespace()
    cursor.expect(')')
    return inner
  }

  /** A value without operators, as in lists and arguments. A bare word is null where a method call lets one stand. */
  private operand(allowsBareWord = false): Expression {
    const { cursor } = this
    cursor.skipWhitespace()
    const value = this.reference() ?? this.literal(allowsBareWord)
    if (value !== null) return value
    if (allowsBareWord && cursor.match(tokens.identifier) !== null) return nullLiteral
    throw cursor.fault(`Expected a value but found ${cursor.found()}`)
  }

  /** A literal: number, string, list, range, map, true or false; null when there is none here. */
  protected literal(allowsBareWord = false): Expression | null {
    const { cursor } = this
    if (cursor.peek() === '[') return this.nested(() => this.list(allowsBareWord))
    if (cursor.peek() === '{') return this.nested(() => this.map(allowsBareWord))
    const start = cursor.at
    const quoted = cursor.takeQuoted()
    if (quoted !== null) return this.string(quoted, start)
    const boolean = cursor.take(tokens.boolean)
    if (boolean !== '') return { kind: 'literal', value: boolean === 'true', source: boolean }
    const number = cursor.take(tokens.number)
    if (number === '') return null
    const value = /^-?\d+$/.test(number) ? parseWhole(number) : toJavaDouble(Number(number))
    return { kind: 'literal', value, source: number }
  }

  private string(quoted: string, at: number): Expression {
    const quote = quoted.charAt(0)
    const raw = quoted.slice(1, -1).replaceAll(quote + quote, quote)
    if (quote === "'") return { kind: 'literal', value: raw, source: quoted }
    const text = raw.replaceAll(/\\u([0-9A-Fa-f]{4})?/g, (_escape, hex: string | undefined) => {
      if (hex === undefined) throw this.cursor.fault(String.raw`\u is not followed by four hexadecimal digits`, at)
      return String.fromCharCode(Number.parseInt(hex, 16))
    })
    if (!/[$#]/.test(raw)) return { kind: 'literal', value: text, source: quoted }
    return { kind: 'string', text, source: quoted, at: this.place(at) }
  }

  private list(allowsBareWord: boolean): Expression {
    const { cursor } = this
    const start = cursor.at
    cursor.expect('[')
    if (cursor.skip(']')) return { kind: 'list', items: [], source: '[]' }
    const first = this.operand(allowsBareWord)
    cursor.skipWhitespace()
    if (isRangeEnd(first) && cursor.skip('..')) {
      const to = this.operand()
      if (!isRangeEnd(to)) throw cursor.fault('A range ends with a whole number or a reference')
      cursor.skipWhitespace()
      cursor.expect(']')
      return { kind: 'range', from: first, to, source: cursor.since(start) }
    }
    const items = [first]
    while (cursor.skip(',')) {
      items.push(this.operand(allowsBareWord))
      cursor.skipWhitespace()
    }
    cursor.expect(']')
    return { kind: 'list', items, source: cursor.since(start) }
  }

  private map(allowsBareWord: boolean): Expression {
    const { cursor } = this
    const start = cursor.at
    const entries: [Expression, Expression][] = []
    cursor.expect('{')
    cursor.skipWhitespace()
    if (cursor.skip('}')) return { kind: 'map', entries, source: cursor.since(start) }
    do {
      const key = this.operand(allowsBareWord)
      cursor.skipWhitespace()
      cursor.expect(':')
      entries.push([key, this.operand(allowsBareWord)])
      cursor.skipWhitespace()
    } while (cursor.skip(','))
    cursor.expect('}')
    return { kind: 'map', entries, source: cursor.since(start) }
  }

  /** A reference; null, with nothing taken, when there is none here. */
  protected reference(): ReferenceNode | null {
    const { cursor } = this
    const at = cursor.at
    const dollars = cursor.take(tokens.dollars)
    const formal = dollars !== '' && cursor.peek() === '{'
    if (formal) cursor.at++
    // `${$name}` asks for a variable called `$name`, which cannot be set.
    const inner = formal ? cursor.take(tokens.dollars) : ''
    const root = dollars === '' || dollars.endsWith('\\!') ? '' : cursor.take(tokens.identifier)
    if (root === '') {
      cursor.at = at
      return null
    }
    this.refuseBoolean(root, at)
    const accessors = this.accessors()
    if (formal) cursor.expect('}')
    const backslashes = /^\\*/.exec(dollars)?.[0].length ?? 0
    const lastDollar = dollars.lastIndexOf('$')
    return {
      kind: 'reference',
      root: inner + root,
      accessors,
      quiet: dollars.charAt(lastDollar + 1) === '!',
      formal,
      backslashes,
      prefix: dollars.slice(backslashes, lastDollar),
      source: cursor.since(at + lastDollar),
    }
  }

  protected accessors(): Accessor[] {
    const { cursor } = this
    const accessors: Accessor[] = []
    for (;;) {
      const at = cursor.at
      if (cursor.skip('[')) {
        accessors.push({ kind: 'index', argument: this.nested(() => this.indexArgument()), at: this.place(at) })
      } else if (cursor.sees(tokens.dot)) {
        cursor.at++
        const name = cursor.take(tokens.identifier)
        this.refuseBoolean(name, at)
        // A parenthesis at the end of the template opens no call.
        if (cursor.peek() === '(' && cursor.peek(1) !== '') {
          accessors.push({ kind: 'method', name, arguments: this.nested(() => this.arguments()), at: this.place(at) })
        } else {
          accessors.push({ kind: 'property', name, at: this.place(at) })
        }
      } else {
        return accessors
      }
    }
  }

  private indexArgument(): Expression {
    const { cursor } = this
    cursor.skipWhitespace()
    const argument = this.operand()
    if (!isIndex(argument)) throw cursor.fault('An index is a string, a whole number, a boolean or a reference')
    cursor.skipWhitespace()
    cursor.expect(']')
    return argument
  }

  private arguments(): Expression[] {
    const { cursor } = this
    cursor.expect('(')
    if (cursor.skip(')')) return []
    const values: Expression[] = []
    do {
      values.push(this.operand(true))
      cursor.skipWhitespace()
    } while (cursor.skip(','))
    cursor.expect(')')
    return values
  }

  /** Throws for `true` and `false` where a name should be: Velocity's lexer takes them for literals everywhere. */
  protected refuseBoolean(name: string, at: number): void {
    if (name === 'true' || name === 'false') throw this.cursor.fault(`"${name}" is no name`, at)
  }
}

function isRangeEnd(value: Expression): boolean {
  return value.kind === 'reference' || isWholeLiteral(value)
}

function isWholeLiteral(value: Expression): boolean {
  return value.kind === 'literal' && (Number.isInteger(value.value) || typeof value.value === 'bigint')
}

function isIndex(value: Expression): boolean {
  if (value.kind === 'literal') return isWholeLiteral(value) || !isJavaNumber(value.value)
  return value.kind === 'string' || value.kind === 'reference'
}
