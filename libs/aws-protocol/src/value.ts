// Typed values as trees of plain objects, arrays and scalars: what JSON and CBOR bodies hold. Both directions.
import { Unreadable } from './fault.ts'
import type { TimestampFormat } from './model.ts'
import { javaName } from './scalar-text.ts'
import type { MapType, Member, ScalarType, Type } from './type.ts'

/** How a format writes the scalars that JSON has no form for. */
export interface ScalarForm {
  /** `undefined` when the value is none. */
  readonly readBlob: (value: unknown) => Uint8Array | undefined
  readonly readTimestamp: (value: unknown) => number | undefined
  readonly writeBlob: (bytes: Uint8Array) => unknown
  readonly writeTimestamp: (seconds: number, format: TimestampFormat | undefined) => unknown
  /** Numbers that JSON cannot write (`NaN`, infinities) stay numbers in CBOR. */
  readonly writeNumber: (value: number) => unknown
}

/** Reads the body members of a structure into `target`, by their model names; `null` counts as absent, unknown keys are ignored. */
export function readMembers(
  members: readonly Member[],
  source: unknown,
  context: { readonly form: ScalarForm; readonly depth: number; readonly target: Record<string, unknown> },
): void {
  if (!isObject(source)) throw new Unreadable(notCollection(source))
  for (const member of members) {
    if (!Object.hasOwn(source, member.wire)) continue
    const value = source[member.wire]
    if (value === null || value === undefined) continue
    context.target[member.name] = readValue(member.type, value, context)
  }
}

/** Reads one value of a type; throws `Unreadable` in the words of AWS's JSON reader. */
export function readValue(
  type: Type,
  value: unknown,
  context: { readonly form: ScalarForm; readonly depth: number },
): unknown {
  switch (type.kind) {
    case 'structure': {
      const target: Record<string, unknown> = {}
      readMembers(type.members, value, { form: context.form, depth: deeper(context.depth), target })
      return target
    }
    case 'list': {
      if (!Array.isArray(value)) throw new Unreadable(notCollection(value))
      const inner = { form: context.form, depth: deeper(context.depth) }
      return value.map((element: unknown) => (element === null ? null : readValue(type.element, element, inner)))
    }
    case 'map':
      return readMap(type, value, { form: context.form, depth: deeper(context.depth) })
    default:
      return readScalar(type, value, context.form)
  }
}

function deeper(depth: number): number {
  if (depth === 0) throw new Unreadable('The request body is nested too deeply.')
  return depth - 1
}

function readMap(type: MapType, value: unknown, context: { form: ScalarForm; depth: number }): Record<string, unknown> {
  if (!isObject(value)) throw new Unreadable(notCollection(value))
  const map = newMap()
  for (const [key, entry] of Object.entries(value)) {
    map[key] = entry === null ? null : readValue(type.value, entry, context)
  }
  return map
}

/** Maps have no prototype: their keys come from the caller and may be `__proto__`. */
export function newMap(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

function readScalar(type: ScalarType, value: unknown, form: ScalarForm): unknown {
  const read = readScalarOrUndefined(type, value, form)
  if (read === undefined) throw new Unreadable(notScalar(type, value))
  return read
}

function readScalarOrUndefined(type: ScalarType, value: unknown, form: ScalarForm): unknown {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'integer':
    case 'long':
      return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : undefined
    case 'float':
    case 'double':
      return readDouble(value)
    case 'timestamp':
      return form.readTimestamp(value)
    case 'blob':
      return form.readBlob(value)
    default:
      return value
  }
}

function readDouble(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

/** AWS: `class java.lang.Boolean can not be converted to an String` is recorded; the other sentences follow its form (?). */
function notScalar(type: ScalarType, value: unknown): string {
  if (Array.isArray(value)) return 'Start of list found where not expected'
  if (isObject(value)) return 'Start of structure or map found where not expected.'
  if (type.kind === 'timestamp') return `class ${javaClass(value)} can not be converted to milliseconds since epoch`
  return `class ${javaClass(value)} can not be converted to an ${javaName(type.kind)}`
}

function notCollection(value: unknown): string {
  if (Array.isArray(value)) return 'Start of list found where not expected'
  if (isObject(value)) return 'Start of structure or map found where not expected.'
  return `Unrecognized collection type class ${javaClass(value)}`
}

function javaClass(value: unknown): string {
  if (typeof value === 'boolean') return 'java.lang.Boolean'
  if (typeof value === 'number') return 'com.amazon.coral.value.json.numbers.TruncatingBigNumber'
  return value === null ? 'null' : 'java.lang.String'
}

/** The body members of a structure by their wire names; `undefined` members and entries are left out. */
export function writeMembers(members: readonly Member[], value: object, form: ScalarForm): Record<string, unknown> {
  const written: Record<string, unknown> = {}
  const source = value as Record<string, unknown>
  for (const member of members) {
    const inner = source[member.name]
    if (inner === undefined || inner === null) continue
    written[member.wire] =
      member.type.kind === 'timestamp'
        ? form.writeTimestamp(inner as number, member.timestampFormat)
        : writeValue(member.type, inner, form)
  }
  return written
}

export function writeValue(type: Type, value: unknown, form: ScalarForm): unknown {
  switch (type.kind) {
    case 'structure':
      return writeMembers(type.members, value as object, form)
    case 'list':
      return (value as readonly unknown[]).map((element) => writeValue(type.element, element, form))
    case 'map': {
      const map = newMap()
      for (const [key, entry] of Object.entries(value as object)) {
        if (entry !== undefined) map[key] = writeValue(type.value, entry, form)
      }
      return map
    }
    case 'blob':
      return form.writeBlob(value as Uint8Array)
    case 'timestamp':
      return form.writeTimestamp(value as number, type.timestampFormat)
    case 'float':
    case 'double':
      return form.writeNumber(value as number)
    default:
      return value
  }
}
