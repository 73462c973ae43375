// The syntax tree of a template. `at` is an offset into the template's text, for faults.
import type { Value } from './values.ts'

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | ReferenceNode
  | { readonly kind: 'set'; readonly target: ReferenceNode; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Node[] }
  | ForeachNode
  | {
      readonly kind: 'macro'
      readonly name: string
      readonly parameters: readonly string[]
      readonly body: readonly Node[]
    }
  | MacroCallNode
  | { readonly kind: 'define'; readonly name: string; readonly body: readonly Node[] }
  | { readonly kind: 'evaluate'; readonly source: Expression; readonly at: number }
  | { readonly kind: 'break'; readonly scope: Expression | null; readonly at: number }
  | { readonly kind: 'stop' }

export interface Branch {
  readonly condition: Expression
  readonly body: readonly Node[]
}

export interface ForeachNode {
  readonly kind: 'foreach'
  readonly variable: string
  readonly list: Expression
  readonly body: readonly Node[]
  readonly at: number
}

/** `#name(…)`, or `#@name(…) body #end`. Whether the macro exists is known only when it runs; if not, `source` is printed. */
export interface MacroCallNode {
  readonly kind: 'call'
  readonly name: string
  readonly arguments: readonly Expression[]
  /** A bare word among the arguments, which no macro takes. */
  readonly word: string | null
  readonly body: readonly Node[] | null
  readonly source: string
  readonly at: number
}

export interface ReferenceNode {
  readonly kind: 'reference'
  /** The variable's name. */
  readonly root: string
  readonly accessors: readonly Accessor[]
  /** `$!name` */
  readonly quiet: boolean
  /** `${name}` */
  readonly formal: boolean
  /** Backslashes before the `$`. */
  readonly backslashes: number
  /** Text before the last `$`, as in `$$name`; printed as it is. */
  readonly prefix: string
  /** The reference as written, without backslashes and prefix. */
  readonly source: string
}

export type Accessor =
  | { readonly kind: 'property'; readonly name: string; readonly at: number }
  | { readonly kind: 'method'; readonly name: string; readonly arguments: readonly Expression[]; readonly at: number }
  | { readonly kind: 'index'; readonly argument: Expression; readonly at: number }

export type BinaryOperator = 'or' | 'and' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%'

export type Expression =
  | { readonly kind: 'literal'; readonly value: Value; readonly source: string }
  /** A double-quoted string with a `$` or `#` in it: a template of its own. */
  | { readonly kind: 'string'; readonly text: string; readonly source: string; readonly at: number }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression; readonly source: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly source: string }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[]; readonly source: string }
  | ReferenceNode
  | BinaryNode
  | { readonly kind: 'not'; readonly operand: Expression; readonly source: string }

export interface BinaryNode {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
  readonly source: string
  readonly at: number
}
