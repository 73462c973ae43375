// The conditions that JSON and column filters share: comparisons with numbers, texts with `*`, and `&&`, `||`, parentheses.
import { InvalidParameterException } from '@sluice/aws-protocol/logs'
import { compileRegex, RegexFault } from '@sluice/java-regex'

/** Whether a pattern matches a message. */
export type MessageFilter = (message: string) => boolean

export function invalidPattern(why: string): InvalidParameterException {
  return new InvalidParameterException(`Invalid filter pattern: ${why}`)
}

/** The test for a `%regex%`. A message that would take too long to match does not match. */
export function regexTest(source: string): MessageFilter {
  try {
    const regex = compileRegex(source, { maxSteps: 1_000_000, maxMs: 50 })
    return (text) => {
      try {
        return regex.find(text)
      } catch (error) {
        if (error instanceof RegexFault) return false
        throw error
      }
    }
  } catch (error) {
    if (error instanceof RegexFault) throw invalidPattern(error.message)
    throw error
  }
}

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** A token of a filter: an operator, a bracket, a comma, a quoted text, a regular expression, or a word. */
export interface Token {
  readonly kind: 'mark' | 'quoted' | 'regex' | 'word'
  readonly text: string
}

const token = /\s*(?:(&&|\|\||!=|<=|>=|[=<>(),])|"((?:[^"\\]|\\[^])*)"|%([^%]+)%|([^\s=<>!(),&|"%]+))\s*/y

/** Throws InvalidParameterException where no token can be read. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at
    const [whole, mark, quoted, regex, word] = token.exec(text) ?? []
    if (whole === undefined) throw invalidPattern(`unexpected "${text.slice(at, at + 20)}"`)
    if (mark !== undefined) tokens.push({ kind: 'mark', text: mark })
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replace(/\\([^])/g, '$1') })
    else if (regex !== undefined) tokens.push({ kind: 'regex', text: regex })
    else tokens.push({ kind: 'word', text: word ?? '' })
  }
  return tokens
}

/** Reads tokens one after the other. */
export class TokenReader {
  private readonly tokens: readonly Token[]
  private at = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  peek(): Token | undefined {
    return this.tokens[this.at]
  }

  take(): Token {
    const next = this.tokens[this.at++]
    if (next === undefined) throw invalidPattern('it ends too early')
    return next
  }

  /** Skips the next token if it is this mark, and says whether it was. */
  skip(mark: string): boolean {
    const next = this.peek()
    if (next?.kind !== 'mark' || next.text !== mark) return false
    this.at++
    return true
  }

  get isAtEnd(): boolean {
    return this.at >= this.tokens.length
  }
}

/** A condition over whatever is filtered. */
export type Condition<Subject> = (subject: Subject) => boolean

const maximumDepth = 50

/** `a && b || (c && d)`; `single` reads what stands between the connectives. Throws InvalidParameterException. */
export function readConditions<Subject>(
  reader: TokenReader,
  single: (reader: TokenReader) => Condition<Subject>,
  depth = 0,
): Condition<Subject> {
  if (depth > maximumDepth) throw invalidPattern('parentheses are nested too deeply')
  const primary = (): Condition<Subject> => {
    if (!reader.skip('(')) return single(reader)
    const inner = readConditions(reader, single, depth + 1)
    if (!reader.skip(')')) throw invalidPattern('a closing parenthesis is missing')
    return inner
  }
  const conjunction = (): Condition<Subject> => {
    const parts = [primary()]
    while (reader.skip('&&')) parts.push(primary())
    return (subject) => parts.every((part) => part(subject))
  }
  const parts = [conjunction()]
  while (reader.skip('||')) parts.push(conjunction())
  return (subject) => parts.some((part) => part(subject))
}

const operators: ReadonlySet<string> = new Set<Operator>(['=', '!=', '<', '<=', '>', '>='])

export function readOperator(reader: TokenReader): Operator {
  const { kind, text } = reader.take()
  if (kind === 'mark' && operators.has(text)) return text as Operator
  throw invalidPattern(`"${text}" stands where an operator should`)
}

/** The test of a value against a pattern's number or text. */
export function compareWith(operator: Operator, { kind, text }: Token): (value: string) => boolean {
  if (kind === 'mark') throw invalidPattern(`"${text}" stands where a value should`)
  if (kind === 'regex') {
    const test = regexTest(text)
    return operator === '!=' ? (value) => !test(value) : test
  }
  const number = kind === 'word' ? numberIn(text) : undefined
  if (operator === '=' || operator === '!=') {
    const isEqual = number === undefined ? wildcardTest(text) : (value: string): boolean => numberIn(value) === number
    return operator === '=' ? isEqual : (value) => !isEqual(value)
  }
  if (number === undefined) throw invalidPattern(`"${text}" is no number`)
  return (value) => {
    const given = numberIn(value)
    if (given === undefined) return false
    if (operator === '<') return given < number
    if (operator === '<=') return given <= number
    return operator === '>' ? given > number : given >= number
  }
}

function numberIn(text: string): number | undefined {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

/** The test for a text with `*`, which stands for any characters. Matches piece by piece, so that no pattern takes long. */
function wildcardTest(pattern: string): (value: string) => boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return (value) => value === pattern
  return (value) => {
    if (!value.startsWith(first)) return false
    let at = first.length
    for (const piece of rest) {
      const found = value.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return value.length - at >= last.length && value.endsWith(last)
  }
}
