// Filter expressions of GetTraceSummaries: `service("pets/prod") { fault } AND http.status >= 500`. Security G.5.
import { InvalidRequestException } from '@sluice/aws-protocol/xray'
import type { SegmentDocument, Trace } from '../../ports/traces.ts'
import { durationOf, rootOf } from './summary.ts'

export type TraceFilter = (trace: Trace) => boolean

const token =
  /\s*(?:"((?:[^"\\]|\\[^])*)"|(!=|<=|>=|[=<>!(){}[\],])|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z_][\w.:-]*))\s*/y
const maximumDepth = 50

type Token = { readonly kind: 'text' | 'mark' | 'number' | 'word'; readonly text: string }

/** Throws InvalidRequestException for an expression that cannot be read. */
export function compileTraceFilter(expression: string): TraceFilter {
  const reader = new Reader(tokensOf(expression))
  const filter = reader.any()
  if (reader.peek() !== undefined) throw invalid(`unexpected "${reader.peek()?.text ?? ''}"`)
  return filter
}

function invalid(why: string): InvalidRequestException {
  return new InvalidRequestException(`Invalid filter expression: ${why}`)
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at
    const [whole, quoted, mark, number, word] = token.exec(text) ?? []
    if (whole === undefined) throw invalid(`unexpected character at position ${at + 1}`)
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\([^])/g, '$1') })
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else tokens.push({ kind: 'word', text: word ?? '' })
  }
  return tokens
}

const some =
  (test: (segment: SegmentDocument) => boolean): TraceFilter =>
  ({ segments }) =>
    segments.some(test)

const keywords: ReadonlyMap<string, TraceFilter> = new Map([
  ['ok', (trace) => !trace.segments.some(({ error, fault, throttle }) => error || fault || throttle)],
  ['error', some(({ error }) => error === true)],
  ['fault', some(({ fault }) => fault === true)],
  ['throttle', some(({ throttle }) => throttle === true)],
  ['partial', some(({ end_time: end }) => end === undefined)],
])

type Values = (trace: Trace) => readonly (string | number | boolean | undefined)[]

const numbers: ReadonlyMap<string, Values> = new Map<string, Values>([
  ['duration', (trace) => [durationOf(trace)]],
  [
    'responsetime',
    (trace) => {
      const root = rootOf(trace)
      return [root === undefined ? undefined : (root.end_time ?? root.start_time) - root.start_time]
    },
  ],
  ['http.status', ({ segments }) => segments.map(({ http }) => http?.response?.status)],
])

const texts: ReadonlyMap<string, Values> = new Map<string, Values>([
  ['http.url', ({ segments }) => segments.map(({ http }) => http?.request?.url)],
  ['http.method', ({ segments }) => segments.map(({ http }) => http?.request?.method)],
  ['http.useragent', ({ segments }) => segments.map(({ http }) => http?.request?.user_agent)],
  ['http.clientip', ({ segments }) => segments.map(({ http }) => http?.request?.client_ip)],
  ['user', ({ segments }) => segments.map(({ user }) => user)],
  ['name', ({ segments }) => segments.map(({ name }) => name)],
  ['type', ({ segments }) => segments.map(({ origin }) => origin)],
  ['resource.arn', ({ segments }) => segments.map(({ resource_arn: arn }) => arn)],
])

class Reader {
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  peek(): Token | undefined {
    return this.tokens[this.at]
  }

  any(): TraceFilter {
    const parts = [this.all()]
    while (this.skipWord('OR')) parts.push(this.all())
    return (trace) => parts.some((part) => part(trace))
  }

  private all(): TraceFilter {
    const parts = [this.single()]
    while (this.skipWord('AND')) parts.push(this.single())
    return (trace) => parts.every((part) => part(trace))
  }

  private single(): TraceFilter {
    if (++this.depth > maximumDepth) throw invalid('it is nested too deeply')
    const filter = this.primary()
    this.depth--
    return filter
  }

  private primary(): TraceFilter {
    const { kind, text } = this.take()
    if (kind === 'mark' && text === '!') {
      const inner = this.single()
      return (trace) => !inner(trace)
    }
    if (kind === 'mark' && text === '(') {
      const inner = this.any()
      this.expect(')')
      return inner
    }
    if (kind !== 'word') throw invalid(`unexpected "${text}"`)
    const word = text.toLowerCase()
    const keyword = keywords.get(word)
    if (keyword !== undefined) return keyword
    if (word === 'service') return this.service()
    const annotation = /^annotation\.(.+)$/i.exec(text)?.[1] ?? (word === 'annotation' ? this.bracketed() : undefined)
    if (annotation !== undefined) return this.comparison(annotationValues(annotation))
    const values = numbers.get(word) ?? texts.get(word)
    if (values === undefined) throw invalid(`there is no keyword "${text}"`)
    return this.comparison(values)
  }

  /** `service("name")`, and `service("name") { … }` over that service's segments alone. */
  private service(): TraceFilter {
    this.expect('(')
    const name = this.peek()?.kind === 'text' ? this.take().text : undefined
    this.expect(')')
    const inner = this.skipMark('{') ? this.any() : undefined
    if (inner !== undefined) this.expect('}')
    return (trace) => {
      const segments = trace.segments.filter((segment) => name === undefined || segment.name === name)
      return segments.length > 0 && (inner === undefined || inner({ id: trace.id, segments }))
    }
  }

  private comparison(values: Values): TraceFilter {
    const operator = this.peek()
    const isOperator =
      operator !== undefined &&
      (/^(?:!=|<=|>=|[=<>])$/.test(operator.text) || /^(?:CONTAINS|BEGINSWITH|ENDSWITH)$/i.test(operator.text))
    if (!isOperator) return (trace) => values(trace).some((value) => value !== undefined)
    this.at++
    const { kind, text } = this.take()
    if (kind === 'mark') throw invalid(`a value is wanted instead of "${text}"`)
    const wanted = kind === 'number' ? Number(text) : text
    const test = compare(operator.text.toUpperCase(), wanted)
    return (trace) => values(trace).some((value) => value !== undefined && test(value))
  }

  private bracketed(): string {
    this.expect('[')
    const { text } = this.take()
    this.expect(']')
    return text
  }

  private take(): Token {
    const next = this.tokens[this.at++]
    if (next === undefined) throw invalid('it ends too early')
    return next
  }

  private skipWord(word: string): boolean {
    if (this.peek()?.kind !== 'word' || this.peek()?.text.toUpperCase() !== word) return false
    this.at++
    return true
  }

  private skipMark(mark: string): boolean {
    if (this.peek()?.kind !== 'mark' || this.peek()?.text !== mark) return false
    this.at++
    return true
  }

  private expect(mark: string): void {
    if (!this.skipMark(mark)) throw invalid(`"${mark}" is missing`)
  }
}

function annotationValues(name: string): Values {
  return ({ segments }) =>
    segments.map(({ annotations }) =>
      annotations !== undefined && Object.hasOwn(annotations, name) ? annotations[name] : undefined,
    )
}

function compare(operator: string, wanted: string | number): (value: string | number | boolean) => boolean {
  switch (operator) {
    case '=':
      return (value) => String(value) === String(wanted)
    case '!=':
      return (value) => String(value) !== String(wanted)
    case '<':
      return (value) => Number(value) < Number(wanted)
    case '<=':
      return (value) => Number(value) <= Number(wanted)
    case '>':
      return (value) => Number(value) > Number(wanted)
    case '>=':
      return (value) => Number(value) >= Number(wanted)
    case 'CONTAINS':
      return (value) => String(value).includes(String(wanted))
    case 'BEGINSWITH':
      return (value) => String(value).startsWith(String(wanted))
    default:
      return (value) => String(value).endsWith(String(wanted))
  }
}
