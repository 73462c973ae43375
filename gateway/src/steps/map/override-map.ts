// `$context.requestOverride` and `$context.responseOverride` while a template runs: maps that may be set, each parameter once.
import { HostObject, MethodFault, type HostType, type Value } from '@sluice/vtl'
import type { OverrideMap, Overrides } from '../../nouns/outgoing.ts'
import { mapType } from './host-map.ts'

type Kind = keyof Overrides

/** The parameter maps of each kind — recorded REST 26.4. */
const groups: Readonly<Record<Kind, readonly string[]>> = {
  requestOverride: ['header', 'path', 'querystring'],
  responseOverride: ['header'],
}

/** AWS: overriding a parameter twice in one template is a 5XX (documented; the exact answer is an open choice). */
const refusesSecondOverride = true

/** What one render has overridden so far. */
export class OverrideScope {
  readonly overrides: Overrides
  private readonly set = new Set<string>()

  constructor(overrides: Overrides) {
    this.overrides = overrides
  }

  /** The map of a kind, made when a template first reaches for it. */
  mapOf(kind: Kind): OverrideMap {
    const known = this.overrides[kind]
    if (known !== undefined) return known
    const made: OverrideMap = new Map(groups[kind].map((group) => [group, new Map<Value, Value>()]))
    this.overrides[kind] = made
    return made
  }

  /** Throws MethodFault the second time. */
  claim(parameter: string): void {
    if (refusesSecondOverride && this.set.has(parameter)) throw new MethodFault(`${parameter} is overridden twice`)
    this.set.add(parameter)
  }
}

interface MapParts {
  readonly scope: OverrideScope
  readonly kind: Kind
  readonly map: OverrideMap
  /** The parameter map's name; undefined for the whole override. */
  readonly group: string | undefined
}

const overrideType: HostType<MapParts> = mapType<MapParts>({
  names: ({ map }) => [...map.keys()].map(String),
  get: ({ scope, kind, map, group }, name) => {
    const value = map.get(name)
    if (group !== undefined || !(value instanceof Map) || !groups[kind].includes(name)) return value
    return new HostObject(overrideType, { scope, kind, map: value, group: name })
  },
  put: ({ scope, kind, map, group }, name, value) => {
    if (group !== undefined) scope.claim(`${kind}.${group}.${name}`)
    map.set(name, value)
  },
  remove: ({ map }, name) => void map.delete(name),
})

/** One of the two overrides as a template sees it. */
export function overrideObject(scope: OverrideScope, kind: Kind): Value {
  return new HostObject(overrideType, { scope, kind, map: scope.mapOf(kind), group: undefined })
}
