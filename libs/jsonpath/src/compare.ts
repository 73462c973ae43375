// Compares two values by the operators of filters, with Jayway's coercions: 1 == '1', but not 1 < '2'.
import { isObject, misfit, namesOf, spend } from './run.ts'
import type { Budget } from './run.ts'
import type { Operator } from './syntax.ts'

/** Compares two values; undefined stands for a path that leads nowhere. */
export type Compare = (left: unknown, right: unknown, budget: Budget) => boolean

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * Equality: a number equals a text that spells the same number, a text equals a number that is written like it.
 * @param rightText how the right number is written, where it is a literal: '1' == 1 but not '1' == 1.0
 */
export function equal(left: unknown, right: unknown, budget: Budget, rightText?: string): boolean {
  if (left === undefined || right === undefined) return false
  if (typeof left === 'number' && typeof right === 'string') return decimal.test(right) && Number(right) === left
  if (typeof left === 'string' && typeof right === 'number') return left === (rightText ?? String(right))
  return same(left, right, budget)
}

/** Whether two JSON values are the same, without coercion; iterative, for documents may be nested deeper than the stack. */
function same(left: unknown, right: unknown, budget: Budget): boolean {
  const pairs: [unknown, unknown][] = [[left, right]]
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [one, other] = pair
    spend(budget, 1 + cost(one, other))
    if (one === other) continue
    if (Array.isArray(one) && Array.isArray(other)) {
      if (one.length !== other.length) return false
      for (const [at, element] of one.entries()) pairs.push([element, other[at]])
    } else if (isObject(one) && isObject(other)) {
      const names = namesOf(one, budget)
      if (names.length !== namesOf(other, budget).length) return false
      if (!names.every((name) => Object.hasOwn(other, name))) return false
      for (const name of names) pairs.push([one[name], other[name]])
    } else {
      return false
    }
  }
  return true
}

// Comparing texts is cheap, but texts can be long: 64 characters count as a step.
function cost(left: unknown, right: unknown): number {
  return typeof left === 'string' && typeof right === 'string' ? Math.min(left.length, right.length) >> 6 : 0
}

/** Every operator except `=~`, which compiles its pattern first. */
export const comparisons: { readonly [name in Exclude<Operator, '=~'>]: Compare } = {
  '==': equal,
  '!=': (left, right, budget) => !equal(left, right, budget),
  '===': (left, right, budget) => left !== undefined && right !== undefined && same(left, right, budget),
  '!==': (left, right, budget) => left === undefined || right === undefined || !same(left, right, budget),
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
  in: (left, right, budget) => isList(right) && isMember(left, right, budget),
  nin: (left, right, budget) => !(isList(right) && isMember(left, right, budget)),
  contains: (left, right, budget) => {
    if (typeof left !== 'string') return isMember(right, left, budget)
    spend(budget, left.length >> 6)
    return typeof right === 'string' && left.includes(right)
  },
  subsetof: lists((left, right, budget) => left.every((element) => isMember(element, right, budget))),
  anyof: lists((left, right, budget) => left.some((element) => isMember(element, right, budget))),
  noneof: lists((left, right, budget) => !left.some((element) => isMember(element, right, budget))),
  size: (left, right) => {
    const sized = typeof left === 'string' || Array.isArray(left)
    return sized && typeof right === 'number' && left.length === Math.trunc(right)
  },
  empty: (left, right, budget) => {
    const answer = isEmpty(left, budget)
    if (answer !== undefined && typeof right !== 'boolean') throw misfit
    return answer === right
  },
  // Jayway compares the value itself with true or false; `[?(@.a)]` is how to ask for existence.
  exists: (left, right) => {
    if (typeof left !== 'boolean' || typeof right !== 'boolean') throw misfit
    return left === right
  },
}

function ordered(holds: (order: number) => boolean): Compare {
  return (left, right, budget) => {
    if (typeof left === 'number' && typeof right === 'number') return holds(left - right)
    if (typeof left !== 'string' || typeof right !== 'string') return false
    spend(budget, cost(left, right))
    return holds(left < right ? -1 : Number(left > right))
  }
}

type List = readonly unknown[]

function lists(holds: (left: List, right: List, budget: Budget) => boolean): Compare {
  return (left, right, budget) => isList(right) && isList(left) && holds(left, right, budget)
}

/** Whether a value is a list; an object is none. Nothing else can be asked. */
function isList(value: unknown): value is List {
  if (!Array.isArray(value) && !isObject(value)) throw misfit
  return Array.isArray(value)
}

function isMember(value: unknown, list: unknown, budget: Budget): boolean {
  if (value === undefined || !Array.isArray(list)) return false
  return list.some((element) => {
    spend(budget, 1)
    return equal(value, element, budget)
  })
}

function isEmpty(value: unknown, budget: Budget): boolean | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0
  return isObject(value) ? namesOf(value, budget).length === 0 : undefined
}
