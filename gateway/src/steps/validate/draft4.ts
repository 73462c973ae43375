// Reduces a model's schema to what draft 4 knows, and gives each part the price of evaluating it. REST 2.3.

export type Schema = Readonly<Record<string, unknown>>

/** The keyword that makes a part of a schema spend its price. */
export const priceKeyword = 'x-price'

type Copy = (value: unknown) => unknown

const asIs: Copy = (value) => value
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'

/** Keyword → how its value is copied. What is not listed has no effect on AWS either: format, nullable, default, example, id … */
const keywords: Readonly<Record<string, Copy>> = {
  $ref: (value) => modelReference(String(value)),
  type: asIs,
  enum: asIs,
  required: asIs,
  pattern: asIs,
  minimum: asIs,
  maximum: asIs,
  exclusiveMinimum: (value) => (isBoolean(value) ? value : undefined),
  exclusiveMaximum: (value) => (isBoolean(value) ? value : undefined),
  multipleOf: asIs,
  minLength: asIs,
  maxLength: asIs,
  minItems: asIs,
  maxItems: asIs,
  uniqueItems: asIs,
  minProperties: asIs,
  maxProperties: asIs,
  not: draft4,
  additionalProperties: (value) => (isBoolean(value) ? value : draft4(value)),
  additionalItems: (value) => (isBoolean(value) ? value : draft4(value)),
  items: (value) => (Array.isArray(value) ? value.map(draft4) : draft4(value)),
  allOf: listOf,
  anyOf: listOf,
  oneOf: listOf,
  properties: mapOf,
  patternProperties: mapOf,
  definitions: mapOf,
  $defs: mapOf,
  dependencies: (value) => members(value, (each) => (Array.isArray(each) ? each : draft4(each))),
}

/** The schema without what draft 4 does not know. Throws RangeError for one that is nested too deep. */
export function draft4(value: unknown): Schema {
  if (!isObject(value)) return {}
  const schema: Record<string, unknown> = {}
  for (const [keyword, member] of Object.entries(value)) {
    const copied = Object.hasOwn(keywords, keyword) ? keywords[keyword]?.(member) : undefined
    if (copied !== undefined) schema[keyword] = copied
  }
  return { [priceKeyword]: priceOf(schema), ...schema, ...patternsForProto(schema) }
}

const proto = '__proto__'

/** ajv passes over members of this name; as patterns it takes them. */
function patternsForProto({ properties = {}, patternProperties = {} }: Schema): Schema | undefined {
  const named = isObject(properties) && Object.hasOwn(properties, proto) ? properties[proto] : undefined
  const like =
    isObject(patternProperties) && Object.hasOwn(patternProperties, proto) ? patternProperties[proto] : undefined
  if (named === undefined && like === undefined) return undefined
  return {
    patternProperties: {
      ...Object(patternProperties),
      ...(named !== undefined && { [`^(?:${proto})$`]: named }),
      ...(like !== undefined && { [`(?:${proto})`]: like }),
    },
  }
}

/** One, and one for each value or name that has to be compared. */
function priceOf(schema: Schema): number {
  return 1 + ['enum', 'required', 'properties'].reduce((sum, keyword) => sum + sizeOf(schema[keyword]), 0)
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : 0
}

function listOf(value: unknown): unknown {
  return Array.isArray(value) ? value.map(draft4) : undefined
}

function mapOf(value: unknown): unknown {
  return members(value, draft4)
}

/** Any name may be a member's, `__proto__` too. */
function members(value: unknown, copy: Copy): unknown {
  if (!isObject(value)) return undefined
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copy(member)]))
}

const model = /^https?:\/\/apigateway\.[^/]+\/restapis\/[^/]+\/models\/([A-Za-z0-9]+)(#.*)?$/

/** Where ajv finds the model of a name. */
export function modelAddress(name: string): string {
  return `https://models.invalid/${name}`
}

function modelReference(reference: string): string {
  const [, name, inside = ''] = model.exec(reference) ?? []
  return name === undefined ? reference : `${modelAddress(name)}${inside}`
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
