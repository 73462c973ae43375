// Compiles the syntax of a path to closures: one loop for a definite path, a chain of visits for any other.
import type { CompileRegex, Predicate } from './filter.ts'
import { compileFilter } from './filter.ts'
import { functions } from './functions.ts'
import type { Read, Run, Scope, Visit } from './run.ts'
import { hopeless, isObject, misfit, spend } from './run.ts'
import type { Chain } from './select.ts'
import { scan, selectIndices, selectNames, selectSlice, selectWildcard } from './select.ts'
import { isDefinitePath, isDefiniteStep } from './syntax.ts'
import type { ParameterSyntax, PathSyntax, StepSyntax } from './syntax.ts'

/** Options for compiling a path's steps. `whole`: every name must exist in whatever the path meets, except after a deep scan. */
export interface StepsContext {
  readonly compileRegex: CompileRegex | undefined
  readonly whole: boolean
}

/** Compiles the steps of a path; the closure starts from the value that it is given, whatever the path's origin. @throws PathFault */
export function compileSteps(path: PathSyntax, context: StepsContext): Read {
  const keys = path.steps.map(keyOf)
  if (keys.every((key) => key !== undefined)) return compileKeys(keys)
  const definite = isDefinitePath(path)
  const visit = compileChain(path.steps, context)
  return (value, { root, budget }) => {
    const run: Run = { root, budget, found: [], failed: false }
    visit(value, run)
    if (run.failed) return undefined
    return definite ? run.found.at(-1) : run.found
  }
}

function keyOf(step: StepSyntax): string | number | undefined {
  if (step.kind === 'names' && step.names.length === 1) return step.names[0]
  return step.kind === 'indices' && step.indices.length === 1 ? step.indices[0] : undefined
}

/** Compiles paths of names and indices alone, which need no visits. */
function compileKeys(keys: readonly (string | number)[]): Read {
  return (value) => {
    let current = value
    for (const key of keys) {
      if (typeof key === 'number') {
        if (!Array.isArray(current)) return undefined
        current = current[key < 0 ? key + current.length : key]
      } else {
        if (!isObject(current) || !Object.hasOwn(current, key)) return undefined
        current = current[key]
      }
    }
    return current
  }
}

function compileChain(steps: readonly StepSyntax[], context: StepsContext): Visit {
  let next: Visit = (value, run) => void run.found.push(value)
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at]
    if (step === undefined) break
    const last = at === steps.length - 1
    const scanned = steps[at - 1]?.kind === 'scan'
    const firm = steps.slice(0, at).every((earlier) => isDefiniteStep(earlier, false))
    const strict = context.whole && !scanned
    next = compileStep(step, { next, last, firm, whole: scanned || context.whole, strict, scanned }, context)
  }
  return next
}

function compileStep(step: StepSyntax, chain: Chain, context: StepsContext): Visit {
  switch (step.kind) {
    case 'names':
      return selectNames(step.names, chain)
    case 'indices':
      return selectIndices(step.indices, chain)
    case 'slice':
      return selectSlice(step, chain)
    case 'wildcard':
      return selectWildcard(chain)
    case 'scan':
      return scan(chain)
    case 'filter':
      return selectFiltered(step, chain, context)
    default:
      return applyFunction(step, chain, context)
  }
}

/** Steps charged for a filter that cannot be applied: throwing and catching takes some microseconds. */
const stepsOfAMisfit = 50

function selectFiltered(step: Extract<StepSyntax, { kind: 'filter' }>, chain: Chain, context: StepsContext): Visit {
  const { next, firm, scanned } = chain
  const holds = compileFilter(step.filter, {
    compileRegex: context.compileRegex,
    compilePath: (path, whole) => {
      const read = compileSteps(path, { compileRegex: context.compileRegex, whole })
      const cost = path.steps.length
      return (element, scope) => {
        spend(scope.budget, cost)
        return read(path.origin === '@' ? element : scope.root, scope)
      }
    },
  })
  const passes: Predicate = (element, scope) => {
    try {
      return holds(element, scope)
    } catch (error) {
      if (error !== misfit) throw error
      spend(scope.budget, stepsOfAMisfit)
      return false
    }
  }
  return (value, run) => {
    if (isObject(value)) {
      spend(run.budget, 1)
      if (passes(value, run)) next(value, run)
    } else if (!Array.isArray(value)) {
      if (firm) throw misfit
    } else if (!scanned || passes(value, run)) {
      // A scan asks the list itself first, and its elements only if it passes.
      for (const element of value) {
        spend(run.budget, 1)
        if (passes(element, run)) next(element, run)
      }
    }
  }
}

function applyFunction(step: Extract<StepSyntax, { kind: 'function' }>, chain: Chain, context: StepsContext): Visit {
  const { next, firm, last } = chain
  const apply = functions[step.name]
  const readers = step.parameters.map((parameter) => compileParameter(parameter, context))
  // Jayway loses its way after a function without parameters: nothing is ever found behind it.
  if (!last && readers.length === 0) return (_value, run) => void (run.failed ||= firm)
  return (value, run) => {
    const parameters = readers.map((read) => read(run))
    spend(run.budget, 1)
    if (parameters.includes(undefined)) {
      run.failed = true
      return
    }
    const result = apply(value, parameters, run.budget)
    if (result === undefined) throw hopeless
    next(result, run)
  }
}

function compileParameter(parameter: ParameterSyntax, context: StepsContext): (scope: Scope) => unknown {
  if (parameter.kind === 'literal') return () => parameter.value
  const read = compileSteps(parameter.path, { compileRegex: context.compileRegex, whole: false })
  // In parameters, Jayway's `@` is the document as well.
  return (scope) => read(scope.root, scope)
}
