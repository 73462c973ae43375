// The interface by which the parts of the compiler use each other.
import type { Evaluate, Render, Run } from './render.ts'
import type { Scope } from './scope.ts'
import type { Expression, Node, ReferenceNode } from './syntax.ts'

export interface Compiler {
  readonly scope: Scope
  /** Whether a missing value prints as nothing and equals the empty string, instead of being printed as written. */
  readonly isMissingEmpty: boolean
  /** How many turns one loop may take. */
  readonly maxIterations: number
  readonly block: (nodes: readonly Node[]) => Run
  readonly expression: (expression: Expression) => Evaluate
  readonly condition: (expression: Expression) => (render: Render) => boolean
  /** Compiles a reference that is read as a value. */
  readonly reference: (reference: ReferenceNode) => Evaluate
  /** Compiles a string that is a template of its own, at an offset of the whole text. */
  readonly string: (text: string, at: number) => Evaluate
  /** Renders text as a template, in the variables of this render. */
  readonly evaluate: (text: string, render: Render, at: number) => void
}
