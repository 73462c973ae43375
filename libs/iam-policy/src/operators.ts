// The condition operators: how each compares one value of a request with the values of a policy.
// Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { compileArnPattern } from './arn-pattern.ts'
import { parseDate } from './dates.ts'
import { compileIpRanges } from './ip-ranges.ts'
import { compilePattern, matchesAny, type PatternSyntax } from './pattern.ts'
import type { Context } from './request.ts'

/**
 * Compares a value of the request with those of the policy; undefined when it cannot tell, because the value is not of the
 * operator's type or a policy variable has no value. Then neither the operator nor its negation holds.
 */
export type Comparison = (value: string, context: Context) => boolean | undefined

/** An operator without its prefixes and suffixes. */
export interface Operator {
  /** Whether it holds when no value of the policy is like the request's. */
  readonly isNegated: boolean
  readonly compile: (values: readonly string[], hasVariables: boolean) => Comparison
}

/** The operator of this name, or undefined; `Null` is not among them, for it compares no values. */
export function operatorNamed(name: string): Operator | undefined {
  return operators.get(name)
}

type Compile = Operator['compile']

const operators: ReadonlyMap<string, Operator> = new Map([
  ...withNegation('StringEquals', 'StringNotEquals', text({ hasWildcards: false })),
  ...withNegation(
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    text({ hasWildcards: false, ignoresCase: true }),
  ),
  ...withNegation('StringLike', 'StringNotLike', text({ hasWildcards: true })),
  ...withNegation('ArnEquals', 'ArnNotEquals', arn),
  ...withNegation('ArnLike', 'ArnNotLike', arn),
  ...ordered('Numeric', parseNumber),
  ...ordered('Date', parseDate),
  ...withNegation('IpAddress', 'NotIpAddress', (values) => compileIpRanges(values)),
  ['Bool', { isNegated: false, compile: exact(parseBoolean) }],
  ['BinaryEquals', { isNegated: false, compile: exact(parseBinary) }],
])

function withNegation(name: string, negation: string, compile: Compile): [string, Operator][] {
  return [
    [name, { isNegated: false, compile }],
    [negation, { isNegated: true, compile }],
  ]
}

function text(syntax: Omit<PatternSyntax, 'hasVariables'>): Compile {
  return (values, hasVariables) => {
    const patterns = values.map((value) => compilePattern(value, { ...syntax, hasVariables }))
    return (value, context) => matchesAny(patterns, value, context)
  }
}

function arn(values: readonly string[], hasVariables: boolean): Comparison {
  const patterns = values.map((value) => compileArnPattern(value, { hasVariables, hasWildcards: true }))
  return (value, context) => matchesAny(patterns, value, context)
}

type Parse<Value> = (text: string) => Value | undefined

/** The six operators of a type that has an order. */
function ordered(family: string, parse: Parse<number>): [string, Operator][] {
  const operator = (holds: (value: number, limit: number) => boolean, isNegated = false): Operator => ({
    isNegated,
    compile: (values) => {
      const limits = parseAll(values, parse)
      return (text) => {
        const value = parse(text)
        return value === undefined ? undefined : limits.some((limit) => holds(value, limit))
      }
    },
  })
  const equals = (value: number, limit: number): boolean => value === limit
  return [
    [`${family}Equals`, operator(equals)],
    [`${family}NotEquals`, operator(equals, true)],
    [`${family}LessThan`, operator((value, limit) => value < limit)],
    [`${family}LessThanEquals`, operator((value, limit) => value <= limit)],
    [`${family}GreaterThan`, operator((value, limit) => value > limit)],
    [`${family}GreaterThanEquals`, operator((value, limit) => value >= limit)],
  ]
}

/** Equality after reading both sides. */
function exact(parse: Parse<string>): Compile {
  return (values) => {
    const known = new Set(parseAll(values, parse))
    return (text) => {
      const value = parse(text)
      return value === undefined ? undefined : known.has(value)
    }
  }
}

function parseAll<Value>(values: readonly string[], parse: Parse<Value>): readonly Value[] {
  return values.map(parse).filter((value) => value !== undefined)
}

function parseNumber(text: string): number | undefined {
  return /^[+-]?\d{1,40}(?:\.\d{1,40})?$/.test(text) ? Number(text) : undefined
}

function parseBoolean(text: string): string | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' || lower === 'false' ? lower : undefined
}

function parseBinary(text: string): string | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64').toString('latin1') : undefined
}
