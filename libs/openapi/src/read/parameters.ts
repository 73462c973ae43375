// Parameters and bodies of an operation: `requestParameters` and `requestModels` of the method.
import { booleanOf, entriesOf, itemsOf, member, textOf, textsOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import { recordOf } from '../record.ts'
import type { Models } from './models.ts'
import type { Operation } from './operation.ts'
import { titleOf } from './operation.ts'

const parameterLocations: ReadonlyMap<string, string> = new Map([
  ['path', 'path'],
  ['query', 'querystring'],
  ['header', 'header'],
])
const pathVariableForm = /\{([^{}]+?)\+?\}/g
const defaultMediaTypes: readonly string[] = ['application/json']

/** The parameters of an operation, its own before those of the path item with the same name and place. */
export function parametersOf(operation: Operation, reading: Reading): readonly Node[] {
  const byKey = new Map<string, Node>()
  for (const item of [...operation.sharedParameters, ...itemsOf(member(operation.node, 'parameters'))]) {
    const parameter = reading.resolve(item)
    if (parameter === undefined) continue
    byKey.set(`${textOf(member(parameter, 'in')) ?? ''} ${textOf(member(parameter, 'name')) ?? ''}`, parameter)
  }
  return [...byKey.values()]
}

/**
 * `method.request.{path|querystring|header}.{name}` with whether it is required. Cookie and form parameters have no
 * counterpart. Variables of the path count as declared — recorded, rest-recorded.md 17.
 */
export function readRequestParameters(
  operation: Operation,
  parameters: readonly Node[],
): Record<string, boolean> | undefined {
  const found = new Map<string, boolean>()
  for (const parameter of parameters) {
    const location = parameterLocations.get(textOf(member(parameter, 'in')) ?? '')
    const name = textOf(member(parameter, 'name'))
    if (location === undefined || name === undefined) continue
    const required = location === 'path' || booleanOf(member(parameter, 'required')) === true
    found.set(`method.request.${location}.${name}`, required)
  }
  for (const [, name] of operation.path.matchAll(pathVariableForm)) found.set(`method.request.path.${name ?? ''}`, true)
  return found.size === 0 ? undefined : recordOf(found)
}

/** Model names by content type: the body parameter of Swagger 2.0, the `requestBody` of OpenAPI 3. */
export function readRequestModels(
  operation: Operation,
  parameters: readonly Node[],
  context: { readonly reading: Reading; readonly models: Models },
): Record<string, string> | undefined {
  const { reading, models } = context
  const found = new Map<string, string>()
  for (const [mediaType, schema] of bodySchemas(operation, parameters, reading)) {
    const kind = reading.dialect.major === 3 ? { kind: 'Content' } : {}
    const name = models.nameFor(schema, { sentence: `in request schema for '${titleOf(operation)}'`, ...kind })
    if (name !== undefined) found.set(mediaType, name)
  }
  return found.size === 0 ? undefined : recordOf(found)
}

function bodySchemas(operation: Operation, parameters: readonly Node[], reading: Reading): [string, Node][] {
  if (reading.dialect.major === 3) {
    return contentSchemas(reading.resolve(member(operation.node, 'requestBody')))
  }
  const body = parameters.find((parameter) => textOf(member(parameter, 'in')) === 'body')
  const schema = member(body, 'schema')
  if (schema === undefined) return []
  return mediaTypesOf(operation.node, reading, 'consumes').map((mediaType) => [mediaType, schema])
}

/** The schemas under `content`, by media type. */
export function contentSchemas(node: Node | undefined): [string, Node][] {
  const schemas: [string, Node][] = []
  for (const [mediaType, media] of entriesOf(member(node, 'content'))) {
    const schema = member(media, 'schema')
    if (schema !== undefined) schemas.push([mediaType, schema])
  }
  return schemas
}

/** `consumes` or `produces` of a Swagger operation, else of the document, else JSON. */
export function mediaTypesOf(operation: Node, reading: Reading, name: 'consumes' | 'produces'): readonly string[] {
  const types = textsOf(member(operation, name) ?? member(reading.root, name))
  return types.length === 0 ? defaultMediaTypes : types
}
