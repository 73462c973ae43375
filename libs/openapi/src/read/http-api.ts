// Reads a document as an HTTP API: the rules of ImportApi and ReimportApi up to where records are made.
import type { ParsedDocument } from '../document.ts'
import { readCors } from '../extensions/cors.ts'
import { HttpIntegrations } from '../extensions/http-integration.ts'
import { endpointExtension, readTags } from '../extensions/settings.ts'
import { invalidInput } from '../fault.ts'
import type { HttpApi, HttpApiDescription, Route } from '../http-description.ts'
import { booleanOf, member, textOf } from '../node.ts'
import type { Reading } from '../reading.ts'
import { present } from '../record.ts'
import type { Warning } from '../rest-description.ts'
import type { BasePathMode } from './base-path.ts'
import { basePathPrefix, routePath } from './base-path.ts'
import { beginReading, warnOfMissing } from './dialect.ts'
import { HttpSecurity } from './http-security.ts'
import { warnOfMissingSchemas } from './missing-schemas.ts'
import type { Operation } from './operation.ts'
import { titleOf } from './operation.ts'
import { operationsOf, pathItemsOf } from './paths.ts'
import { warnOfUnexpected } from './unexpected.ts'

export interface HttpApiOptions {
  /** What becomes of the document's base path; AWS's default is `ignore`. */
  readonly basepath?: BasePathMode
}

/** Members an operation may have in OpenAPI that HTTP APIs do nothing with: worth a note, never a warning. */
const membersWithoutEffect = ['requestBody', 'parameters', 'callbacks', 'x-amazon-apigateway-request-validator']

/** The path under which the `$default` route is written; it takes no base path. */
const defaultRoutePath = '/$default'
const exportExtensionVersion = '1.0'

/**
 * Reads an OpenAPI 3 document as an HTTP API (http-websocket.md 15). `importInfo` lists what is valid but has no
 * effect, `warnings` what AWS warns of. Throws `DocumentFault` on what AWS refuses, Swagger 2.0 among it.
 */
export function readHttpApi(
  document: ParsedDocument,
  options: HttpApiOptions = {},
): HttpApiDescription & { readonly warnings: readonly Warning[]; readonly importInfo: readonly Warning[] } {
  const reading = beginReading(document)
  if (reading.dialect.major === 2) {
    const version = member(reading.root, 'swagger') ?? reading.root
    throw reading.fault(
      invalidInput,
      version,
      'HTTP APIs are imported from OpenAPI 3.0 documents, not from Swagger 2.0',
    )
  }
  warnOfMissing(reading)
  warnOfUnexpected(reading)
  const importInfo: Warning[] = []
  const integrations = new HttpIntegrations(reading)
  const security = new HttpSecurity(reading)
  const routes = readRoutes(basePathPrefix(reading, options.basepath ?? 'ignore'), {
    reading,
    integrations,
    security,
    importInfo,
  })
  const api = readApi(reading)
  reading.throwErrors()
  const { authorizers } = security
  return { api, integrations: integrations.all, routes, authorizers, warnings: reading.warnings, importInfo }
}

function readApi(reading: Reading): HttpApi {
  const { root } = reading
  const info = member(root, 'info')
  const exportVersion = member(root, 'x-amazon-apigateway-importexport-version')
  if (exportVersion !== undefined && textOf(exportVersion) !== exportExtensionVersion) {
    reading.warn(
      `Unsupported import/export version. Reading the document as version ${exportExtensionVersion}.`,
      exportVersion,
    )
  }
  return present<HttpApi>({
    name: textOf(member(info, 'title')),
    description: textOf(member(info, 'description')),
    version: textOf(member(info, 'version')),
    disableExecuteApiEndpoint: booleanOf(member(endpointExtension(reading), 'disableExecuteApiEndpoint')),
    corsConfiguration: readCors(root),
    tags: readTags(root, ''),
  })
}

interface Context {
  readonly reading: Reading
  readonly integrations: HttpIntegrations
  readonly security: HttpSecurity
  readonly importInfo: Warning[]
}

function readRoutes(prefix: string, context: Context): Route[] {
  const { reading } = context
  const toPath = (path: string): string => (path === defaultRoutePath ? path : routePath(prefix, path))
  const routes = new Map<string, Route>()
  for (const item of pathItemsOf(reading, toPath)) {
    for (const operation of operationsOf(item, reading)) {
      const routeKey =
        operation.path === defaultRoutePath && operation.httpMethod === 'ANY' ? '$default' : titleOf(operation)
      if (routes.has(routeKey)) {
        reading.warn(`Route '${routeKey}' is defined twice. Ignoring all but the last.`, operation.node)
      }
      routes.set(routeKey, readRoute(routeKey, operation, context))
    }
  }
  return [...routes.values()]
}

function readRoute(routeKey: string, operation: Operation, context: Context): Route {
  const { reading, integrations, security, importInfo } = context
  warnOfMissingSchemas(operation, reading)
  for (const name of membersWithoutEffect) {
    const node = member(operation.node, name)
    if (node !== undefined)
      importInfo.push({
        message: `'${name}' of route '${routeKey}' has no effect for HTTP APIs.`,
        ...reading.placeOf(node),
      })
  }
  return present<Route>({
    routeKey,
    authorizerName: undefined,
    authorizationScopes: undefined,
    ...security.securityOf(operation),
    operationName: textOf(member(operation.node, 'operationId')),
    integrationKey: integrations.keyFor(operation, routeKey),
    place: reading.placeOf(operation.node),
  })
}
