// Reads JSON into values, keeping what JSON.parse forgets about numbers: `1.0` is a Double, long digits stay exact.
import { MethodFault } from './faults.ts'
import { parseWhole } from './numbers.ts'
import { toJavaDouble, type Value } from './values.ts'

/** Numbers that JSON.parse may not keep as Java would: with a point or an exponent, or beyond 2^53. */
const DELICATE_NUMBER = /\d[.eE]|\d{16}/

/** The value of a JSON text: plain objects and arrays. Throws `MethodFault` when it is not JSON. */
export function parseJson(text: string): Value {
  try {
    return DELICATE_NUMBER.test(text) ? (JSON.parse(text, keepNumber) as Value) : (JSON.parse(text) as Value)
  } catch (error) {
    throw new MethodFault('The text is not JSON', { cause: error })
  }
}

function keepNumber(_key: string, value: unknown, place?: { readonly source?: string }): unknown {
  const source = place?.source
  if (typeof value !== 'number' || source === undefined) return value
  return /[.eE]/.test(source) ? toJavaDouble(value) : parseWhole(source)
}
