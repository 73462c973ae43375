// Java's methods on maps.
import { javaEquals } from '../equality.ts'
import { MapEntry } from '../iterator.ts'
import { mapClear, mapDelete, mapEntries, mapGet, mapHas, mapKeys, mapPut, mapSize, mapValues } from '../maps.ts'
import { textOf } from '../print.ts'
import { collectionOf, type JavaMap, type Value } from '../values.ts'
import { defineObjectMethods } from './object.ts'
import { methodTable, type Define, type MethodTable } from './table.ts'

/** The result of a Java method that returns nothing. */
const nothing = ''

export const mapMethods: MethodTable<JavaMap> = methodTable((define) => {
  defineObjectMethods(define)
  defineReading(define)
  defineChanging(define)
})

function defineReading(define: Define<JavaMap>): void {
  define('get', 'o', (map, [key]) => mapGet(map, key))
  define('getOrDefault', 'oo', (map, [key, otherwise]) => (mapHas(map, key) ? mapGet(map, key) : otherwise))
  define('containsKey', 'o', (map, [key]) => mapHas(map, key))
  define('containsValue', 'o', (map, [value], { meter }) =>
    mapValues(map).some((item) => javaEquals(item, value, meter)),
  )
  define('size', '', (map, _args, { meter }) => {
    meter.spend(1)
    return mapSize(map)
  })
  define('isEmpty', '', (map) => mapSize(map) === 0)
  define('keySet', '', (map, _args, { meter }) => {
    const keys = collectionOf(mapKeys(map))
    meter.spend(keys.length)
    return keys
  })
  define('values', '', (map, _args, { meter }) => {
    const values = collectionOf(mapValues(map))
    meter.spend(values.length)
    return values
  })
  define('entrySet', '', (map, _args, { meter }) => {
    meter.spend(mapSize(map))
    const print = (value: Value): string => textOf(value, meter) ?? 'null'
    return collectionOf(mapEntries(map).map((entry) => new MapEntry(map, entry, print)))
  })
}

function defineChanging(define: Define<JavaMap>): void {
  define('put', 'oo', (map, [key, value]) => {
    const before = mapGet(map, key)
    mapPut(map, key, value)
    return before
  })
  define('putIfAbsent', 'oo', (map, [key, value]) => {
    const before = mapGet(map, key) ?? null
    if (before === null) mapPut(map, key, value)
    return before
  })
  define('putAll', 'm', (map, [other], { meter }) => {
    for (const [key, value] of mapEntries(other)) {
      meter.spend(1)
      mapPut(map, key, value)
    }
    return nothing
  })
  define('remove', 'o', (map, [key]) => {
    const before = mapGet(map, key)
    mapDelete(map, key)
    return before
  })
  define('replace', 'oo', (map, [key, value]) => {
    const before = mapGet(map, key)
    if (mapHas(map, key)) mapPut(map, key, value)
    return before
  })
  define('clear', '', (map) => {
    mapClear(map)
    return nothing
  })
}
