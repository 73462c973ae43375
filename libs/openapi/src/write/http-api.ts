// Writes an HTTP API as OpenAPI 3.0: what ExportApi answers, which readHttpApi takes back.
import type { Cors, HttpApiDescription, HttpIntegration, Route } from '../http-description.ts'
import type { Node } from '../node.ts'
import { writeHttpIntegration } from './http-integration.ts'
import { requirementOf, writeHttpSchemes } from './http-security.ts'
import { writeTags } from './tags.ts'
import type { TextFormat } from './text.ts'
import { writeText } from './text.ts'
import type { Value } from './tree.ts'
import { listOf, mapOf, mapOfPairs } from './tree.ts'

export interface WriteHttpApiOptions {
  /** Whether the `x-amazon-*` members are written; ExportApi's default is yes. */
  readonly includeExtensions: boolean
  readonly format: TextFormat
  /** Where the API answers: host name (with a port, if any), the stage as base path, and `https` unless said. */
  readonly server: { readonly host: string; readonly stage?: string; readonly scheme?: 'http' | 'https' }
  /** `info.version` of an API without a version. */
  readonly versionFallback: string
}

interface Style {
  readonly extensions: boolean
  readonly integrations: ReadonlyMap<string, HttpIntegration>
  /** Keys of integrations that several routes use: they are written once and referred to. */
  readonly shared: ReadonlySet<string>
}

/** The document of http-websocket.md 15.3. */
export function writeHttpApi(description: HttpApiDescription, options: WriteHttpApiOptions): string {
  const { api, routes, authorizers } = description
  const extensions = options.includeExtensions
  const style: Style = {
    extensions,
    integrations: new Map(description.integrations.map((integration) => [integration.key, integration])),
    shared: sharedKeys(routes),
  }
  const members: [string, Value][] = [
    ['openapi', '3.0.1'],
    ['info', mapOf({ title: api.name, description: api.description, version: api.version ?? options.versionFallback })],
    ['servers', listOf([writeServer(description, options)])],
    ['tags', extensions ? writeTags(api.tags) : undefined],
    ['paths', writePaths(routes, style)],
    [
      'components',
      mapOf({
        securitySchemes: writeHttpSchemes(routes, authorizers, extensions),
        'x-amazon-apigateway-integrations': extensions ? writeShared(style) : undefined,
      }),
    ],
  ]
  if (extensions) {
    members.push(['x-amazon-apigateway-cors', api.corsConfiguration && writeCors(api.corsConfiguration)])
    members.push(['x-amazon-apigateway-importexport-version', '1.0'])
  }
  return writeText(mapOfPairs(members), options.format)
}

function writeServer({ api }: HttpApiDescription, { server, includeExtensions }: WriteHttpApiOptions): Node {
  const disabled = includeExtensions && api.disableExecuteApiEndpoint === true
  return mapOf({
    url: `${server.scheme ?? 'https'}://${server.host}/{basePath}`,
    variables: mapOf({ basePath: mapOf({ default: server.stage ?? '' }) }),
    'x-amazon-apigateway-endpoint-configuration': disabled ? mapOf({ disableExecuteApiEndpoint: true }) : undefined,
  })
}

function sharedKeys(routes: readonly Route[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const shared = new Set<string>()
  for (const { integrationKey } of routes) {
    if (integrationKey === undefined) continue
    if (seen.has(integrationKey)) shared.add(integrationKey)
    seen.add(integrationKey)
  }
  return shared
}

function writePaths(routes: readonly Route[], style: Style): Node {
  const paths = new Map<string, [string, Node][]>()
  for (const route of routes) {
    const [verb = '', path = '/$default'] = route.routeKey === '$default' ? ['ANY'] : route.routeKey.split(' ')
    const key = verb === 'ANY' ? 'x-amazon-apigateway-any-method' : verb.toLowerCase()
    const operations = paths.get(path) ?? []
    operations.push([key, writeRoute(route, style)])
    paths.set(path, operations)
  }
  return mapOfPairs(
    [...paths].map(([path, operations]) => [
      path,
      mapOfPairs([...operations, ['parameters', writePathParameters(path)] as const]),
    ]),
  )
}

/** AWS's own exports: OpenAPI wants each `{name}` of a path declared, and HTTP APIs keep nothing about them but the name. */
function writePathParameters(path: string): Node | undefined {
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name)
  if (names.length === 0) return undefined
  return listOf(
    names.map((name) =>
      mapOf({
        name,
        in: 'path',
        description: `Generated path parameter for ${name}`,
        required: true,
        schema: mapOf({ type: 'string' }),
      }),
    ),
  )
}

function writeRoute(route: Route, style: Style): Node {
  const requirement = requirementOf(route)
  return mapOf({
    operationId: route.operationName,
    responses: mapOf({ default: mapOf({ description: `Default response for ${route.routeKey}` }) }),
    security: requirement && listOf([requirement]),
    isDefaultRoute: route.routeKey === '$default' ? true : undefined,
    'x-amazon-apigateway-integration': style.extensions ? writeRouteIntegration(route, style) : undefined,
  })
}

function writeRouteIntegration({ integrationKey }: Route, { integrations, shared }: Style): Node | undefined {
  if (integrationKey === undefined) return undefined
  if (shared.has(integrationKey)) {
    const pointer = integrationKey.replaceAll('~', '~0').replaceAll('/', '~1')
    return mapOf({ $ref: `#/components/x-amazon-apigateway-integrations/${pointer}` })
  }
  const integration = integrations.get(integrationKey)
  return integration && writeHttpIntegration(integration)
}

function writeShared({ integrations, shared }: Style): Node | undefined {
  const written = [...integrations].filter(([key]) => shared.has(key))
  if (written.length === 0) return undefined
  return mapOfPairs(written.map(([key, integration]) => [key, writeHttpIntegration(integration)] as const))
}

function writeCors({ allowCredentials, maxAge, ...lists }: Cors): Node {
  return mapOf({ ...lists, allowCredentials, maxAge })
}
