// Checks models: the name, a readable schema, and references to models that exist; shared with import (recorded REST 8, REST 2.3).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Model } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'
import { modelUrl } from './api-parts.ts'

const mostSchemaCharacters = 400 * 1024

/** Throws BadRequestException for a name that is empty or not alphanumeric. */
export function checkModelName(name: string): void {
  if (name === '') throw new BadRequestException('Model name must be non-empty')
  if (!/^[A-Za-z0-9]+$/.test(name)) throw new BadRequestException(`Model name must be alphanumeric: ${name}`)
}

/**
 * Throws BadRequestException for a schema that is empty, unreadable, or refers to something else than a model of this API.
 * `found` holds the models that are known to exist; each that is looked up is added.
 */
export async function checkSchema(
  call: Call,
  restApiId: string,
  { contentType, schema, name }: Model,
  found: Set<string> = new Set(),
): Promise<void> {
  if (schema === undefined || schema === '') {
    throw new BadRequestException('Model schema must have at least 1 property or array items defined')
  }
  if (schema.length > mostSchemaCharacters) throw invalidModel('Model schema exceeds the maximum size of 400 KB')
  if (!/^[^\s/]+\/[^\s/]+/.test(contentType ?? '')) throw invalidModel(`Invalid content type specified: ${contentType}`)
  // Only JSON bodies are validated; the schema of another content type is text that is kept as it is.
  if (!/^application\/(?:json|.*\+json)$/i.test(contentType ?? '')) return
  const prefix = modelUrl(restApiId, '')
  for (const reference of referencesIn(parsedSchema(schema))) {
    if (reference.startsWith('#')) continue
    if (!reference.startsWith(prefix)) throw invalidModel('Model reference must be in canonical form')
    const target = reference.slice(prefix.length).split('#')[0] ?? ''
    // A model may refer to itself before it exists.
    if (target !== name && !found.has(target)) await checkReference(call, [restApiId, target], reference)
    found.add(target)
  }
}

async function checkReference(call: Call, key: readonly [string, string], reference: string): Promise<void> {
  if ((await call.store.get('Model', key)) === undefined) {
    throw invalidModel(`Invalid model reference specified: ${reference}`)
  }
}

function parsedSchema(schema: string): object {
  try {
    const document: unknown = JSON.parse(schema)
    if (isObject(document) && hasKnownTypes(document)) return document
  } catch {
    // Said below.
  }
  throw invalidModel('Invalid model schema specified')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const types: ReadonlySet<unknown> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])
/** Keywords whose value is a schema or a list of schemas, and keywords whose value is an object of schemas by name. */
const nesting = ['items', 'additionalItems', 'additionalProperties', 'not', 'allOf', 'anyOf', 'oneOf']
const naming = ['properties', 'patternProperties', 'definitions']

/** Whether every `type` of a schema is one of draft 4's. Only schemas are looked at, because a property may be called `type`. */
function hasKnownTypes(document: object): boolean {
  const left: unknown[] = [document]
  while (left.length > 0) {
    const schema = left.pop()
    if (!isObject(schema)) continue
    if (Object.hasOwn(schema, 'type') && ![schema['type']].flat().every((type) => types.has(type))) return false
    for (const keyword of nesting) if (Object.hasOwn(schema, keyword)) left.push(...[schema[keyword]].flat())
    for (const keyword of naming) {
      const named = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined
      if (isObject(named)) left.push(...Object.values(named))
    }
  }
  return true
}

function invalidModel(error: string): BadRequestException {
  return new BadRequestException(`Invalid model specified: Validation Result: warnings : [], errors : [${error}]`)
}

/** Every `$ref` of a schema. Walks with a list of its own, so that deep schemas do not exhaust the stack. */
function referencesIn(schema: unknown): readonly string[] {
  const references: string[] = []
  const left: unknown[] = [schema]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value !== 'object' || value === null) continue
    for (const [key, member] of Object.entries(value)) {
      if (key === '$ref' && typeof member === 'string') references.push(member)
      else left.push(member)
    }
  }
  return references
}

/** The parsed JSON, or undefined for text that is no JSON: schemas of other content types may be any text. */
export function parsedOrUndefined(schema: string): unknown {
  try {
    return JSON.parse(schema)
  } catch {
    return undefined
  }
}

/** A schema with the models that it refers to copied below `definitions` (GetModel with `flatten`). */
export async function flattened(call: Call, restApiId: string, schema: string): Promise<string> {
  const prefix = modelUrl(restApiId, '')
  const definitions = new Map<string, unknown>()
  const localized = (text: string) => text.replaceAll(prefix, '#/definitions/')
  const names = (text: string) =>
    referencesIn(parsedOrUndefined(text))
      .filter((reference) => reference.startsWith(prefix))
      .map((reference) => reference.slice(prefix.length))
  const left = [...names(schema)]
  while (left.length > 0) {
    const name = left.pop() ?? ''
    if (definitions.has(name)) continue
    const model = await call.store.get('Model', [restApiId, name])
    if (model?.schema === undefined) continue
    definitions.set(name, parsedOrUndefined(localized(model.schema)) ?? {})
    left.push(...names(model.schema))
  }
  if (definitions.size === 0) return schema
  const document = JSON.parse(localized(schema)) as { readonly definitions?: object }
  return JSON.stringify({ ...document, definitions: { ...document.definitions, ...Object.fromEntries(definitions) } })
}
