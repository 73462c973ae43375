// Brings the schema keywords of OpenAPI 3.1 (JSON Schema 2020-12) down to draft 4, saying where that loses something.
import type { MapNode, Node } from '../node.ts'
import type { Reading } from '../reading.ts'

/** Keywords draft 4 has no words for. */
const lostKeywords: ReadonlySet<string> = new Set([
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
  'contains',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'dependentSchemas',
  'else',
  'if',
  'maxContains',
  'minContains',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
])

/** Keywords that only changed their name. */
const renamedKeywords: ReadonlyMap<string, string> = new Map([
  ['$defs', 'definitions'],
  ['dependentRequired', 'dependencies'],
  ['prefixItems', 'items'],
])

/** The schema in draft-4 keywords. What cannot be said is left out, with a warning that points at it. */
export function reduceSchema(schema: MapNode, context: { readonly reading: Reading; readonly model: string }): MapNode {
  const entries = new Map<string, Node>()
  for (const [key, value] of schema.entries) {
    if (lostKeywords.has(key)) {
      context.reading.warn(`Unsupported keyword '${key}' in model '${context.model}'. Ignoring.`, value)
      continue
    }
    for (const [name, reduced] of reduceKeyword(key, value, schema)) entries.set(name, reduced)
  }
  return { ...schema, entries }
}

function reduceKeyword(key: string, value: Node, schema: MapNode): [string, Node][] {
  const renamed = renamedKeywords.get(key)
  if (renamed !== undefined) return [[renamed, value]]
  if (key === 'items' && schema.entries.has('prefixItems')) return [['additionalItems', value]]
  if (key === 'const') return [['enum', { kind: 'list', items: [value], offset: value.offset }]]
  if ((key === 'exclusiveMinimum' || key === 'exclusiveMaximum') && isNumber(value)) return bound(key, value)
  return [[key, value]]
}

/** 2020-12 has the bound itself where draft 4 has a flag beside `minimum` or `maximum`. */
function bound(key: 'exclusiveMinimum' | 'exclusiveMaximum', value: Node): [string, Node][] {
  const flag: Node = { kind: 'scalar', value: true, text: 'true', offset: value.offset }
  return [
    [key === 'exclusiveMinimum' ? 'minimum' : 'maximum', value],
    [key, flag],
  ]
}

function isNumber(node: Node): boolean {
  return node.kind === 'scalar' && typeof node.value === 'number'
}
