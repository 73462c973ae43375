// The state of one render: variables, output, the macro calls in progress.
import type { Meter } from './budget.ts'
import { BudgetFault } from './faults.ts'
import type { RegexEngine } from './regex.ts'
import type { Scope } from './scope.ts'
import { JavaObject, type Value } from './values.ts'

/** A compiled piece of a template that writes output. */
export type Run = (render: Render) => void
/** A compiled piece of a template that has a value. */
export type Evaluate = (render: Render) => Value

/** A compiled macro: its parameters as slots, with the text that each prints when it is undefined. */
export interface Macro {
  readonly name: string
  readonly parameters: readonly { readonly slot: number; readonly literal: string }[]
  readonly run: Run
}

/** A `#break` or `#stop` on its way up: to the nearest construct that can be left, to one loop, or to the template. */
export type Stop = 'nearest' | 'template' | JavaObject

/**
 * One macro call. Arguments are passed by name: each is evaluated in the caller's frame whenever it is read. What the
 * body sets is seen here first, and everywhere else too.
 */
export interface Frame {
  readonly caller: Frame | null
  readonly locals: Map<number, Value>
  readonly args: Map<number, Evaluate>
  readonly literals: Map<string, string>
  /** The slot that reads as null in the turn of a loop over a null item, whatever is set; -1 for none. */
  hiddenSlot: number
}

export class Render {
  readonly meter: Meter
  readonly regex: RegexEngine
  /** Variables by slot. */
  readonly variables: Value[]
  /** The names in use; a copy of its own once `#evaluate` adds names or macros. */
  scope: Scope
  readonly given: (name: string) => Value
  out = ''
  frame: Frame | null = null
  callDepth = 0
  stop: Stop | null = null
  /** The offset of the running call, for faults. */
  at = 0

  constructor(scope: Scope, given: (name: string) => Value, meter: Meter, regex: RegexEngine) {
    this.scope = scope
    this.given = given
    this.meter = meter
    this.regex = regex
    this.variables = scope.names.map(given)
  }

  write(text: string): void {
    this.out += text
    if (this.out.length > this.meter.outputChars) {
      throw new BudgetFault('output', `${this.meter.outputChars} characters`)
    }
  }

  /** Runs a piece and gives what it wrote instead of writing it. */
  capture(run: Run): string {
    const before = this.out
    this.out = ''
    run(this)
    const written = this.out
    this.out = before
    return written
  }

  read(slot: number): Value {
    if (this.frame === null) return this.variables[slot]
    for (let frame: Frame | null = this.frame; frame !== null; frame = frame.caller) {
      if (frame.hiddenSlot === slot) return null
      const local = frame.locals.get(slot)
      if (local !== undefined && local !== null) return local
      const argument = frame.args.get(slot)
      if (argument !== undefined) return this.inFrame(frame.caller, argument)
    }
    return this.variables[slot]
  }

  assign(slot: number, value: Value): void {
    for (let frame = this.frame; frame !== null; frame = frame.caller) frame.locals.set(slot, value)
    this.variables[slot] = value
  }

  remove(slot: number): void {
    for (let frame = this.frame; frame !== null; frame = frame.caller) {
      frame.locals.delete(slot)
      frame.args.delete(slot)
      if (frame.hiddenSlot === slot) frame.hiddenSlot = -1
    }
    this.variables[slot] = null
  }

  /** Puts a value back as it was before a loop. */
  restore(slot: number, value: Value): void {
    if (value === null || value === undefined) this.remove(slot)
    else this.assign(slot, value)
  }

  inFrame<Result>(frame: Frame | null, evaluate: (render: Render) => Result): Result {
    this.meter.spend(1)
    const current = this.frame
    this.frame = frame
    const result = evaluate(this)
    this.frame = current
    return result
  }
}

/** The value that `#define`, or the body of `#@macro`, leaves in a variable: rendered anew wherever it is printed. */
export class Block extends JavaObject {
  private readonly render: Render
  private readonly run: Run
  private readonly maxDepth: number
  private readonly definedIn: Frame | null
  private depth = 0

  constructor(render: Render, run: Run, maxDepth: number) {
    super()
    this.render = render
    this.run = run
    this.maxDepth = maxDepth
    this.definedIn = render.frame
  }

  /** Writes the block; false when it is already being written `maxDepth` times. */
  write(): boolean {
    if (this.depth >= this.maxDepth) return false
    this.depth++
    this.run(this.render)
    if (this.render.stop === 'nearest') this.render.stop = null
    this.depth--
    return true
  }

  override text(): string | null {
    let isWritten = true
    const text = this.render.capture((render) => {
      isWritten = render.inFrame(this.definedIn, () => this.write())
    })
    return isWritten ? text : null
  }

  override property(): Value {
    return null
  }

  override call(name: string, args: readonly Value[]): Value {
    return name === 'toString' && args.length === 0 ? this.text() : null
  }
}
