// Reads and sets properties and items of values, and calls their methods.
import { MethodFault } from './faults.ts'
import { mapGet, mapPut, mapSize } from './maps.ts'
import { booleanMethods } from './methods/boolean.ts'
import { collectionMethods, listMethods } from './methods/list.ts'
import { mapMethods } from './methods/map.ts'
import { numberMethods } from './methods/number.ts'
import { stringMethods } from './methods/string.ts'
import { invoke, type Call, type Overloads } from './methods/table.ts'
import { numberType, type NumberType } from './numbers.ts'
import { Collection, JavaObject, isJavaInt, isJavaNumber, type JavaMap, type JavaNumber, type Value } from './values.ts'

/** A method's name with its overloads in every table, looked up once, when the template is compiled. */
export interface MethodSite {
  readonly name: string
  readonly onString: Overloads<string>
  readonly onList: Overloads<Value[]>
  readonly onCollection: Overloads<Value[]>
  readonly onMap: Overloads<JavaMap>
  readonly onNumber: Readonly<Record<NumberType, Overloads<JavaNumber>>>
  readonly onBoolean: Overloads<boolean>
}

export function methodSite(name: string): MethodSite {
  return {
    name,
    onString: stringMethods.get(name),
    onList: listMethods.get(name),
    onCollection: collectionMethods.get(name),
    onMap: mapMethods.get(name),
    onNumber: {
      Integer: numberMethods.Integer.get(name),
      Long: numberMethods.Long.get(name),
      BigInteger: numberMethods.BigInteger.get(name),
      Double: numberMethods.Double.get(name),
    },
    onBoolean: booleanMethods.get(name),
  }
}

/** Calls a method; null when the value has none of that name for these arguments. Throws `MethodFault`. */
export function callMethod(target: Value, site: MethodSite, args: readonly Value[], call: Call): Value {
  if (typeof target === 'string') return invoke(site.onString, target, args, call)
  if (target instanceof JavaObject) return target.call(site.name, args)
  if (Array.isArray(target))
    return invoke(target instanceof Collection ? site.onCollection : site.onList, target, args, call)
  if (isJavaNumber(target)) return invoke(site.onNumber[numberType(target)], target, args, call)
  if (typeof target === 'boolean') return invoke(site.onBoolean, target, args, call)
  if (target === null || target === undefined) return null
  return invoke(site.onMap, target, args, call)
}

/** A property's name with the bean methods that may stand for it: `getName`, `isName`. */
export interface PropertySite {
  readonly name: string
  /** Whether every JavaScript object inherits it from its prototype, so that only an own member counts. */
  readonly isInherited: boolean
  readonly beans: readonly MethodSite[]
}

/** Prepares the reading of a property. `getClass`, the way into reflection, is in none of the tables. */
export function propertySite(name: string): PropertySite {
  const capital = name.charAt(0).toUpperCase() + name.slice(1)
  return {
    name,
    isInherited: name in Object.prototype,
    beans: [methodSite(`get${capital}`), methodSite(`is${capital}`)],
  }
}

/** The value of a property: a map's member, else the result of `getName()` or `isName()`; null when there is none. */
export function getProperty(target: Value, site: PropertySite, call: Call): Value {
  if (typeof target === 'object' && target !== null && !Array.isArray(target)) {
    if (target instanceof Map) return target.get(site.name)
    if (target instanceof JavaObject) return target.property(site.name)
    if (!isJavaNumber(target)) {
      return site.isInherited && !Object.hasOwn(target, site.name) ? null : target[site.name]
    }
  }
  for (const bean of site.beans) {
    const value = callMethod(target, bean, [], call)
    if (value !== null && value !== undefined) return value
  }
  return null
}

/** The value of `target[index]`: an item, counted from the end when negative, or a map's member. Throws `MethodFault`. */
export function getIndex(target: Value, index: Value): Value {
  if (Array.isArray(target))
    return isJavaInt(index) && !(target instanceof Collection) ? target[listIndex(target, index)] : null
  if (target instanceof JavaObject) return target.call('get', [index])
  if (typeof target === 'object' && target !== null && !isJavaNumber(target))
    return mapGet(target, mapIndex(target, index))
  if (isJavaInt(index) && index < 0) throw new MethodFault('A negative index needs a list')
  return null
}

/** Sets a property: `#set($target.name = value)`. Nothing happens when there is nothing to set. */
export function setProperty(target: Value, name: string, value: Value): void {
  if (typeof target !== 'object' || target === null || Array.isArray(target) || isJavaNumber(target)) return
  if (target instanceof JavaObject) target.assign(name, value)
  else mapPut(target, name, value)
}

/** Sets an item: `#set($target[index] = value)`. Throws `MethodFault` beyond a list's end. */
export function setIndex(target: Value, index: Value, value: Value): void {
  if (Array.isArray(target)) {
    if (isJavaInt(index) && !(target instanceof Collection)) target[listIndex(target, index)] = value
  } else if (target instanceof JavaObject) {
    if (typeof index === 'string') target.assign(index, value)
  } else if (typeof target === 'object' && target !== null && !isJavaNumber(target)) {
    mapPut(target, mapIndex(target, index), value)
  } else if (isJavaInt(index) && index < 0) {
    throw new MethodFault('A negative index needs a list')
  }
}

function listIndex(list: readonly Value[], index: number): number {
  const actual = index < 0 ? list.length + index : index
  if (actual < 0 || actual >= list.length) {
    throw new MethodFault(`IndexOutOfBoundsException: Index ${actual} out of bounds for length ${list.length}`)
  }
  return actual
}

function mapIndex(map: JavaMap, index: Value): Value {
  return isJavaInt(index) && index < 0 ? mapSize(map) + index : index
}
