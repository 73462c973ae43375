// Compiles a template once, into closures that render it many times.
import { Meter, type Budget } from './budget.ts'
import {
  compileBreak,
  compileCall,
  compileDefine,
  compileEvaluate,
  compileForeach,
  compileIf,
  defineMacro,
} from './compile-directive.ts'
import { compileCondition, compileExpression } from './compile-expression.ts'
import { compilePrint, compileRead, compileSet } from './compile-reference.ts'
import type { Compiler } from './compiler.ts'
import { BudgetFault, MethodFault, TemplateFault, positionOf, type Position } from './faults.ts'
import { parseTemplate, type ParseOptions } from './parse.ts'
import { cachedRegexEngine, plainRegexEngine, type RegexEngine } from './regex.ts'
import { Render, type Run } from './render.ts'
import { Scope } from './scope.ts'
import type { Node } from './syntax.ts'
import type { Value } from './values.ts'

/** Options for compiling a template. */
export interface TemplateOptions {
  /**
   * What a reference without a value does. `source`, the default and Velocity's own way, prints it as written. `empty`,
   * Amazon API Gateway's way, prints nothing and equals the empty string.
   */
  readonly missing?: 'source' | 'empty'
  /** Longest template, in characters. Default 307,200. */
  readonly maxChars?: number
  /** Deepest nesting of directives, values and operators. Default 200. */
  readonly maxDepth?: number
  /** How many turns one `#foreach` may take; more end in a `BudgetFault`. Default: as many as the budget of steps allows. */
  readonly maxIterations?: number
  /** Directives that are refused. Default: `include` and `parse`. */
  readonly refusedDirectives?: ReadonlySet<string>
  /** The compiler of regular expressions. Default: JavaScript's own, for patterns whose matching cannot take long. */
  readonly regex?: RegexEngine
}

/** The variables of a render, by name without `$`. */
export type Variables = ReadonlyMap<string, Value> | Readonly<Record<string, Value>>

/** A compiled template. */
export interface Template {
  /** Renders the template. Throws `TemplateFault` and `BudgetFault`. The values given may be changed by the template. */
  readonly render: (variables: Variables, budget?: Budget) => string
}

const defaultMaxChars = 307_200
const defaultMaxDepth = 200
const defaultRefusedDirectives: ReadonlySet<string> = new Set(['include', 'parse'])
const defaultBudget: Budget = {}

/** Compiles a template. Throws `TemplateFault` when it does not parse. */
export function compileTemplate(text: string, options: TemplateOptions = {}): Template {
  const scope = new Scope()
  const compilation = new Compilation(scope, options, (at) => positionOf(text, at))
  const run = compilation.compile(text)
  const regex = cachedRegexEngine(options.regex ?? plainRegexEngine)
  return {
    render(variables, budget = defaultBudget) {
      const render = new Render(scope, reader(variables), new Meter(budget), regex)
      try {
        run(render)
      } catch (error) {
        throw asFault(error, positionOf(text, render.at))
      }
      return render.out
    },
  }
}

function reader(variables: Variables): (name: string) => Value {
  if (variables instanceof Map) return (name) => variables.get(name)
  const record = variables as Readonly<Record<string, Value>>
  return (name) => (Object.hasOwn(record, name) ? record[name] : null)
}

/**
 * The fault to throw for an error: those of methods get their place, and V8's own limits, a stack or a string too long,
 * count as budgets.
 */
function asFault(error: unknown, position: Position): unknown {
  if (error instanceof MethodFault) return new TemplateFault(error.message, position)
  if (error instanceof RangeError) return new BudgetFault('depth', 'the JavaScript engine')
  return error
}

class Compilation implements Compiler {
  readonly scope: Scope
  readonly isMissingEmpty: boolean
  readonly maxIterations: number
  private readonly options: TemplateOptions
  private readonly parseOptions: ParseOptions
  private readonly locate: (at: number) => Position

  constructor(scope: Scope, options: TemplateOptions, locate: (at: number) => Position) {
    this.scope = scope
    this.options = options
    this.locate = locate
    this.isMissingEmpty = options.missing === 'empty'
    this.maxIterations = options.maxIterations ?? Infinity
    this.parseOptions = {
      maxChars: options.maxChars ?? defaultMaxChars,
      maxDepth: options.maxDepth ?? defaultMaxDepth,
      refusedDirectives: options.refusedDirectives ?? defaultRefusedDirectives,
    }
  }

  /** Compiles a text; one that stands inside of the template has all its places at `at`. */
  compile(text: string, at?: number): Run {
    return this.block(parseTemplate(text, this.parseOptions, at))
  }

  readonly expression: Compiler['expression'] = (expression) => compileExpression(expression, this)
  readonly condition: Compiler['condition'] = (expression) => compileCondition(expression, this)
  readonly reference: Compiler['reference'] = (reference) => compileRead(reference, this)

  readonly block: Compiler['block'] = (nodes) => {
    const runs = nodes.flatMap((node) => this.node(node) ?? [])
    const [first] = runs
    if (first === undefined) return () => {}
    return (render) => {
      render.meter.spend(runs.length)
      for (let index = 0; index < runs.length; index++) {
        runs[index]?.(render)
        if (render.stop !== null) return
      }
    }
  }

  readonly string: Compiler['string'] = (text, at) => {
    // A string is parsed with a space after it, which is then taken off again, unless a comment has swallowed it.
    const isPadded = !text.includes('##')
    const run = this.within(at, (compilation) => compilation.compile(isPadded ? `${text} ` : text, at))
    return isPadded ? (render) => render.capture(run).slice(0, -1) : (render) => render.capture(run)
  }

  readonly evaluate: Compiler['evaluate'] = (text, render, at) => {
    render.meter.spend(2 * text.length)
    const scope = new Scope(render.scope)
    const known = scope.names.length
    const run = this.within(at, () => new Compilation(scope, this.options, () => this.locate(at)).compile(text, at))
    for (let slot = known; slot < scope.names.length; slot++) {
      render.variables[slot] = render.given(scope.names[slot] ?? '')
    }
    render.scope = scope
    run(render)
  }

  /** Compiles a text within the text: its faults are placed where it stands. */
  private within(at: number, compile: (compilation: Compilation) => Run): Run {
    try {
      return compile(this)
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error
      throw new TemplateFault(error.message.replace(/ at line \d+, column \d+$/, ''), this.locate(at))
    }
  }

  /** The code that renders a node; null for a macro, which is defined at once. */
  private node(node: Node): Run | null {
    switch (node.kind) {
      case 'macro':
        defineMacro(node, this)
        return null
      case 'text':
        return (render) => render.write(node.text)
      case 'reference':
        return compilePrint(node, this)
      case 'set':
        return compileSet(node.target, this.expression(node.value), this)
      case 'if':
        return compileIf(node.branches, node.otherwise, this)
      case 'foreach':
        return compileForeach(node, this)
      case 'call':
        return compileCall(node, this)
      case 'define':
        return compileDefine(node.name, node.body, this)
      case 'evaluate':
        return compileEvaluate(node.source, node.at, this)
      case 'break':
        return compileBreak(node.scope, node.at, this)
      case 'stop':
        return (render) => {
          render.stop = 'template'
        }
    }
  }
}
