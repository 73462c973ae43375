// Writes one method of a REST API as an operation, in either dialect.
import type { Node } from '../node.ts'
import type { Method, MethodResponse } from '../rest-description.ts'
import type { DocumentationFields } from './documentation.ts'
import { writeIntegration } from './rest-integration.ts'
import { requirementsOf } from './rest-security.ts'
import { listOf, mapOf, mapOfPairs, mapped } from './tree.ts'

/** Options that decide how an operation is written. */
export interface OperationStyle {
  readonly swagger: boolean
  /** Whether `x-amazon-apigateway-integration` is asked for. */
  readonly integrations: boolean
  /** Whether the other extensions are; and the validator that the document's root names. */
  readonly validators: boolean
  readonly defaultValidator: string | undefined
  readonly documentation: DocumentationFields
}

/** Where the operation is, for the documentation of its parts. */
interface Place {
  readonly path: string
  readonly method: string
}

const parameterLocations: Readonly<Record<string, { readonly in: string; readonly type: string }>> = {
  path: { in: 'path', type: 'PATH_PARAMETER' },
  querystring: { in: 'query', type: 'QUERY_PARAMETER' },
  header: { in: 'header', type: 'REQUEST_HEADER' },
}
const stringSchema: Node = mapOf({ type: 'string' })

/** A reference to a model, as the dialect keeps them. */
export function modelRef(name: string, swagger: boolean): Node {
  return mapOf({ $ref: swagger ? `#/definitions/${name}` : `#/components/schemas/${name}` })
}

/** The operation of a method (rest.md 14.5, rest-recorded.md 18). */
export function writeOperation(path: string, method: Method, style: OperationStyle): Node {
  const { swagger, documentation } = style
  const place: Place = { path, method: method.httpMethod }
  const parameters = [...writeParameters(method, place, style), ...(swagger ? writeBodyParameter(method) : [])]
  const security = requirementsOf(method)
  const validator = method.requestValidatorName === style.defaultValidator ? undefined : method.requestValidatorName
  return mapOf({
    ...documentation.of({ type: 'METHOD', ...place }),
    operationId: method.operationName,
    consumes: swagger ? mediaTypes(method.requestModels, method.methodIntegration?.requestTemplates) : undefined,
    produces: swagger ? producedTypes(method) : undefined,
    parameters: parameters.length === 0 ? undefined : listOf(parameters),
    requestBody: swagger ? undefined : writeRequestBody(method, documentation.of({ type: 'REQUEST_BODY', ...place })),
    responses:
      mapped(method.methodResponses, (response, code) => writeResponse(code, response, place, style)) ?? mapOf({}),
    security: security.length === 0 ? undefined : listOf(security),
    'x-amazon-apigateway-request-validator': style.validators ? validator : undefined,
    'x-amazon-apigateway-integration':
      style.integrations && method.methodIntegration !== undefined
        ? writeIntegration(method.methodIntegration)
        : undefined,
  })
}

function writeParameters(method: Method, at: Place, { swagger, documentation }: OperationStyle): Node[] {
  return Object.entries(method.requestParameters ?? {}).map(([key, required]) => {
    const [, location = '', name = ''] = /^method\.request\.(\w+)\.(.*)$/s.exec(key) ?? []
    const { in: where, type } = parameterLocations[location] ?? { in: location, type: '' }
    const place = { name, in: where, ...documentation.of({ type, name, ...at }) }
    // AWS: Swagger says `required: false`, OpenAPI 3 leaves it out — recorded, rest-recorded.md 18.
    if (swagger) return mapOf({ ...place, required, type: 'string' })
    return mapOf({ ...place, required: required ? true : undefined, schema: stringSchema })
  })
}

/** Swagger has one body for all content types: the first model's. */
function writeBodyParameter(method: Method): Node[] {
  const [name] = Object.values(method.requestModels ?? {})
  return name === undefined ? [] : [mapOf({ in: 'body', name, required: true, schema: modelRef(name, true) })]
}

function writeRequestBody(method: Method, fields: Readonly<Record<string, Node>>): Node | undefined {
  const content = mapped(method.requestModels, (name) => mapOf({ schema: modelRef(name, false) }))
  return content && mapOf({ ...fields, content, required: true })
}

function writeResponse(statusCode: string, response: MethodResponse, at: Place, style: OperationStyle): Node {
  const { swagger, documentation } = style
  const place = { ...at, statusCode }
  const names = Object.keys(response.responseParameters ?? {}).map((key) => key.replace('method.response.header.', ''))
  const headers = names.map((name): [string, Node] => {
    const fields = documentation.of({ type: 'RESPONSE_HEADER', name, ...place })
    return [name, mapOf({ ...fields, ...(swagger ? { type: 'string' } : { schema: stringSchema }) })]
  })
  const [model] = Object.values(response.responseModels ?? {})
  return mapOf({
    description: `${statusCode} response`,
    ...documentation.of({ type: 'RESPONSE', ...place }),
    schema: swagger && model !== undefined ? modelRef(model, true) : undefined,
    headers: headers.length === 0 ? undefined : mapOfPairs(headers),
    content: swagger
      ? undefined
      : (mapped(response.responseModels, (name) => mapOf({ schema: modelRef(name, false) })) ?? mapOf({})),
  })
}

function producedTypes({ methodResponses, methodIntegration }: Method): readonly string[] | undefined {
  const models = Object.values(methodResponses ?? {}).map((response) => response.responseModels)
  const templates = Object.values(methodIntegration?.integrationResponses ?? {}).map(
    (response) => response.responseTemplates,
  )
  return mediaTypes(...models, ...templates)
}

/** The content types models and templates name, each once; `undefined` when there are none. */
function mediaTypes(
  ...records: readonly (Readonly<Record<string, string>> | undefined)[]
): readonly string[] | undefined {
  const types = new Set(records.flatMap((record) => Object.keys(record ?? {})))
  return types.size === 0 ? undefined : [...types]
}
