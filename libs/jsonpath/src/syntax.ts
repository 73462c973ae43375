// The syntax tree of a path: the shapes that parsing produces and compiling consumes.

/** Where a path starts: `$` is the document, `@` the element that a filter looks at. */
export type Origin = '$' | '@'

/** A whole path. */
export interface PathSyntax {
  readonly origin: Origin
  readonly steps: readonly StepSyntax[]
}

/** One step of a path, from one value to the next. */
export type StepSyntax =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indices'; readonly indices: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'scan' }
  | { readonly kind: 'filter'; readonly filter: FilterSyntax }
  | { readonly kind: 'function'; readonly name: FunctionName; readonly parameters: readonly ParameterSyntax[] }

/** A parameter of a function. */
export type ParameterSyntax =
  | { readonly kind: 'path'; readonly path: PathSyntax }
  | { readonly kind: 'literal'; readonly value: unknown }

/** A filter: the content of `[?( )]`. */
export type FilterSyntax =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterSyntax[] }
  | { readonly kind: 'not'; readonly part: FilterSyntax }
  | { readonly kind: 'exists'; readonly path: PathSyntax }
  | {
      readonly kind: 'compare'
      readonly operator: Operator
      readonly left: OperandSyntax
      readonly right: OperandSyntax
    }

/** One side of a comparison. A number keeps its text, for strings are compared with that. */
export type OperandSyntax =
  | { readonly kind: 'path'; readonly path: PathSyntax }
  | { readonly kind: 'literal'; readonly value: unknown; readonly text: string }
  | { readonly kind: 'pattern'; readonly pattern: string; readonly position: number }

/** The operators of filters, the longer before those they start with; words are matched without regard to case. */
// oxfmt-ignore
export const operators = [
  '===', '!==', '==', '!=', '<=', '>=', '=~', '<', '>',
  'in', 'nin', 'subsetof', 'anyof', 'noneof', 'size', 'empty', 'contains', 'exists',
] as const
export type Operator = (typeof operators)[number]

/** The functions that may end a path. */
// oxfmt-ignore
export const functionNames = [
  'min', 'max', 'avg', 'stddev', 'sum', 'length', 'size', 'keys', 'concat', 'append', 'first', 'last', 'index',
] as const
export type FunctionName = (typeof functionNames)[number]

/** Whether a step leads to one value at most. Several names do so where they end a path: they make one object. */
export function isDefiniteStep(step: StepSyntax, last: boolean): boolean {
  if (step.kind === 'names') return last || step.names.length === 1
  if (step.kind === 'indices') return step.indices.length === 1
  return step.kind === 'function'
}

/** Whether every step leads to one value at most, so that the path reads a value and not a list. */
export function isDefinitePath({ steps }: PathSyntax): boolean {
  return steps.every((step, at) => isDefiniteStep(step, at === steps.length - 1))
}
