// JSONPath with the semantics of Jayway JsonPath, compiled to closures.
import { compileSteps } from './compile.ts'
import type { CompileRegex } from './filter.ts'
import { parsePath } from './parse.ts'
import { createBudget, hopeless, misfit } from './run.ts'
import { isDefinitePath } from './syntax.ts'

export { PathFault } from './fault.ts'
export type { CompileRegex } from './filter.ts'

/** A compiled path. */
export interface JsonPath {
  /** Whether the path leads to one value at most; it then reads that value, and a list otherwise. */
  readonly definite: boolean
  /**
   * Reads the path from a document as JSON.parse makes it; the result shares its values with the document.
   * Gives undefined (which no JSON value is) when a definite path, or the definite part of any path, leads nowhere.
   * @throws PathFault when the read looks at more of the document than the step budget allows
   */
  read(document: unknown): unknown
}

export interface PathOptions {
  /** Compiles the regular expressions of `=~`; without it such paths are refused. */
  readonly compileRegex?: CompileRegex
  /** How many values, elements and compared characters one read may look at; 2,000,000 unless told (some 50 ms). */
  readonly maxSteps?: number
}

const defaultMaxSteps = 2_000_000

/**
 * Compiles a path: `$.a.b`, `$['a','b']`, `$.list[0]`, `$..price`, `$.list[?(@.a == 1)]`, `$.list.length()`.
 * @throws PathFault with the offset of the offending character when the text is no path, or too long, or nested too deep
 */
export function compilePath(text: string, options: PathOptions = {}): JsonPath {
  const path = parsePath(text)
  const read = compileSteps(path, { compileRegex: options.compileRegex, whole: false })
  const maxSteps = options.maxSteps ?? defaultMaxSteps
  return {
    definite: isDefinitePath(path),
    read: (document) => {
      try {
        return read(document, { root: document, budget: createBudget(maxSteps) })
      } catch (error) {
        if (error === hopeless || error === misfit) return undefined
        throw error
      }
    },
  }
}
