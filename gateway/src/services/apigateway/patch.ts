// The patch mechanism of all Update operations: tables of paths, the effect of each op, and AWS's three dialects of refusal.
import { BadRequestException, NotFoundException } from '@sluice/aws-protocol/apigateway'
import type { PatchOperation } from '@sluice/aws-protocol/apigateway'

/** One patch operation, matched to a rule. */
export interface Edit {
  readonly op: string
  readonly path: string
  readonly value: string | undefined
  readonly from: string | undefined
  /** The values of the rule's `{placeholders}`, in order, with `~1` and `~0` decoded. */
  readonly names: readonly string[]
}

export type Change<T> = (record: T, edit: Edit) => T

/** A patchable path and the effect of each op on it. In `/requestModels/{contentType}` the placeholder is one segment. */
export interface PatchRule<T> {
  readonly path: string
  readonly add?: Change<T>
  readonly replace?: Change<T>
  readonly remove?: Change<T>
  readonly copy?: Change<T>
}

/** The sentence of a refusal, for an op that no path of the resource takes, or a path that does not take the op. */
export type Dialect = <T>(edit: Edit, rules: readonly PatchRule<T>[], known: PatchRule<T> | undefined) => string

const ops = ['add', 'replace', 'remove', 'copy'] as const

/** Each operation goes through the whole record, and may make it longer. AWS's limit is not known (?). */
const mostOperations = 1_000

/** The operations of a request. Throws BadRequestException when there are too many. */
export function operationsOf(operations: readonly PatchOperation[] | undefined): readonly PatchOperation[] {
  if (operations === undefined) return []
  if (operations.length <= mostOperations) return operations
  throw new BadRequestException(`Too many patch operations: at most ${mostOperations} are allowed in a request`)
}

/** The record after all operations, applied in order. Throws BadRequestException in the dialect of the resource. */
export function patched<T>(
  record: T,
  operations: readonly PatchOperation[] | undefined,
  rules: readonly PatchRule<T>[],
  dialect: Dialect,
): T {
  let current = record
  for (const { op, path = 'null', value, from } of operationsOf(operations)) {
    const match = rules
      .map((rule) => ({ rule, names: namesIn(rule.path, path) }))
      .find(({ names }) => names !== undefined)
    const edit = { op: op ?? 'null', path, value, from, names: match?.names ?? [] }
    const change = op === undefined || op === 'move' || op === 'test' ? undefined : match?.rule[op]
    if (change === undefined) throw new BadRequestException(dialect(edit, rules, match?.rule))
    current = change(current, edit)
  }
  return current
}

/** The values of a pattern's placeholders in a path, or undefined when the path does not match. */
export function namesIn(pattern: string, path: string): readonly string[] | undefined {
  const expected = pattern.split('/')
  const given = path.split('/')
  if (expected.length !== given.length) return undefined
  const names: string[] = []
  for (const [index, segment] of expected.entries()) {
    const actual = given[index] ?? ''
    if (!segment.startsWith('{')) {
      if (segment !== actual) return undefined
    } else if (actual === '') return undefined
    else names.push(unescaped(actual))
  }
  return names
}

/** A segment of a JSON pointer with its escapes decoded. */
export function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}

// ---- dialects: recorded, two blanks after "path" in the first one included

/** Lists all paths: for Resource, RequestValidator, Model, ApiKey, UsagePlan and other flat resources. */
export const listingPaths: Dialect = ({ path, op }, rules) => {
  const taking = rules.filter((rule) => ops.some((each) => each === op && rule[each] !== undefined))
  const start = `Invalid patch path  '${path}' specified for op '${op}'.`
  if (taking.length === 0) return `${start} Please choose supported operations`
  return `${start} Must be one of: [${taking.map((rule) => rule.path).join(', ')}]`
}

/** Names an unknown path, and lists the ops of a known one: for RestApi, Method, MethodResponse and Integration. */
export const listingOps: Dialect = ({ path }, _rules, known) => {
  if (known === undefined) return `Invalid patch path ${path}`
  return `Invalid patch operation specified. Must be one of: [${ops.filter((op) => known[op] !== undefined).join(', ')}]`
}

/** Calls a path that does not take the op an invalid path: for GatewayResponse. */
export const namingPath: Dialect = ({ path }) => `Invalid patch path ${path}`

// ---- changes

/** The record with one member set, or without it when the value is undefined. */
export function withMember<T extends object, K extends keyof T>(record: T, name: K, value: T[K] | undefined): T {
  const entries = Object.entries(record).filter(([key]) => key !== name)
  return (value === undefined ? Object.fromEntries(entries) : { ...record, [name]: value }) as T
}

/** A change that sets a member to what `read` makes of the value. */
export function setting<T extends object, K extends keyof T>(
  name: K,
  read: (value: string | undefined, edit: Edit) => T[K] | undefined,
): Change<T> {
  return (record, edit) => withMember(record, name, read(edit.value, edit))
}

/** A change that removes a member. */
export function removing<T extends object>(name: keyof T): Change<T> {
  return (record) => withMember(record, name, undefined)
}

/** The text, or undefined for an empty or absent one, which removes the member. */
export function text(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

/** The boolean that a patch value means: anything but `true` is false, and is no error (recorded). */
export function flag(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}

/** Reads numbers from patch values; anything else throws BadRequestException with the sentence. */
export function numberOr(sentence: string): (value: string | undefined) => number {
  return (value) => {
    if (value === undefined || !/^-?\d{1,15}(\.\d{1,15})?$/.test(value)) throw new BadRequestException(sentence)
    return Number(value)
  }
}

/** Reads whole numbers of 32 bits, which is how clients read them; anything else throws BadRequestException with the sentence. */
export function integerOr(sentence: string): (value: string | undefined) => number {
  return (value) => {
    const number = value !== undefined && /^-?\d{1,10}$/.test(value) ? Number(value) : Number.NaN
    if (Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number
    throw new BadRequestException(sentence)
  }
}

/** Reads one of AWS's words; an empty or absent value removes the member. Throws BadRequestException for any other word. */
export function oneOf<const Word extends string>(what: string, words: readonly Word[]) {
  return (value: string | undefined): Word | undefined => {
    if (value === undefined || value === '') return undefined
    const word = words.find((each) => each === value)
    if (word !== undefined) return word
    throw new BadRequestException(`Invalid ${what} specified. Valid options are ${words.join(',')}`)
  }
}

export interface MapRule<V> {
  readonly read: (value: string | undefined, edit: Edit) => V
  /** The sentence of the 404 for removing an entry that does not exist, and with `strict` for replacing one. */
  readonly absent: string
  readonly strict?: boolean
}

/** The patch rule for a map's entries (`/responseModels/{contentType}`). A map that loses its last entry is removed (recorded). */
export function mapEntries<T extends object, V>(path: string, name: keyof T, rule: MapRule<V>): PatchRule<T> {
  const entriesOf = (record: T) => (record[name] ?? {}) as Readonly<Record<string, V>>
  const put: Change<T> = (record, edit) => ({
    ...record,
    [name]: { ...entriesOf(record), [edit.names.at(-1) ?? '']: rule.read(edit.value, edit) },
  })
  const present = (record: T, edit: Edit) => {
    if (!Object.hasOwn(entriesOf(record), edit.names.at(-1) ?? '')) throw new NotFoundException(rule.absent)
  }
  return {
    path,
    add: put,
    replace: (record, edit) => {
      if (rule.strict === true) present(record, edit)
      return put(record, edit)
    },
    remove: (record, edit) => {
      present(record, edit)
      const left = Object.entries(entriesOf(record)).filter(([key]) => key !== edit.names.at(-1))
      return withMember(
        record,
        name,
        (left.length === 0 ? undefined : Object.fromEntries(left)) as T[keyof T] | undefined,
      )
    },
  }
}

/**
 * The patch rule for a list of names that are given as values (`add /providerARNs` with an ARN). A list that loses its last
 * name is removed.
 */
export function listValues<T extends object>(path: string, name: keyof T): PatchRule<T> {
  const listOf = (record: T) => (record[name] ?? []) as readonly string[]
  return {
    path,
    add: (record, { value }) =>
      value === undefined || listOf(record).includes(value)
        ? record
        : { ...record, [name]: [...listOf(record), value] },
    remove: (record, { value }) => {
      const left = value === undefined ? [] : listOf(record).filter((each) => each !== value)
      return withMember(record, name, (left.length === 0 ? undefined : left) as T[keyof T] | undefined)
    },
  }
}
