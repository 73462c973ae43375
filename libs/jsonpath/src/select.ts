// The steps that lead from one value to its parts: names, indices, slices, wildcards and the deep scan.
import type { Run, Visit } from './run.ts'
import { isObject, spend } from './run.ts'

/** What a step has to know about the steps around it. */
export interface Chain {
  /** Handles each value that the step leads to. */
  readonly next: Visit
  /** Whether the step ends the path. */
  readonly last: boolean
  /** Whether everything before is definite, so that a dead end here ends the whole path; otherwise it is skipped. */
  readonly firm: boolean
  /** Whether several names that end the path must all be there. */
  readonly whole: boolean
  /** Whether a missing name ends the whole path, too. */
  readonly strict: boolean
  /** Whether a deep scan comes just before. */
  readonly scanned: boolean
}

/** `.a`, `['a']`; `['a','b']` makes an object of what is there, or leads to each where the path goes on. */
export function selectNames(names: readonly string[], { next, last, firm, whole, strict }: Chain): Visit {
  const [name] = names
  if (names.length === 1 && name !== undefined) {
    const isDeadEnd = firm || strict
    return (value, run) => {
      if (isObject(value) && Object.hasOwn(value, name)) next(value[name], run)
      else run.failed ||= isObject(value) ? isDeadEnd : firm
    }
  }
  if (!last) {
    return (value, run) => {
      spend(run.budget, names.length)
      if (!isObject(value)) run.failed ||= firm
      else
        for (const name of names) {
          if (Object.hasOwn(value, name)) next(value[name], run)
          else run.failed ||= strict
        }
    }
  }
  return (value, run) => {
    spend(run.budget, names.length)
    const present = isObject(value) ? names.filter((name) => Object.hasOwn(value, name)) : []
    if (!isObject(value)) run.failed ||= firm
    else if (whole && present.length < names.length) run.failed ||= firm || strict
    else next(Object.fromEntries(present.map((name) => [name, value[name]])), run)
  }
}

/** `[0]`, `[-1]`, `[0,2]`. An index beyond the end leads nowhere, but is no dead end of the whole path. */
export function selectIndices(indices: readonly number[], { next, firm }: Chain): Visit {
  return (value, run) => {
    if (Array.isArray(value)) visitAll(value, indices, { next, run })
    else run.failed ||= firm
  }
}

/** Visits the elements at `indices`, negative ones from the end. */
function visitAll(list: readonly unknown[], indices: Iterable<number>, { next, run }: { next: Visit; run: Run }): void {
  for (const index of indices) {
    spend(run.budget, 1)
    const at = index < 0 ? index + list.length : index
    if (at >= 0 && at < list.length) next(list[at], run)
  }
}

/** `[1:3]`, `[1:]`, `[:-1]`. */
export function selectSlice(slice: { from: number | undefined; to: number | undefined }, { next, firm }: Chain): Visit {
  return (value, run) => {
    if (!Array.isArray(value)) {
      run.failed ||= firm
      return
    }
    const [from, to] = bounds(slice, value.length)
    visitAll(value, span(from, to), { next, run })
  }
}

// With both ends given Jayway counts from one to the other as they stand, so [-2:1] is the last two and the first.
function bounds({ from, to }: { from: number | undefined; to: number | undefined }, length: number): [number, number] {
  if (to === undefined) return [from === undefined || from >= 0 ? (from ?? 0) : Math.max(0, from + length), length]
  if (from === undefined) return [0, Math.min(length, to < 0 ? to + length : to)]
  return [Math.max(-length, from), Math.min(length, to)]
}

function* span(from: number, to: number): Generator<number> {
  for (let index = from; index < to; index++) yield index
}

/** `.*`, `[*]`: every member or element; a scalar has none. */
export function selectWildcard({ next }: Chain): Visit {
  return (value, run) => {
    for (const part of partsOf(value)) {
      spend(run.budget, 1)
      next(part, run)
    }
  }
}

/** `..`: a list or object, then the lists and objects in it, parents first; with a stack of its own, for documents may be nested deeper than ours. */
export function scan({ next }: Chain): Visit {
  return (value, run) => {
    const open = [value]
    while (open.length > 0) {
      const container = open.pop()
      const parts = partsOf(container)
      spend(run.budget, 1 + parts.length)
      next(container, run)
      for (let at = parts.length - 1; at >= 0; at--) {
        const part = parts[at]
        if (typeof part === 'object' && part !== null) open.push(part)
      }
    }
  }
}

function partsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}
