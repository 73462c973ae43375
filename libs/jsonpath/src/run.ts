// The state of one read of a path: the rest of its budget, what it has found, and whether it broke off.
import { PathFault } from './fault.ts'

/** How many values, elements and characters a read may still look at; shared by all filters and parameters of one read. */
export interface Budget {
  stepsLeft: number
  /** How many times a regular expression was matched. */
  matches: number
  /** The thread's processor time when it was last read, in microseconds; 0 before the first reading. */
  processorUs: number
}

export function createBudget(steps: number): Budget {
  return { stepsLeft: steps, matches: 0, processorUs: 0 }
}

/** The document, which filters and parameters can see besides the value at hand. */
export interface Scope {
  readonly root: unknown
  readonly budget: Budget
}

/** A read in progress. `failed` means that the path leads nowhere, whatever was found before. */
export interface Run extends Scope {
  readonly found: unknown[]
  failed: boolean
}

/** Thrown by a function that cannot be applied: then the whole read gives nothing, even when the function is in a filter. */
export const hopeless: Error = new Error('the function cannot be applied')

/** Thrown when an operator cannot take its operands: the filter then does not hold, whatever else it says. */
export const misfit: Error = new Error('the filter cannot be asked')

/** Handles one value that a path came upon. */
export type Visit = (value: unknown, run: Run) => void

/** Reads a value from a value; undefined when the path leads nowhere. */
export type Read = (value: unknown, scope: Scope) => unknown

/** Takes steps from the budget. @throws PathFault when it is used up */
export function spend(budget: Budget, steps: number): void {
  budget.stepsLeft -= steps
  if (budget.stepsLeft < 0)
    throw new PathFault('the path looks at more of the document than its step budget allows', -1)
}

const matchesPerReading = 16
/** Steps charged for a microsecond of matching: the default budget then buys at most some 100 ms of it. */
const stepsPerUs = 20

/**
 * Charges a match against a text of `chars` characters. A short text may be long work for a pattern, so now and then the
 * processor time since the last reading is charged as well.
 * @throws PathFault when the budget is used up
 */
export function spendMatch(budget: Budget, chars: number): void {
  spend(budget, 1 + chars)
  if (budget.matches++ % matchesPerReading !== 0) return
  const { user, system } = process.threadCpuUsage()
  const processorUs = user + system
  if (budget.processorUs > 0) spend(budget, (processorUs - budget.processorUs) * stepsPerUs)
  budget.processorUs = processorUs
}

/** A JSON object, as JSON.parse makes it. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The names in an object, each counted as a step. */
export function namesOf(value: JsonObject, budget: Budget): string[] {
  const names = Object.keys(value)
  spend(budget, names.length)
  return names
}
