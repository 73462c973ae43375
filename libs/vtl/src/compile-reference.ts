// Compiles references: reading, printing and setting them.
import { callMethod, getIndex, getProperty, methodSite, propertySite, setIndex, setProperty } from './access.ts'
import type { Compiler } from './compiler.ts'
import { textOf } from './print.ts'
import { Block, type Evaluate, type Frame, type Render, type Run } from './render.ts'
import type { Accessor, ReferenceNode } from './syntax.ts'
import type { Value } from './values.ts'

type Step = (render: Render, target: Value) => Value

/** Compiles a reference into a closure that gives its value; null as soon as one part is null. */
export function compileRead(reference: ReferenceNode, compiler: Compiler): Evaluate {
  return compileSteps(reference.root, reference.accessors, compiler)
}

function compileSteps(root: string, accessors: readonly Accessor[], compiler: Compiler): Evaluate {
  const slot = compiler.scope.slot(root)
  const steps = accessors.map((accessor) => compileStep(accessor, compiler))
  const [first, second] = steps
  if (first === undefined) return (render) => (render.frame === null ? render.variables[slot] : render.read(slot))
  if (second === undefined) {
    return (render) => {
      const value = render.frame === null ? render.variables[slot] : render.read(slot)
      return value === null || value === undefined ? null : first(render, value)
    }
  }
  return (render) => {
    let value = render.read(slot)
    for (const step of steps) {
      if (value === null || value === undefined) return null
      value = step(render, value)
    }
    return value
  }
}

function compileStep(accessor: Accessor, compiler: Compiler): Step {
  const { at } = accessor
  switch (accessor.kind) {
    case 'property': {
      const site = propertySite(accessor.name)
      return (render, target) => {
        render.at = at
        return getProperty(target, site, render)
      }
    }
    case 'index': {
      const index = compiler.expression(accessor.argument)
      return (render, target) => {
        const value = index(render)
        render.at = at
        return getIndex(target, value)
      }
    }
    case 'method': {
      const site = methodSite(accessor.name)
      const args = accessor.arguments.map((argument) => compiler.expression(argument))
      return (render, target) => {
        const values: Value[] = []
        for (const argument of args) values.push(argument(render))
        render.at = at
        render.meter.spend(1)
        return callMethod(target, site, values, render)
      }
    }
  }
}

/** Compiles a reference that stands in the text. */
export function compilePrint(reference: ReferenceNode, compiler: Compiler): Run {
  const read = compileRead(reference, compiler)
  const shown = reference.quiet ? '' : reference.source
  const halfEscape = '\\'.repeat(reference.backslashes >> 1)
  if (reference.backslashes % 2 === 1) return compileEscaped(read, reference.source, halfEscape)
  const before = halfEscape + reference.prefix
  const isPlainName = reference.accessors.length === 0
  return (render) => {
    const value = read(render)
    if (typeof value === 'string') return render.write(before === '' ? value : before + value)
    if (value instanceof Block) {
      if (value.write()) return
    } else {
      const text = textOf(value, render.meter)
      if (text !== null) return render.write(before + text)
    }
    if (compiler.isMissingEmpty) return render.write(before)
    render.write(halfEscape + before + (isPlainName ? argumentLiteral(render.frame, shown) : shown))
  }
}

/** Compiles an escaped reference: `\$name` prints as `$name` when there is such a value, otherwise as it was written. */
function compileEscaped(read: Evaluate, source: string, before: string): Run {
  return (render) => {
    const value = read(render)
    const isMissing = value === null || value === undefined
    render.write(before + (isMissing ? '\\' : '') + source)
  }
}

/** How an undefined parameter of a macro prints: as the argument was written. */
function argumentLiteral(frame: Frame | null, shown: string): string {
  for (let caller = frame; caller !== null; caller = caller.caller) {
    const literal = caller.literals.get(shown)
    if (literal !== undefined) return literal
  }
  return shown
}

/** Compiles `#set(target = value)`. A missing value sets nothing, and so does a bare `${name}` or `$!name`. */
export function compileSet(target: ReferenceNode, value: Evaluate, compiler: Compiler): Run {
  const last = target.accessors.at(-1)
  if (last === undefined) {
    if (target.formal || target.quiet) return (render) => void value(render)
    const slot = compiler.scope.slot(target.root)
    return (render) => {
      const result = value(render)
      if (result !== null && result !== undefined) render.assign(slot, result)
    }
  }
  const owner = compileSteps(target.root, target.accessors.slice(0, -1), compiler)
  const set = compileSetter(last, compiler)
  return (render) => {
    const result = value(render)
    if (result === null || result === undefined) return
    const object = owner(render)
    if (object === null || object === undefined) return
    render.at = last.at
    set(render, object, result)
  }
}

function compileSetter(last: Accessor, compiler: Compiler): (render: Render, target: Value, value: Value) => void {
  if (last.kind !== 'index') return (_render, target, value) => setProperty(target, last.name, value)
  const index = compiler.expression(last.argument)
  return (render, target, value) => setIndex(target, index(render), value)
}
