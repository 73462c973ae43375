// Compiles filters to predicates.
import { comparisons, equal } from './compare.ts'
import { PathFault } from './fault.ts'
import type { Read, Scope } from './run.ts'
import { spend, spendMatch } from './run.ts'
import type { FilterSyntax, OperandSyntax, Operator, PathSyntax } from './syntax.ts'

/** Tells whether an element passes. */
export type Predicate = (element: unknown, scope: Scope) => boolean

/** Compiles the regular expressions of `=~`: Java syntax, flags written inline as `(?i)`. */
export type CompileRegex = (pattern: string) => { matches(subject: string): boolean }

/** The functions that compiling a filter needs from its caller. */
export interface FilterContext {
  readonly compileRegex: CompileRegex | undefined
  /** Compiles a path inside the filter, origin included; `whole` asks for every name. */
  readonly compilePath: (path: PathSyntax, whole: boolean) => Read
}

/** Compiles a filter once; the predicate reads no text any more. @throws PathFault for a regular expression that cannot be compiled */
export function compileFilter(filter: FilterSyntax, context: FilterContext): Predicate {
  switch (filter.kind) {
    case 'and': {
      const parts = filter.parts.map((part) => compileFilter(part, context))
      return (element, scope) => parts.every((holds) => holds(element, scope))
    }
    case 'or': {
      const parts = filter.parts.map((part) => compileFilter(part, context))
      return (element, scope) => parts.some((holds) => holds(element, scope))
    }
    case 'not': {
      const holds = compileFilter(filter.part, context)
      return (element, scope) => !holds(element, scope)
    }
    case 'exists': {
      const read = context.compilePath(filter.path, true)
      return (element, scope) => read(element, scope) !== undefined
    }
    default:
      return compileComparison(filter.operator, [filter.left, filter.right], context)
  }
}

type Sides = readonly [left: OperandSyntax, right: OperandSyntax]

function compileComparison(operator: Operator, [left, right]: Sides, context: FilterContext): Predicate {
  if (operator === '=~') return compileMatch([left, right], context)
  // A list or an object that stands on the left equals nothing in Jayway, which compares its text.
  if (/^[!=]==?$/.test(operator) && left.kind === 'literal' && isContainer(left.value)) {
    return () => operator.startsWith('!')
  }
  const readLeft = compileOperand(left, context)
  const readRight = compileOperand(right, context)
  if (right.kind === 'literal' && (operator === '==' || operator === '!=')) {
    const wanted = operator === '=='
    return (element, scope) => equal(readLeft(element, scope), right.value, scope.budget, right.text) === wanted
  }
  const compare = comparisons[operator]
  return (element, scope) => {
    spend(scope.budget, 1)
    return compare(readLeft(element, scope), readRight(element, scope), scope.budget)
  }
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function compileOperand(operand: OperandSyntax, context: FilterContext): Read {
  if (operand.kind === 'path') return context.compilePath(operand.path, false)
  if (operand.kind === 'literal') return () => operand.value
  throw new PathFault('a regular expression stands beside =~ only', operand.position)
}

function compileMatch([left, right]: Sides, context: FilterContext): Predicate {
  const [subject, pattern] = left.kind === 'pattern' ? [right, left] : [left, right]
  if (pattern.kind !== 'pattern') return () => false
  const regex = compilePattern(pattern, context)
  const read = compileOperand(subject, context)
  const matches = (value: unknown, scope: Scope): boolean => {
    // Jayway asks about the empty text where there is no other: null, an object, nothing at all.
    const hasText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    const text = hasText ? String(value) : ''
    spendMatch(scope.budget, text.length)
    return regex.matches(text)
  }
  return (element, scope) => {
    const value = read(element, scope)
    return Array.isArray(value) ? value.some((member) => matches(member, scope)) : matches(value, scope)
  }
}

type PatternSyntax = Extract<OperandSyntax, { kind: 'pattern' }>

function compilePattern(
  { pattern, position }: PatternSyntax,
  { compileRegex }: FilterContext,
): ReturnType<CompileRegex> {
  if (compileRegex === undefined) throw new PathFault('=~ needs the option compileRegex', position)
  try {
    return compileRegex(pattern)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new PathFault(`the regular expression at ${position} is refused: ${reason}`, position, { cause })
  }
}
