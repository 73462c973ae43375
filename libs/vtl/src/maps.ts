// Reads and writes Java maps, which are a Map or an object from JSON. Lists and maps as keys are compared by identity.
import { MethodFault } from './faults.ts'
import type { JavaMap, JsonObject, Value } from './values.ts'

/** The value of a key; null when absent. */
export function mapGet(map: JavaMap, key: Value): Value {
  if (map instanceof Map) return map.get(key ?? null)
  return typeof key === 'string' && Object.hasOwn(map, key) ? map[key] : null
}

export function mapHas(map: JavaMap, key: Value): boolean {
  return map instanceof Map ? map.has(key ?? null) : typeof key === 'string' && Object.hasOwn(map, key)
}

export function mapPut(map: JavaMap, key: Value, value: Value): void {
  if (map instanceof Map) map.set(key ?? null, value)
  else putMember(map, memberName(key), value)
}

export function mapDelete(map: JavaMap, key: Value): void {
  if (map instanceof Map) map.delete(key ?? null)
  else delete map[memberName(key)]
}

export function mapClear(map: JavaMap): void {
  if (map instanceof Map) map.clear()
  else for (const key of Object.keys(map)) delete map[key]
}

export function mapKeys(map: JavaMap): Value[] {
  return map instanceof Map ? [...map.keys()] : Object.keys(map)
}

export function mapValues(map: JavaMap): Value[] {
  return map instanceof Map ? [...map.values()] : Object.values(map)
}

export function mapEntries(map: JavaMap): [Value, Value][] {
  return map instanceof Map ? [...map.entries()] : Object.entries(map)
}

export function mapSize(map: JavaMap): number {
  return map instanceof Map ? map.size : Object.keys(map).length
}

function memberName(key: Value): string {
  if (typeof key === 'object' || key === undefined)
    throw new MethodFault('ClassCastException: a JSON object has names only')
  return String(key)
}

/** Adds a member; `__proto__` becomes a member like any other. */
function putMember(object: JsonObject, key: string, value: Value): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else {
    object[key] = value
  }
}
