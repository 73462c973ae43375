// The values templates work on, and how each Java type is kept in JavaScript.

/**
 * A value of a template.
 *
 * | Java | here |
 * | --- | --- |
 * | null | `null`, `undefined` |
 * | String, Character | string |
 * | Boolean | boolean |
 * | Integer, Long | a whole number; a bigint beyond 2^53 |
 * | BigInteger | bigint |
 * | Double | a number that is not whole; `Double` for whole ones, so that 1.0 prints as `1.0` |
 * | ArrayList | `ArrayList`, prints `[a, b]` |
 * | LinkedHashMap | `Map`, prints `{a=1, b=2}` |
 * | parsed JSON | plain arrays print as JSON, plain objects as maps; both may be changed by the template |
 * | anything else | `JavaObject` |
 */
export type Value = null | undefined | boolean | string | JavaNumber | JsonArray | JavaMap | JavaObject

export type JavaNumber = number | bigint | Double
export type JsonArray = Value[]
export interface JsonObject {
  [key: string]: Value
}
export type JavaMap = Map<Value, Value> | JsonObject

/** A Double whose value is whole. Make it with `toJavaDouble`. */
export class Double {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** A list that Java code made: it prints as `[a, b]`, where an array out of JSON prints as JSON. */
export class ArrayList extends Array<Value> {}

/** The result of `keySet`, `values` and `entrySet`: it prints as a list, but has no items by index. */
export class Collection extends ArrayList {}

/** A list of these values. */
export function listOf(values: Iterable<Value>): ArrayList {
  const list = new ArrayList()
  for (const value of values) list.push(value)
  return list
}

/** A collection of these values. */
export function collectionOf(values: Iterable<Value>): Collection {
  const collection = new Collection()
  for (const value of values) collection.push(value)
  return collection
}

/** An object with members of its own: loop scopes, map entries, iterators, blocks, the host's objects. */
export abstract class JavaObject {
  /** A property; null when there is none. */
  abstract property(name: string): Value

  /** A call; null when there is no such method. */
  abstract call(name: string, args: readonly Value[]): Value

  /** Sets a property; without effect when there is none. */
  assign(_name: string, _value: Value): void {}

  /** The text that it prints as; null prints like an undefined reference. */
  abstract text(): string | null

  /** The items that `#foreach` visits; null for nothing. */
  values(): Iterable<Value> | null {
    return null
  }
}

/** A number of type Double. */
export function toJavaDouble(value: number): JavaNumber {
  return Number.isInteger(value) ? new Double(value) : value
}

/** Whether a value is an Integer (32 bits), the only type Java takes for an `int` parameter. */
export function isJavaInt(value: Value): value is number {
  return typeof value === 'number' && (value | 0) === value
}

export function isJavaNumber(value: Value): value is JavaNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Double
}

export function isDouble(value: JavaNumber): boolean {
  return value instanceof Double || (typeof value === 'number' && !Number.isInteger(value))
}

/** The nearest JavaScript number. */
export function toNumber(value: JavaNumber): number {
  return value instanceof Double ? value.value : Number(value)
}

export function isMap(value: Value): value is JavaMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JavaObject) &&
    !(value instanceof Double)
  )
}
