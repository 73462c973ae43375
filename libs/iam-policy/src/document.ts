// Reads the parts of a policy document: objects, lists and scalars, with faults that name the place.
import { PolicyFault, syntaxErrors } from './fault.ts'

/** A JSON object, whose members may have any name. */
export type Members = readonly (readonly [name: string, value: unknown])[]

/**
 * The members of a JSON object.
 * @throws PolicyFault for anything else
 */
export function entriesOf(value: unknown, path: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new PolicyFault(syntaxErrors, path)
  return Object.entries(value)
}

/**
 * One value or a list of values, as a list.
 * @throws PolicyFault for an empty list
 */
export function listOf(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) return [value]
  if (value.length === 0) throw new PolicyFault(syntaxErrors, path)
  return [...(value as readonly unknown[])]
}

/**
 * One text or a list of texts, as a list.
 * @throws PolicyFault for other values
 */
export function textsOf(value: unknown, path: string): readonly string[] {
  return listOf(value, path).map((item) => textOf(item, path))
}

/**
 * A text.
 * @throws PolicyFault for other values
 */
export function textOf(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new PolicyFault(syntaxErrors, path)
  return value
}

/**
 * One scalar or a list of scalars, as texts: conditions may be written with JSON's numbers and booleans.
 * @throws PolicyFault for objects, null and nested lists
 */
export function scalarsOf(value: unknown, path: string): readonly string[] {
  return listOf(value, path).map((item) => {
    if (typeof item === 'number' || typeof item === 'boolean') return String(item)
    return textOf(item, path)
  })
}
