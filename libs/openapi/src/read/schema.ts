// Turns an OpenAPI schema into JSON Schema draft 4 as AWS stores it: keys in its order, references to its models.
import { entriesOf, itemsOf, textOf } from '../node.ts'
import type { ListNode, MapNode, Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import { referenceOf } from '../refs.ts'
import { reduceSchema } from './schema-3-1.ts'

/** What a schema's references are checked against and rewritten for. */
export interface SchemaContext {
  readonly reading: Reading
  /** For sentences: the model the schema belongs to. */
  readonly model: string
  readonly hasModel: (name: string) => boolean
  readonly referTo: (name: string) => string
}

/** Keywords of OpenAPI that say nothing about validity; AWS's JSON Schema has none of them (rest.md 2.3). */
const annotations: ReadonlySet<string> = new Set([
  'deprecated',
  'example',
  'examples',
  'externalDocs',
  'nullable',
  'readOnly',
  'writeOnly',
  'xml',
])
const schemaMaps: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'definitions', 'dependencies'])
const schemaMembers: ReadonlySet<string> = new Set([
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'items',
  'not',
  'oneOf',
])

/** The order AWS gives the keys of an imported schema — recorded, rest.md 14.2; the others keep the document's. */
const firstKeys = ['required', 'type', 'properties']

const localModelForm = /^#\/(?:definitions|components\/schemas)\/([^/]+)$/
const canonicalModelForm = /^https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/([^/]+)$/

/** The name of the model a reference means, local or AWS's own form; `undefined` for any other reference. */
export function modelNameOf(reference: string): string | undefined {
  return (localModelForm.exec(reference) ?? canonicalModelForm.exec(reference))?.[1]
}

/** The schema with draft-4 keywords only, ready to be written as text. */
export function convertSchema(node: Node, context: SchemaContext): Node {
  if (node.kind !== 'map') return node
  const reference = referenceOf(node)
  if (reference !== undefined) return convertReference(node, reference, context)
  const source = context.reading.dialect.minor >= 1 ? reduceSchema(node, context) : node
  const members = [...source.entries]
    .filter(([key, value]) => isKept(key, value, context))
    .map(([key, value]): [string, Node] => [key, convertMember(key, value, context)])
  const first = firstKeys.flatMap((name) => members.filter(([key]) => key === name))
  const rest = members.filter(([key]) => !firstKeys.includes(key))
  return { ...node, entries: new Map([...first, ...rest]) }
}

function isKept(key: string, value: Node, { reading, model }: SchemaContext): boolean {
  if (key === 'discriminator') {
    reading.warn(`Unsupported keyword 'discriminator' in model '${model}'. Ignoring.`, value)
    return false
  }
  return !annotations.has(key) && !key.startsWith('x-')
}

function convertMember(key: string, value: Node, context: SchemaContext): Node {
  if (schemaMaps.has(key)) return mapValues(value, (schema) => convertSchema(schema, context))
  if (!schemaMembers.has(key)) return value
  return value.kind === 'list' ? convertList(value, context) : convertSchema(value, context)
}

function convertList(list: ListNode, context: SchemaContext): ListNode {
  return { ...list, items: itemsOf(list).map((schema) => convertSchema(schema, context)) }
}

function mapValues(node: Node, change: (value: Node) => Node): Node {
  if (node.kind !== 'map') return node
  return { ...node, entries: new Map([...entriesOf(node)].map(([key, value]) => [key, change(value)])) }
}

function convertReference(node: MapNode, reference: string, context: SchemaContext): Node {
  const name = modelNameOf(reference)
  if (name === undefined) {
    // AWS: models may refer only to models of the same API, by their whole name.
    const reason =
      'Invalid model specified: Validation Result: warnings : [], errors : [Model reference must be in canonical form]'
    context.reading.refuse(`Unable to create model for '${context.model}': ${reason}`, node)
    return { ...node, entries: new Map() }
  }
  if (!context.hasModel(name)) {
    context.reading.warn(`Reference to model '${name}' not found. Ignoring.`, node)
    return { ...node, entries: new Map() }
  }
  const text = context.referTo(name)
  return { ...node, entries: new Map([['$ref', { kind: 'scalar', value: text, text, offset: node.offset }]]) }
}

/** Whether a schema is built from others; AWS makes no model of such a schema where it is written in place. */
export function isComposed(schema: Node): boolean {
  return ['allOf', 'anyOf', 'oneOf'].some((key) => entriesOf(schema).has(key))
}

/** The single type a schema names, if it names one. */
export function typeOf(schema: Node): string | undefined {
  return textOf(entriesOf(schema).get('type'))
}
