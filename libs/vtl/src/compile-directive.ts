// Compiles loops, macros, blocks and the other directives.
import type { Compiler } from './compiler.ts'
import { BudgetFault, MethodFault } from './faults.ts'
import { LoopScope } from './loop.ts'
import { mapValues } from './maps.ts'
import { textOf } from './print.ts'
import { Block, type Evaluate, type Frame, type Macro, type Render, type Run } from './render.ts'
import type { Branch, Expression, ForeachNode, MacroCallNode, Node } from './syntax.ts'
import { JavaObject, isMap, type Value } from './values.ts'

/** Velocity's default limits of calls within each other. */
const maxMacroDepth = 20
const maxDefineDepth = 2

const loopVariables = ['foreach', 'velocityCount', 'velocityHasNext'] as const

export function compileIf(branches: readonly Branch[], otherwise: readonly Node[], compiler: Compiler): Run {
  const compiled = branches.map(({ condition, body }) => ({
    condition: compiler.condition(condition),
    body: compiler.block(body),
  }))
  const last = compiler.block(otherwise)
  return (render) => {
    for (const branch of compiled) if (branch.condition(render)) return branch.body(render)
    last(render)
  }
}

export function compileForeach(node: ForeachNode, compiler: Compiler): Run {
  const { scope, maxIterations } = compiler
  const slot = scope.slot(node.variable)
  const list = compiler.expression(node.list)
  const body = compiler.block(node.body)
  return (render) => {
    const items = iterable(list(render))
    if (items === null) return
    const loop = new Loop(render, slot)
    const length = items.length
    // As Java's iterator does, this throws when the list has changed, unless the loop ends just here.
    for (let index = 0; index !== items.length; index++) {
      if (items.length !== length) {
        render.at = node.at
        throw new MethodFault('ConcurrentModificationException')
      }
      if (index >= maxIterations) throw new BudgetFault('iterations', `${maxIterations} turns of a #foreach`)
      const item = items[index]
      loop.turn(item, index, index + 1 < length)
      if (item === null || item === undefined) loop.runHidden(body)
      else body(render)
      if (render.stop !== null) {
        loop.takeStop()
        break
      }
    }
    loop.end()
  }
}

/** The items that `#foreach` visits; null for a value that is no list. */
function iterable(value: Value): readonly Value[] | null {
  if (Array.isArray(value)) return value
  if (value instanceof JavaObject) {
    const values = value.values()
    return values === null ? null : Array.isArray(values) ? values : [...values]
  }
  return isMap(value) ? mapValues(value) : null
}

/**
 * A running loop with its variables: the item, `$foreach`, `$velocityCount`, `$velocityHasNext`. They get their earlier
 * values back at its end.
 */
class Loop {
  private readonly render: Render
  private readonly scope: LoopScope
  private readonly itemSlot: number
  private readonly scopeSlot: number | undefined
  private readonly countSlot: number | undefined
  private readonly hasNextSlot: number | undefined
  private readonly itemBefore: Value
  private readonly scopeBefore: Value
  private readonly countBefore: Value
  private readonly hasNextBefore: Value

  constructor(render: Render, itemSlot: number) {
    this.render = render
    this.itemSlot = itemSlot
    this.scopeSlot = render.scope.find('foreach')
    this.countSlot = render.scope.find('velocityCount')
    this.hasNextSlot = render.scope.find('velocityHasNext')
    this.itemBefore = render.read(itemSlot)
    this.scopeBefore = this.read(this.scopeSlot)
    this.countBefore = this.read(this.countSlot)
    this.hasNextBefore = this.read(this.hasNextSlot)
    this.scope = new LoopScope(this.scopeBefore)
    this.put(this.scopeSlot, this.scope)
  }

  turn(item: Value, index: number, hasNext: boolean): void {
    this.render.meter.spend(1)
    this.put(this.countSlot, index + 1)
    this.put(this.hasNextSlot, hasNext)
    this.put(this.itemSlot, item)
    this.scope.index = index
    this.scope.hasNext = hasNext
  }

  /** Runs the body for an item that is null: the variable stays null, whatever the body sets. */
  runHidden(body: Run): void {
    const { render } = this
    const caller = render.frame
    render.frame = { caller, locals: new Map(), args: new Map(), literals: new Map(), hiddenSlot: this.itemSlot }
    body(render)
    render.frame = caller
  }

  /** Ends a stop that was meant for this loop; others go on to outer constructs. */
  takeStop(): void {
    const { stop } = this.render
    if (stop === 'nearest' || stop === this.scope) this.render.stop = null
  }

  end(): void {
    this.restore(this.itemSlot, this.itemBefore)
    this.restore(this.countSlot, this.countBefore)
    this.restore(this.hasNextSlot, this.hasNextBefore)
    this.restore(this.scopeSlot, this.scopeBefore)
  }

  private read(slot: number | undefined): Value {
    return slot === undefined ? null : this.render.read(slot)
  }

  private put(slot: number | undefined, value: Value): void {
    if (slot !== undefined) this.render.assign(slot, value)
  }

  private restore(slot: number | undefined, value: Value): void {
    if (slot !== undefined) this.render.restore(slot, value)
  }
}

/** Defines a macro at compile time. The first definition of a name wins, inner ones before outer ones; calls may come before it. */
export function defineMacro(node: Extract<Node, { kind: 'macro' }>, compiler: Compiler): void {
  const parameters = node.parameters.map((name) => ({ slot: compiler.scope.slot(name), literal: `$${name}` }))
  const { name } = node
  const run = compiler.block(node.body)
  if (!compiler.scope.macros.has(name)) compiler.scope.macros.set(name, { name, parameters, run })
}

export function compileCall(node: MacroCallNode, compiler: Compiler): Run {
  const args = node.arguments.map((argument) => ({
    evaluate: compiler.expression(argument),
    source: argument.source,
    isByName: isByName(argument),
  }))
  const body = node.body === null ? null : compiler.block(node.body)
  const bodySlot = body === null ? 0 : compiler.scope.slot('bodyContent')
  return (render) => {
    const macro = render.scope.macros.get(node.name)
    if (macro === undefined) return render.write(node.source)
    render.at = node.at
    if (node.word !== null) throw new MethodFault(`#${node.name} takes no bare word "${node.word}"`)
    const frame = enterMacro(macro, args, render)
    if (body !== null) frame.locals.set(bodySlot, new Block(render, body, maxMacroDepth))
    render.frame = frame
    render.callDepth++
    macro.run(render)
    render.callDepth--
    render.frame = frame.caller
    if (render.stop === 'nearest') render.stop = null
  }
}

interface Argument {
  readonly evaluate: Evaluate
  readonly source: string
  readonly isByName: boolean
}

/** The frame of a call with its arguments; parameters without one are looked up in the frames around it. */
function enterMacro(macro: Macro, args: readonly Argument[], render: Render): Frame {
  render.meter.spend(1)
  if (render.callDepth >= maxMacroDepth) {
    throw new MethodFault(`Macro #${macro.name} calls deeper than ${maxMacroDepth} levels`)
  }
  const frame: Frame = { caller: render.frame, locals: new Map(), args: new Map(), literals: new Map(), hiddenSlot: -1 }
  for (const [index, { slot, literal }] of macro.parameters.entries()) {
    const argument = args[index]
    if (argument === undefined) break
    if (argument.isByName) {
      frame.args.set(slot, argument.evaluate)
      frame.literals.set(literal, argument.source)
    } else {
      frame.locals.set(slot, argument.evaluate(render))
    }
  }
  return frame
}

function isByName({ kind }: Expression): boolean {
  return kind !== 'literal'
}

export function compileDefine(name: string, body: readonly Node[], compiler: Compiler): Run {
  const slot = compiler.scope.slot(name)
  const run = compiler.block(body)
  return (render) => render.assign(slot, new Block(render, run, maxDefineDepth))
}

export function compileEvaluate(source: Expression, at: number, compiler: Compiler): Run {
  // The text of `#evaluate` may use any of a loop's variables.
  for (const name of loopVariables) compiler.scope.slot(name)
  const evaluate = compiler.expression(source)
  return (render) => {
    compiler.evaluate(textOf(evaluate(render), render.meter) ?? '', render, at)
    if (render.stop === 'nearest' || render.stop === 'template') render.stop = null
  }
}

export function compileBreak(scope: Expression | null, at: number, compiler: Compiler): Run {
  if (scope === null) {
    return (render) => {
      render.stop = 'nearest'
    }
  }
  const evaluate = compiler.expression(scope)
  return (render) => {
    const loop = evaluate(render)
    render.at = at
    if (!(loop instanceof LoopScope)) throw new MethodFault('#break takes the scope of a loop, such as $foreach.parent')
    render.stop = loop
  }
}
