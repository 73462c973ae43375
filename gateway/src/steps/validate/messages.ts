// What is wrong with a document in the words that AWS uses (those of the Java json-schema-validator): `$context.error.validationErrorString`.
import type { ErrorObject } from 'ajv-draft-04'

type Params = Readonly<Record<string, unknown>>

/** `error` stands for all errors of one keyword at one place; `names` is what they name, sorted. */
type Message = (error: ErrorObject, names: readonly string[]) => string

/** A value that is nested deeper than the stack is not shown. */
const json = (value: unknown): string => {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return Array.isArray(value) ? '[...]' : '{...}'
    throw error
  }
}
const paramsOf = (error: ErrorObject): Params => error.params as Params
const limit = (error: ErrorObject): string => String(paramsOf(error)['limit'])
/** Code points, items or members. */
const size = (value: unknown): number => {
  if (typeof value === 'string') return Array.from(value).length
  return Array.isArray(value) ? value.length : Object.keys(Object(value)).length
}

/** Keyword → sentence. The recorded ones: required, enum, maximum, type; the others are the library's own. */
const sentences: Readonly<Record<string, Message>> = {
  required: (_, names) => `object has missing required properties (${json(names)})`,
  additionalProperties: (_, names) =>
    `object instance has properties which are not allowed by the schema: ${json(names)}`,
  type: (error) => {
    const allowed = [error.schema as string | string[]].flat()
    const types = allowed.includes('number') ? [...new Set([...allowed, 'integer'])].toSorted() : allowed
    return `instance type (${typeOf(error.data)}) does not match any allowed primitive type (allowed: ${json(types)})`
  },
  enum: (error) => `instance value (${json(error.data)}) not found in enum (possible values: ${json(error.schema)})`,
  minimum: (error) =>
    isExclusive(error)
      ? `numeric value is not strictly greater than the required minimum ${limit(error)}`
      : `numeric value is lower than the required minimum (minimum: ${limit(error)}, found: ${json(error.data)})`,
  maximum: (error) =>
    isExclusive(error)
      ? `numeric value is not strictly lower than the required maximum ${limit(error)}`
      : `numeric value is greater than the required maximum (maximum: ${limit(error)}, found: ${json(error.data)})`,
  multipleOf: (error) => `remainder of division is not zero (${json(error.data)} / ${json(error.schema)})`,
  minLength: (error) =>
    `string ${json(error.data)} is too short (length: ${size(error.data)}, required minimum: ${limit(error)})`,
  maxLength: (error) =>
    `string ${json(error.data)} is too long (length: ${size(error.data)}, maximum allowed: ${limit(error)})`,
  pattern: (error) => `ECMA 262 regex ${json(error.schema)} does not match input string ${json(error.data)}`,
  minItems: (error) =>
    `array is too short: must have at least ${limit(error)} elements but instance has ${size(error.data)} elements`,
  maxItems: (error) =>
    `array is too long: must have at most ${limit(error)} elements but instance has ${size(error.data)} elements`,
  uniqueItems: () => 'array must not contain duplicate elements',
  additionalItems: (error) =>
    `array only allows ${limit(error)} elements but instance has ${size(error.data)} elements`,
  minProperties: (error) =>
    `object has too few properties (found ${size(error.data)} but schema requires at least ${limit(error)})`,
  maxProperties: (error) =>
    `object has too many properties (found ${size(error.data)} but schema requires at most ${limit(error)})`,
  anyOf: (error) => `instance failed to match at least one required schema among ${size(error.schema)}`,
  oneOf: (error) => {
    const matched = Array.isArray(paramsOf(error)['passingSchemas']) ? 2 : 0
    return `instance failed to match exactly one schema (matched ${matched} out of ${size(error.schema)})`
  },
  not: () => 'instance matched a schema which it should not have',
  dependencies: (error) => {
    const { property, missingProperty } = paramsOf(error)
    return `property ${json(property)} of object has missing property dependencies (missing: ${json([missingProperty])})`
  },
}

/** All sentences, joined by `, `. */
export function describeErrors(errors: readonly ErrorObject[]): string {
  const groups = new Map<string, { readonly error: ErrorObject; readonly names: string[] }>()
  for (const error of withoutInner(errors)) {
    const key = `${error.instancePath}\n${error.keyword}\n${groupedByPlace.has(error.keyword) ? '' : error.schemaPath}`
    const group = groups.get(key) ?? { error, names: [] }
    const { missingProperty, additionalProperty } = paramsOf(error)
    const name = missingProperty ?? additionalProperty
    if (typeof name === 'string') group.names.push(name)
    groups.set(key, group)
  }
  return [...groups.values()]
    .map(({ error, names }) => sentences[error.keyword]?.(error, names.toSorted()) ?? error.message ?? error.keyword)
    .join(', ')
}

/** Keywords whose errors name one property each, and make one sentence together. */
const groupedByPlace = new Set(['required', 'additionalProperties'])

/** What made an alternative fail is not told: ajv lists it before the failure of `anyOf` and `oneOf` itself. */
function withoutInner(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let kept: ErrorObject[] = []
  for (const error of errors) {
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf') {
      kept = kept.filter(
        ({ schemaPath, instancePath }) =>
          !(schemaPath.startsWith(`${error.schemaPath}/`) || instancePath.startsWith(`${error.instancePath}/`)),
      )
    }
    kept.push(error)
  }
  return kept
}

function isExclusive({ keyword, parentSchema }: ErrorObject): boolean {
  return parentSchema?.[keyword === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum'] === true
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
