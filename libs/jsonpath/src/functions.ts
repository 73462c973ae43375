// The functions of paths. Numbers come out as JavaScript numbers.
import { isObject, namesOf, spend } from './run.ts'
import type { Budget } from './run.ts'
import type { FunctionName } from './syntax.ts'

/** Applies a function to the value that it is called on; undefined when it cannot be applied, e.g. `min()` of no numbers. */
export type PathFunction = (value: unknown, parameters: readonly unknown[], budget: Budget) => unknown

/** Every function by its name. */
export const functions: { readonly [name in FunctionName]: PathFunction } = {
  min: numeric((numbers) => numbers.reduce((least, number) => Math.min(least, number))),
  // Jayway starts from the smallest number above zero, which is what it finds where none is greater.
  max: numeric((numbers) => numbers.reduce((most, number) => Math.max(most, number), Number.MIN_VALUE)),
  sum: numeric(sum),
  avg: numeric((numbers) => sum(numbers) / numbers.length),
  stddev: numeric(standardDeviation),
  length,
  size: length,
  keys: (value, _parameters, budget) => (isObject(value) ? namesOf(value, budget) : null),
  concat,
  append: (value, parameters, budget) => {
    if (!Array.isArray(value)) return value
    spend(budget, value.length)
    return [...(value as unknown[]), ...parameters]
  },
  first: (value) => elementAt(value, 0),
  last: (value) => elementAt(value, -1),
  index: (value, parameters) =>
    elementAt(
      value,
      parameters.find((parameter) => typeof parameter === 'number'),
    ),
}

/** A function of the numbers in the list it is called on and in its parameters; anything else there is passed over. */
function numeric(aggregate: (numbers: readonly number[]) => number): PathFunction {
  return (value, parameters, budget) => {
    const values = [Array.isArray(value) ? value : [], ...parameters].flat(1)
    spend(budget, values.length)
    const numbers = values.filter((element) => typeof element === 'number')
    return numbers.length === 0 ? undefined : aggregate(numbers)
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function standardDeviation(numbers: readonly number[]): number {
  const mean = sum(numbers) / numbers.length
  return Math.sqrt(sum(numbers.map((number) => number * number)) / numbers.length - mean * mean)
}

function length(value: unknown, parameters: readonly unknown[], budget: Budget): number | null {
  const counted = parameters.length === 0 ? value : parameters[0]
  if (Array.isArray(counted)) return counted.length
  return isObject(counted) ? namesOf(counted, budget).length : null
}

/** The element at an index, counted from the end when negative; Jayway then never gets to the first one. */
function elementAt(value: unknown, index: number | undefined): unknown {
  if (!Array.isArray(value) || index === undefined) return undefined
  const at = Math.trunc(index)
  return at < 0 && at + value.length === 0 ? undefined : (value as unknown[]).at(at)
}

/** The texts of the list it is called on, then the parameters as text, lists among them element by element. */
function concat(value: unknown, parameters: readonly unknown[], budget: Budget): string {
  const texts: unknown[] = Array.isArray(value) ? value.filter((element) => typeof element === 'string') : []
  let text = ''
  for (const part of [...texts, ...parameters.flat(1)]) {
    const added = printed(part, budget)
    spend(budget, 1 + added.length)
    text += added
  }
  return text
}

// As Java prints them: a list as JSON, an object as {name=value}, null not at all.
function printed(value: unknown, budget: Budget): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value) && !isObject(value)) return ''
  spendAll(value, budget)
  if (Array.isArray(value)) return JSON.stringify(value)
  const members = Object.entries(value)
  return `{${members.map(([name, member]) => `${name}=${member === null ? 'null' : printed(member, budget)}`).join(', ')}}`
}

const maxPrintedDepth = 500

/** Counts a value's whole content before it is printed, and refuses what is nested too deep for recursion. */
function spendAll(value: unknown, budget: Budget): void {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    spend(budget, depth < maxPrintedDepth ? level.length : Infinity)
    level = level.flatMap((element): unknown[] =>
      isObject(element) || Array.isArray(element) ? Object.values(element) : [],
    )
  }
}
