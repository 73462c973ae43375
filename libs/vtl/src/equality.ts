// Java's equals and hashCode, and Velocity's `==`, which also compares what is printed.
import type { Meter } from './budget.ts'
import { BudgetFault } from './faults.ts'
import { compareNumbers, numberText } from './numbers.ts'
import { textOf } from './print.ts'
import { Double, isDouble, isJavaNumber, isMap, type JavaMap, type JavaNumber, type Value } from './values.ts'

const maxDepth = 100

/** Java's `left.equals(right)`: by value for lists and maps, never across number types. */
export function javaEquals(left: Value, right: Value, meter: Meter, depth = 0): boolean {
  meter.spend(1)
  if (left === right || (left ?? null) === (right ?? null)) return true
  if (depth > maxDepth) throw new BudgetFault('depth', `${maxDepth} levels of a value`)
  if (left instanceof Double && right instanceof Double) return Object.is(left.value, right.value)
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => javaEquals(item, right[index], meter, depth + 1))
  }
  return isMap(left) && isMap(right) && mapsEqual(left, right, meter, depth)
}

function mapsEqual(left: JavaMap, right: JavaMap, meter: Meter, depth: number): boolean {
  const leftEntries = entriesOf(left)
  const rightEntries = entriesOf(right)
  if (leftEntries.length !== rightEntries.length) return false
  const rightMap = new Map(rightEntries)
  return leftEntries.every(
    ([key, value]) => rightMap.has(key) && javaEquals(value, rightMap.get(key), meter, depth + 1),
  )
}

function entriesOf(map: JavaMap): [Value, Value][] {
  return map instanceof Map ? [...map] : Object.entries(map)
}

/** Java's hashCode of strings, booleans, numbers, lists and maps. */
export function javaHashCode(value: Value, meter: Meter, depth = 0): number {
  meter.spend(1)
  if (depth > maxDepth) throw new BudgetFault('depth', `${maxDepth} levels of a value`)
  if (typeof value === 'string') {
    meter.spendChars(value.length)
    return stringHash(value)
  }
  if (typeof value === 'boolean') return value ? 1231 : 1237
  if (isJavaNumber(value)) return numberHash(value)
  if (Array.isArray(value)) {
    return value.reduce<number>((hash, item) => (Math.imul(31, hash) + javaHashCode(item, meter, depth + 1)) | 0, 1)
  }
  if (!isMap(value)) return 0
  let hash = 0
  for (const [key, item] of entriesOf(value)) {
    hash = (hash + (javaHashCode(key, meter, depth + 1) ^ javaHashCode(item, meter, depth + 1))) | 0
  }
  return hash
}

function stringHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0
  return hash
}

function numberHash(value: JavaNumber): number {
  if (!isDouble(value)) {
    const whole = BigInt.asIntN(64, BigInt(numberText(value)))
    return whole === BigInt.asIntN(32, whole) ? Number(whole) : Number(BigInt.asIntN(32, whole ^ (whole >> 32n)))
  }
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setFloat64(0, value instanceof Double ? value.value : Number(value))
  return bytes.getInt32(0) ^ bytes.getInt32(4)
}

/** Velocity's `==`: numbers by value, equal types by `equals`, anything else by what it prints. */
export function velocityEquals(left: Value, right: Value, meter: Meter): boolean {
  if (left === right) return true
  if (isJavaNumber(left) && isJavaNumber(right)) return compareNumbers(left, right) === 0
  if (Array.isArray(left) ? Array.isArray(right) : isMap(left) && isMap(right)) return javaEquals(left, right, meter)
  if (typeof left === typeof right && typeof left !== 'object') return false
  return textOf(left, meter) === textOf(right, meter)
}
