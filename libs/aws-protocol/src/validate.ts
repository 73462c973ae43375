// Checks decoded input against the model's constraints; reports all violations at once, in AWS's words and order.
import { ServiceFault } from './fault.ts'
import type { Dialect, Match, Operation } from './service.ts'
import type { Constraints, ListType, MapType, Member, StructureType, Type } from './type.ts'

/** Input that breaks constraints of the model. */
export class ValidationFault extends ServiceFault {
  /** Each `Value '…' at '…' failed to satisfy constraint: …`. */
  readonly violations: readonly string[]

  constructor({ code, shape }: { code: string; shape: string }, violations: readonly string[]) {
    const count =
      violations.length === 1 ? '1 validation error detected' : `${violations.length} validation errors detected`
    super(code, 400, `${count}: ${violations.join('; ')}`, { shape })
    this.violations = violations
  }
}

/** Own: no more than these are listed, so that a small request cannot ask for a huge answer. */
const maximumViolations = 100

/**
 * Throws a `ValidationFault` when `input` breaks constraints of the model: required members, enums, lengths, ranges, patterns.
 * AWS: all violations come in one message, members of the body first, in the model's order, then labels, query and headers
 * (`updateMethodResponseInput.patchOperations.1.member.op` before `statusCode`).
 */
export function validate(match: Match, input: object): void {
  const { operation } = match
  const violations: string[] = []
  const { input: type } = operation
  const body = type.payload === undefined ? type.body : [type.payload, ...type.body]
  checkMembers(body, input, { path: rootOf(match), violations })
  checkMembers(type.located, input, { path: '', violations })
  if (violations.length > 0) throw new ValidationFault(namesOf(match), violations)
}

/** AWS: `putIntegrationInput.type` is recorded for API Gateway; the other services name the member alone (?). */
function rootOf({ service, operation }: { service: Dialect['service']; operation: Operation }): string {
  return service.conventions.overlay.violationPaths === 'operation' ? `${lowerFirst(operation.name)}Input.` : ''
}

/** AWS: the query protocol says `ValidationError` where the others say `ValidationException`. */
function namesOf({ service, protocol }: Dialect): { code: string; shape: string } {
  const { overlay, queryCompatible } = service.conventions
  const own = overlay.faultCodes?.validation
  const spoken = protocol === 'query' || queryCompatible ? 'ValidationError' : 'ValidationException'
  return { code: own ?? spoken, shape: own ?? 'ValidationException' }
}

interface Place {
  /** The path of the structure whose members are checked, with its dot; empty at the top. */
  readonly path: string
  readonly violations: string[]
}

function checkMembers(members: readonly Member[], value: object, place: Place): void {
  const values = value as Readonly<Record<string, unknown>>
  for (const member of members) {
    const inner = values[member.name]
    const path = `${place.path}${lowerFirst(member.name)}`
    if (inner === undefined || inner === null) {
      if (member.required) report(place, `Value null at '${path}'`, 'Member must not be null')
    } else if (member.checked) checkValue(member.type, inner, { path, violations: place.violations })
  }
}

function report({ violations }: Place, subject: string, constraint: string): void {
  if (violations.length < maximumViolations) violations.push(`${subject} failed to satisfy constraint: ${constraint}`)
}

/** `place.path` is the value's own path here. */
function checkValue(type: Type, value: unknown, place: Place): void {
  if (type.kind === 'structure') checkMembers(type.members, value as object, { ...place, path: `${place.path}.` })
  else {
    const shown = type.constraints.sensitive ? `Value at '${place.path}'` : `Value '${show(value)}' at '${place.path}'`
    for (const constraint of broken(type.constraints, value)) report(place, shown, constraint)
    if (type.kind === 'list') checkList(type, value as readonly unknown[], place)
    if (type.kind === 'map') checkMap(type, value as Readonly<Record<string, unknown>>, place)
  }
}

/** AWS: elements are counted from 1; a list of scalars is reported as a whole, with all that its elements must satisfy. */
function checkList({ element }: ListType, list: readonly unknown[], place: Place): void {
  for (const [index, item] of list.entries()) {
    const path = `${place.path}.${index + 1}.member`
    if (item === null) report(place, `Value null at '${path}'`, 'Member must not be null')
    else if (isNested(element)) checkValue(element, item, { ...place, path })
  }
  if (isNested(element) || !list.some((item) => item !== null && isBroken(element.constraints, item))) return
  report(place, subjectOf(element, list, place), `Member must satisfy constraint: [${describe(element.constraints)}]`)
}

/** AWS: keys and scalar values are reported for the map as a whole. */
function checkMap({ key, value }: MapType, map: Readonly<Record<string, unknown>>, place: Place): void {
  const entries = Object.entries(map)
  if (!isNested(key) && entries.some(([name]) => isBroken(key.constraints, name))) {
    report(place, subjectOf(value, map, place), `Map keys must satisfy constraint: [${describe(key.constraints)}]`)
  }
  for (const [name, entry] of entries) {
    const path = `${place.path}.${name}.member`
    if (entry === null) report(place, `Value null at '${path}'`, 'Member must not be null')
    else if (isNested(value)) checkValue(value, entry, { ...place, path })
  }
  if (isNested(value) || !entries.some(([, entry]) => entry !== null && isBroken(value.constraints, entry))) return
  report(place, subjectOf(value, map, place), `Map value must satisfy constraint: [${describe(value.constraints)}]`)
}

function isNested(type: Type): type is StructureType | ListType | MapType {
  return type.kind === 'structure' || type.kind === 'list' || type.kind === 'map'
}

function subjectOf(content: Type, value: unknown, { path }: Place): string {
  const secret = !isNested(content) && content.constraints.sensitive
  return secret ? `Value at '${path}'` : `Value '${show(value)}' at '${path}'`
}

/** Prints a value as Java does: `[a, b]`, `{a=b}`. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (value instanceof Uint8Array) return 'java.nio.HeapByteBuffer'
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([key, entry]) => `${key}=${show(entry)}`)
    .join(', ')}}`
}

function isBroken(constraints: Constraints, value: unknown): boolean {
  return broken(constraints, value).length > 0
}

/** The constraints a value breaks, in the order AWS checks them. */
function broken(constraints: Constraints, value: unknown): string[] {
  const { min, max, pattern } = constraints
  const found: string[] = []
  if (max !== undefined && sizeOf(value) > max) found.push(mostly(value, max))
  if (min !== undefined && sizeOf(value) < min) found.push(leastly(value, min))
  if (typeof value !== 'string') return found
  if (pattern !== undefined && !pattern.expression.test(value)) found.push(patternSentence(pattern.source))
  if (constraints.enum !== undefined && !constraints.enum.includes(value)) found.push(enumSentence(constraints.enum))
  return found
}

/** Everything a scalar of that shape must satisfy. */
function describe({ min, max, pattern, enum: values }: Constraints): string {
  const all: string[] = []
  if (max !== undefined) all.push(mostly('', max))
  if (min !== undefined) all.push(leastly('', min))
  if (pattern !== undefined) all.push(patternSentence(pattern.source))
  if (values !== undefined) all.push(enumSentence(values))
  return all.join(', ')
}

function mostly(value: unknown, bound: number): string {
  return `Member must have ${measureOf(value)} less than or equal to ${bound}`
}

function leastly(value: unknown, bound: number): string {
  return `Member must have ${measureOf(value)} greater than or equal to ${bound}`
}

function measureOf(value: unknown): string {
  return typeof value === 'number' ? 'value' : 'length'
}

function patternSentence(source: string): string {
  return `Member must satisfy regular expression pattern: ${source}`
}

function enumSentence(values: readonly string[]): string {
  return `Member must satisfy enum value set: [${values.join(', ')}]`
}

/** A number itself; the length of strings (UTF-16, as Java counts), bytes, lists and maps. */
function sizeOf(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string' || value instanceof Uint8Array || Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
