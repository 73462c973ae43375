// Compiled shapes, which the codecs and the validation walk along, with every name and constraint resolved once.
import type { Location, MemberModel, Overlay, ServiceModel, ShapeModel, TimestampFormat } from './model.ts'

export interface Constraints {
  readonly enum: readonly string[] | undefined
  readonly min: number | undefined
  readonly max: number | undefined
  /** As the model spells it; matched against the whole value. */
  readonly pattern: { readonly source: string; readonly expression: RegExp } | undefined
  readonly sensitive: boolean
}

export interface Member {
  readonly name: string
  /** The name on the wire. */
  readonly wire: string
  /** `wire` in lower case: how a request's headers are looked up. */
  readonly header: string
  readonly type: Type
  readonly location: Location | undefined
  readonly required: boolean
  /** False where the service's own logic checks the member. */
  readonly checked: boolean
  readonly timestampFormat: TimestampFormat | undefined
  /** In an event of an event stream: the member that is the event's raw payload. */
  readonly eventPayload: boolean
}

export interface StructureType {
  readonly kind: 'structure'
  readonly name: string
  readonly members: readonly Member[]
  /** The members that travel in the body. */
  readonly body: readonly Member[]
  /** The members that travel in path, query string, headers or status. */
  readonly located: readonly Member[]
  /** The one member that is the whole body. */
  readonly payload: Member | undefined
  readonly eventStream: boolean
}

export interface ListType {
  readonly kind: 'list'
  readonly element: Type
  readonly elementName: string
  readonly flattened: boolean
  readonly constraints: Constraints
}

export interface MapType {
  readonly kind: 'map'
  readonly key: Type
  readonly value: Type
  readonly keyName: string
  readonly valueName: string
  readonly flattened: boolean
  readonly constraints: Constraints
}

export interface ScalarType {
  readonly kind: 'string' | 'integer' | 'long' | 'float' | 'double' | 'boolean' | 'timestamp' | 'blob' | 'document'
  readonly constraints: Constraints
  readonly timestampFormat: TimestampFormat | undefined
}

export type Type = StructureType | ListType | MapType | ScalarType

const free: Constraints = { enum: undefined, min: undefined, max: undefined, pattern: undefined, sensitive: false }

export const emptyStructure: StructureType = {
  kind: 'structure',
  name: '',
  members: [],
  body: [],
  located: [],
  payload: undefined,
  eventStream: false,
}

const scalarKinds: ReadonlyMap<string, ScalarType['kind']> = new Map(
  ['string', 'integer', 'long', 'float', 'double', 'boolean', 'timestamp', 'blob', 'document'].map((kind) => [
    kind,
    kind as ScalarType['kind'],
  ]),
)

/** Compiles the shapes of one model; each shape once, so recursive shapes are cycles of objects. */
export class TypeCompiler {
  private readonly model: ServiceModel
  private readonly overlay: Overlay
  private readonly unchecked: ReadonlySet<string>
  private readonly optional: ReadonlySet<string>
  private readonly compiled = new Map<string, Type>()

  constructor(model: ServiceModel, overlay: Overlay) {
    this.model = model
    this.overlay = overlay
    this.unchecked = new Set(overlay.unchecked)
    this.optional = new Set(overlay.optional)
    checkOverlay(model, overlay)
  }

  /** The structure of that name; throws when the model has none. */
  structure(name: string): StructureType {
    const type = this.type(name)
    if (type.kind !== 'structure') throw new Error(`shape "${name}" is a ${type.kind}, not a structure`)
    return type
  }

  private type(name: string): Type {
    const known = this.compiled.get(name)
    if (known !== undefined) return known
    const shape = this.model.shapes[name]
    if (shape === undefined) throw new Error(`the model has no shape "${name}"`)
    if (shape.type === 'structure') return this.compileStructure(name, shape)
    const type = this.compileSimple(name, shape)
    this.compiled.set(name, type)
    return type
  }

  private compileSimple(name: string, shape: ShapeModel): Type {
    const constraints = this.constraintsOf(name, shape)
    if (shape.type === 'list' && shape.member !== undefined) {
      const elementName = shape.member.locationName ?? 'member'
      const flattened = shape.flattened === true
      return { kind: 'list', element: this.type(shape.member.shape), elementName, flattened, constraints }
    }
    if (shape.type === 'map' && shape.key !== undefined && shape.value !== undefined) {
      return {
        kind: 'map',
        key: this.type(shape.key.shape),
        value: this.type(shape.value.shape),
        keyName: shape.key.locationName ?? 'key',
        valueName: shape.value.locationName ?? 'value',
        flattened: shape.flattened === true,
        constraints,
      }
    }
    const kind = shape.type === 'character' ? 'string' : scalarKinds.get(shape.type)
    if (kind === undefined) throw new Error(`shape "${name}" has the unknown type "${shape.type}"`)
    return { kind, constraints, timestampFormat: formatOf(shape.timestampFormat) }
  }

  private compileStructure(name: string, shape: ShapeModel): StructureType {
    const members: Member[] = []
    const body: Member[] = []
    const located: Member[] = []
    const type: { -readonly [Key in keyof StructureType]: StructureType[Key] } = {
      kind: 'structure',
      name,
      members,
      body,
      located,
      payload: undefined,
      eventStream: shape.eventstream === true,
    }
    this.compiled.set(name, type)
    const required = new Set(shape.required)
    for (const memberName of this.orderOf(name, shape)) {
      const model = shape.members?.[memberName]
      if (model === undefined) throw new Error(`shape "${name}" has no member "${memberName}"`)
      const member = this.compileMember(name, memberName, { model, required: required.has(memberName) })
      members.push(member)
      if (member.location !== undefined) located.push(member)
      else if (shape.payload === memberName) type.payload = member
      else body.push(member)
    }
    return type
  }

  private compileMember(owner: string, name: string, row: { model: MemberModel; required: boolean }): Member {
    const { model } = row
    const type = refine(this.type(model.shape), model)
    const wire = flattenedName(type) ?? model.locationName ?? name
    return {
      name,
      wire,
      header: wire.toLowerCase(),
      type,
      location: model.location as Location | undefined,
      required: row.required && !this.optional.has(`${owner}.${name}`),
      checked: !this.unchecked.has(`${owner}.${name}`),
      timestampFormat:
        formatOf(model.timestampFormat) ?? (type.kind === 'timestamp' ? type.timestampFormat : undefined),
      eventPayload: model.eventpayload === true,
    }
  }

  private orderOf(name: string, shape: ShapeModel): readonly string[] {
    const all = Object.keys(shape.members ?? {})
    const first = this.overlay.memberOrder?.[name] ?? shape.xmlOrder ?? []
    return first.length === 0 ? all : [...new Set([...first, ...all])]
  }

  private constraintsOf(name: string, shape: ShapeModel): Constraints {
    const { min, max, pattern } = { ...shape, ...this.overlay.bounds?.[name] }
    const values = this.overlay.enumOrder?.[name] ?? shape.enum
    const sensitive = shape.sensitive === true
    if (min === undefined && max === undefined && pattern === undefined && values === undefined && !sensitive)
      return free
    return {
      enum: values,
      min,
      max,
      pattern: pattern === undefined ? undefined : compilePattern(name, pattern),
      sensitive,
    }
  }
}

/** The member's own view of its shape: flattened, or with an enum of its own. */
function refine(type: Type, model: MemberModel): Type {
  if (type.kind === 'list' && model.flattened === true) return { ...type, flattened: true }
  if (type.kind === 'map' && model.flattened === true) return { ...type, flattened: true }
  if (type.kind !== 'string' || model.enum === undefined) return type
  return { ...type, constraints: { ...type.constraints, enum: model.enum } }
}

/** A flattened list's elements stand where the member would, under the element's name if it has one. */
function flattenedName(type: Type): string | undefined {
  return type.kind === 'list' && type.flattened && type.elementName !== 'member' ? type.elementName : undefined
}

/** AWS: patterns are Java's and must match the whole value, whether they say `^…$` or not. */
function compilePattern(name: string, source: string): { source: string; expression: RegExp } {
  try {
    return { source, expression: new RegExp(`^(?:${source})$`, 'u') }
  } catch {
    try {
      return { source, expression: new RegExp(`^(?:${source})$`) }
    } catch (cause) {
      throw new Error(`the pattern of shape "${name}" is not one this library can match: ${source}`, { cause })
    }
  }
}

function formatOf(format: string | undefined): TimestampFormat | undefined {
  if (format === undefined || format === 'iso8601' || format === 'rfc822' || format === 'unixTimestamp') return format
  throw new Error(`unknown timestamp format "${format}"`)
}

function checkOverlay(model: ServiceModel, overlay: Overlay): void {
  for (const [name, values] of Object.entries(overlay.enumOrder ?? {})) {
    const known = model.shapes[name]?.enum ?? []
    if ([...known].sort().join('\n') !== [...values].sort().join('\n')) {
      throw new Error(`the overlay's enum "${name}" does not list the values of the model`)
    }
  }
  checkNames(model.shapes, [overlay.memberOrder, overlay.bounds])
  checkNames(model.operations, [overlay.acceptedPaths, overlay.contentTypes])
  for (const path of [...(overlay.unchecked ?? []), ...(overlay.optional ?? [])]) {
    const [shape = '', member = ''] = path.split('.')
    if (model.shapes[shape]?.members?.[member] === undefined) {
      throw new Error(`the overlay names the member "${path}", which the model does not have`)
    }
  }
}

function checkNames(known: object, tables: readonly (object | undefined)[]): void {
  const unknown = tables.flatMap((table) => Object.keys(table ?? {})).find((name) => !Object.hasOwn(known, name))
  if (unknown !== undefined) throw new Error(`the overlay names "${unknown}", which the model does not have`)
}
