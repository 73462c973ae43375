// Maps that templates see but do not own: `$context`, `$stageVariables`, the overrides. They print as nothing — recorded REST 26.4.
import { HostObject, listOf, textOf, type HostMethod, type HostType, type Value, Meter } from '@sluice/vtl'

/** What stands behind a map, for one kind of owner. */
export interface MapFace<Self> {
  readonly names: (self: Self) => readonly string[]
  readonly get: (self: Self, name: string) => Value
  /** Absent: the map cannot be changed. */
  readonly put?: (self: Self, name: string, value: Value) => void
  readonly remove?: (self: Self, name: string) => void
}

/** The text of a value as a template prints it; empty for null. */
export function printed(value: Value): string {
  return textOf(value, new Meter({})) ?? ''
}

/** A host type with the methods of a Java map. */
export function mapType<Self>(face: MapFace<Self>): HostType<Self> {
  const methods = new Map<string, HostMethod<Self>>([
    ['get', (self, [name]) => face.get(self, printed(name))],
    ['getOrDefault', (self, [name, otherwise]) => face.get(self, printed(name)) ?? otherwise],
    ['containsKey', (self, [name]) => face.names(self).includes(printed(name))],
    ['keySet', (self) => listOf(face.names(self))],
    ['values', (self) => listOf(valuesOf(face, self))],
    [
      'entrySet',
      (self) => listOf(face.names(self).map((name) => new HostObject(entryType, [name, face.get(self, name)]))),
    ],
    ['size', (self) => face.names(self).length],
    ['isEmpty', (self) => face.names(self).length === 0],
  ])
  const { put, remove } = face
  if (put !== undefined) {
    methods.set('put', (self, [name, value]) => {
      const before = face.get(self, printed(name))
      put(self, printed(name), value)
      return before
    })
    methods.set('putAll', (self, [members]) => {
      for (const [name, value] of entriesOf(members)) put(self, printed(name), value)
      return null
    })
  }
  if (remove !== undefined) {
    methods.set('remove', (self, [name]) => {
      const before = face.get(self, printed(name))
      remove(self, printed(name))
      return before
    })
  }
  const type: HostType<Self> = { methods, get: face.get, values: (self) => valuesOf(face, self) }
  return put === undefined ? type : { ...type, set: put }
}

function valuesOf<Self>(face: MapFace<Self>, self: Self): Value[] {
  return face.names(self).map((name) => face.get(self, name))
}

/** The members of a map out of a template. */
function entriesOf(members: Value): [Value, Value][] {
  if (members instanceof Map) return [...members]
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return []
  return Object.entries(members as Readonly<Record<string, Value>>)
}

const entryType: HostType<readonly [name: string, value: Value]> = {
  properties: new Map([
    ['key', ([name]) => name],
    ['value', ([, value]) => value],
  ]),
  methods: new Map([
    ['getKey', ([name]) => name],
    ['getValue', ([, value]) => value],
  ]),
  text: ([name, value]) => `${name}=${printed(value)}`,
}
