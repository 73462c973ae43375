// Decides which conditions of a template hold, before anything is created.
import { maximumDepth } from './budget.ts'
import { Evaluator, type Intrinsic, type Scope } from './evaluator.ts'
import { Problem } from './fault.ts'
import { intrinsics } from './intrinsics.ts'
import type { Node } from './node.ts'
import { booleanOf, isPending, itemsOf, member, plant, textOf } from './node.ts'

/** Decides conditions, each once. One that depends on itself is a {@link Problem}. */
export class Conditions {
  private readonly declared: ReadonlyMap<string, Node>
  private readonly evaluator: Evaluator
  private readonly decided = new Map<string, boolean | undefined>()

  constructor(declared: ReadonlyMap<string, Node>, scope: Omit<Scope, 'condition'>) {
    this.declared = declared
    const condition = (name: string, node: Node): boolean => this.holds(name, node)
    this.evaluator = new Evaluator({ ...scope, condition }, functions)
  }

  /** Whether the condition `name` holds, which is named at `node`. */
  holds(name: string, node: Node): boolean {
    if (this.decided.has(name)) {
      const known = this.decided.get(name)
      if (known === undefined) throw new Problem(`The condition ${name} depends on itself`, node)
      return known
    }
    const declared = this.declared.get(name)
    if (declared === undefined) throw new Problem(`Unresolved condition ${name}: Conditions has no such name`, node)
    if (this.decided.size > 2 * maximumDepth) this.checkPending(node)
    this.decided.set(name, undefined)
    const holds = truth(this.evaluator.value(longForm(declared)))
    this.decided.set(name, holds)
    return holds
  }

  private checkPending(node: Node): void {
    const pending = [...this.decided.values()].filter((known) => known === undefined).length
    if (pending > maximumDepth) throw new Problem('The conditions depend on each other too deeply', node)
  }
}

/** `{Condition: name}`, which is a function among conditions alone. */
function longForm(node: Node): Node {
  const name = node.kind === 'map' && node.entries.size === 1 ? member(node, 'Condition') : undefined
  return name === undefined ? node : { kind: 'call', name: 'Condition', argument: name, offset: node.offset }
}

const condition: Intrinsic = (call, evaluator) => {
  const name = textOf(call.argument)
  if (name === undefined) throw new Problem('Condition takes the name of a condition', call)
  return plant(call, evaluator.scope.condition(name, call))
}

const equals: Intrinsic = (call, evaluator) => {
  const operands = itemsOf(call.argument).map((operand) => evaluator.value(operand))
  const [left, right] = operands
  if (left === undefined || right === undefined || operands.length > 2) {
    throw new Problem('Fn::Equals takes two values', call)
  }
  if (isPending(left) || isPending(right)) throw new Problem('Conditions cannot refer to resources', call)
  return plant(call, textOf(left) !== undefined && textOf(left) === textOf(right))
}

/** A function of several conditions. AWS: `Fn::And` and `Fn::Or` take 2 to 10. */
function combining(combine: (values: readonly boolean[]) => boolean, least: number, most: number): Intrinsic {
  return (call, evaluator) => {
    const items = itemsOf(call.argument)
    if (items.length < least || items.length > most) {
      throw new Problem(`${call.name} takes ${least === most ? least : `${least} to ${most}`} conditions`, call)
    }
    return plant(call, combine(items.map((item) => truth(evaluator.value(longForm(item))))))
  }
}

function truth(node: Node): boolean {
  const value = booleanOf(node)
  if (value === undefined)
    throw new Problem('A condition is made of Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition', node)
  return value
}

const functions: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ...intrinsics,
  ['Condition', condition],
  ['Fn::Equals', equals],
  ['Fn::And', combining((values) => values.every(Boolean), 2, 10)],
  ['Fn::Or', combining((values) => values.some(Boolean), 2, 10)],
  ['Fn::Not', combining(([value]) => value === false, 1, 1)],
])
