// Reads a document as a REST API: the rules of ImportRestApi and PutRestApi up to where records are made.
import type { ParsedDocument } from '../document.ts'
import { readDocumentationExtension } from '../extensions/documentation.ts'
import { readGatewayResponses } from '../extensions/gateway-responses.ts'
import { readIntegration } from '../extensions/integration.ts'
import { chosenValidator, readRequestValidators } from '../extensions/request-validators.ts'
import { readSettings } from '../extensions/settings.ts'
import { member, textOf } from '../node.ts'
import type { Reading } from '../reading.ts'
import { present } from '../record.ts'
import type { DocumentationPart, Method, RequestValidator, RestApiDescription, Warning } from '../rest-description.ts'
import type { BasePathMode } from './base-path.ts'
import { basePathPrefix, resourcePath } from './base-path.ts'
import { beginReading, warnOfMissing } from './dialect.ts'
import { Models, restApiIdPlaceholder } from './models.ts'
import type { Operation } from './operation.ts'
import { parametersOf, readRequestModels, readRequestParameters } from './parameters.ts'
import { operationsOf, pathItemsOf } from './paths.ts'
import { readMethodResponses } from './responses.ts'
import { Security } from './security.ts'
import { warnOfWrongShapes } from './shapes.ts'
import { warnOfUnexpected } from './unexpected.ts'

export interface RestApiOptions {
  /** What becomes of the document's base path; AWS's default is `ignore`. */
  readonly basepath?: BasePathMode
  /** The API's id, for references between models; without it they carry `restApiIdPlaceholder`. */
  readonly restApiId?: string
  /** Leaves documentation parts out: the `ignore=documentation` of an import. */
  readonly ignoreDocumentation?: boolean
}

/** A description that holds something else in place of each method. */
export type RestApiDescriptionOf<Kept> = Omit<RestApiDescription, 'resources'> & {
  readonly resources: readonly { readonly path: string; readonly methods: readonly Kept[] }[]
  readonly warnings: readonly Warning[]
}

interface Context {
  readonly reading: Reading
  readonly models: Models
  readonly security: Security
  readonly validators: readonly RequestValidator[]
  readonly defaultValidator: string | undefined
}

/**
 * Reads a Swagger 2.0 or OpenAPI 3 document with its `x-amazon-apigateway-*` extensions as a REST API (rest.md 14,
 * rest-recorded.md 17). Warnings carry AWS's sentence and the place. Throws `DocumentFault` on what AWS refuses.
 */
export function readRestApi(
  document: ParsedDocument,
  options: RestApiOptions = {},
): RestApiDescription & { readonly warnings: readonly Warning[] } {
  return readRestApiKeeping(document, options, (method) => method)
}

/** Like {@link readRestApi}, but keeps of each method only what `keep` makes of it, for example its text: there may be thousands. */
export function readRestApiKeeping<Kept>(
  document: ParsedDocument,
  options: RestApiOptions,
  keep: (method: Method) => Kept,
): RestApiDescriptionOf<Kept> {
  const reading = beginReading(document)
  warnOfMissing(reading)
  warnOfUnexpected(reading)
  warnOfWrongShapes(reading)
  const models = new Models(reading, options.restApiId ?? restApiIdPlaceholder)
  const security = new Security(reading)
  const validators = readRequestValidators(reading)
  const defaultValidator = chosenValidator(reading.root, validators, reading)
  const context: Context = { reading, models, security, validators, defaultValidator }
  const prefix = basePathPrefix(reading, options.basepath ?? 'ignore')
  const resources = readResources(context, prefix, keep)
  const description = present<Omit<RestApiDescriptionOf<Kept>, 'warnings'>>({
    restApi: readSettings(reading),
    // Read last: operations add the models of their schemas.
    models: models.all,
    requestValidators: validators,
    defaultRequestValidator: defaultValidator,
    authorizers: security.authorizers,
    gatewayResponses: readGatewayResponses(reading),
    resources,
    ...(options.ignoreDocumentation === true
      ? { documentationParts: [], documentationVersion: undefined }
      : { documentationVersion: undefined, ...readDocumentationExtension(reading) }),
  })
  reading.throwErrors()
  return { ...description, warnings: reading.warnings }
}

/**
 * Reads only the documentation parts of a document, for ImportDocumentationParts. Throws `DocumentFault` like
 * {@link readRestApi}.
 */
export function readDocumentation(document: ParsedDocument): {
  readonly documentationParts: readonly DocumentationPart[]
  readonly warnings: readonly Warning[]
} {
  const reading = beginReading(document)
  const { documentationParts } = readDocumentationExtension(reading)
  return { documentationParts, warnings: reading.warnings }
}

function readResources<Kept>(
  context: Context,
  prefix: string,
  keep: (method: Method) => Kept,
): RestApiDescriptionOf<Kept>['resources'] {
  const { reading } = context
  const byPath = new Map<string, Map<string, Kept>>([['/', new Map()]])
  for (const item of pathItemsOf(reading, (path) => resourcePath(prefix, path))) {
    for (const ancestor of ancestorsOf(item.path)) if (!byPath.has(ancestor)) byPath.set(ancestor, new Map())
    const methods = byPath.get(item.path)
    for (const operation of operationsOf(item, reading)) {
      if (methods?.has(operation.httpMethod) === true) {
        reading.warn(
          `Method '${operation.httpMethod} ${item.path}' is defined twice. Ignoring all but the last.`,
          operation.node,
        )
      }
      methods?.set(operation.httpMethod, keep(readMethod(operation, context)))
    }
  }
  return [...byPath].map(([path, methods]) => ({ path, methods: [...methods.values()] }))
}

/** `/a`, `/a/b`, `/a/b/c`: AWS makes the resources in between, also those without methods — recorded, 17. */
function ancestorsOf(path: string): string[] {
  const segments = path.split('/').slice(1)
  return path === '/' ? ['/'] : segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`)
}

function readMethod(operation: Operation, context: Context): Method {
  const { reading, validators } = context
  const parameters = parametersOf(operation, reading)
  return present<Method>({
    httpMethod: operation.httpMethod,
    authorizerName: undefined,
    authorizationScopes: undefined,
    ...context.security.securityOf(operation.node),
    operationName: textOf(member(operation.node, 'operationId')),
    requestValidatorName: chosenValidator(operation.node, validators, reading) ?? context.defaultValidator,
    requestParameters: readRequestParameters(operation, parameters),
    requestModels: readRequestModels(operation, parameters, context),
    methodResponses: readMethodResponses(operation, context),
    methodIntegration: readIntegration(operation, reading),
    place: reading.placeOf(operation.node),
  })
}
