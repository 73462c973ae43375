// Writes a REST API as Swagger 2.0 or OpenAPI 3.0: what GetExport answers, which readRestApi takes back.
import type { Node } from '../node.ts'
import type { DocumentationPart, RestApi, RestApiDescription } from '../rest-description.ts'
import { DocumentationFields } from './documentation.ts'
import { writeOperation } from './rest-operation.ts'
import type { OperationStyle } from './rest-operation.ts'
import { writeSchemes } from './rest-security.ts'
import { writeSchemas } from './schemas.ts'
import { writeTags } from './tags.ts'
import type { TextFormat } from './text.ts'
import { writeText } from './text.ts'
import type { Value } from './tree.ts'
import { listOf, mapOf, mapOfPairs, mapped, parsed, stringsOf } from './tree.ts'

/** What GetExport's `extensions` parameter may ask for. */
export type RestExtension =
  | 'apigateway'
  | 'authorizers'
  | 'documentation'
  | 'gatewayresponses'
  | 'integrations'
  | 'validators'

export interface WriteRestApiOptions {
  readonly version: 'swagger' | 'oas30'
  readonly extensions: ReadonlySet<RestExtension>
  readonly format: TextFormat
  /** Where the stage answers: host name (with a port, if any), the stage as base path, and `https` unless said. */
  readonly server: { readonly host: string; readonly stage: string; readonly scheme?: 'http' | 'https' }
  /** `info.version` of an API without a version: AWS writes the date it was made. */
  readonly versionFallback: string
}

interface Writing {
  readonly description: RestApiDescription
  readonly options: WriteRestApiOptions
  readonly documentation: DocumentationFields
}

/** Only resources with methods appear (rest.md 14.5). Key order is not AWS's: it is not part of the contract. */
export function writeRestApi(description: RestApiDescription, options: WriteRestApiOptions): string {
  const writing: Writing = {
    description,
    options,
    documentation: new DocumentationFields(description.documentationParts),
  }
  return writeText(options.version === 'swagger' ? writeSwagger(writing) : writeOpenApi(writing), options.format)
}

function writeSwagger(writing: Writing): Node {
  const { description, options } = writing
  const { host, stage, scheme } = options.server
  return mapOfPairs([
    ['swagger', '2.0'],
    ['info', writeInfo(writing)],
    ['host', host],
    ['basePath', `/${stage}`],
    ['schemes', [scheme ?? 'https']],
    ['paths', writePaths(writing)],
    ['securityDefinitions', securitySchemes(writing)],
    ['definitions', writeSchemas(description.models, true)],
    ['x-amazon-apigateway-endpoint-configuration', endpointConfiguration(description.restApi, options)],
    ...rootExtensions(description, options),
  ])
}

function writeOpenApi(writing: Writing): Node {
  const { description, options } = writing
  const { host, stage, scheme } = options.server
  const server = mapOf({
    url: `${scheme ?? 'https'}://${host}/{basePath}`,
    variables: mapOf({ basePath: mapOf({ default: stage }) }),
    'x-amazon-apigateway-endpoint-configuration': endpointConfiguration(description.restApi, options),
  })
  return mapOfPairs([
    ['openapi', '3.0.1'],
    ['info', writeInfo(writing)],
    ['servers', listOf([server])],
    ['paths', writePaths(writing)],
    [
      'components',
      mapOf({
        schemas: writeSchemas(description.models, false),
        securitySchemes: securitySchemes(writing),
      }),
    ],
    ...rootExtensions(description, options),
  ])
}

function writeInfo({ description: { restApi }, options, documentation }: Writing): Node {
  const { name: title, description, version = options.versionFallback } = restApi
  const fields = documentation.info()
  return mapOf({ title, ...fields, description: description ?? fields['description'], version })
}

function asks({ extensions }: WriteRestApiOptions, extension: RestExtension): boolean {
  return extensions.has('apigateway') || extensions.has(extension)
}

function writePaths({ description, options, documentation }: Writing): Node {
  const { resources, defaultRequestValidator } = description
  const style: OperationStyle = {
    swagger: options.version === 'swagger',
    integrations: asks(options, 'integrations'),
    validators: asks(options, 'validators'),
    defaultValidator: defaultRequestValidator,
    documentation,
  }
  const withMethods = resources.filter(({ methods }) => methods.length > 0)
  return mapOfPairs(
    withMethods.map(({ path, methods }): [string, Node] => [
      path,
      mapOfPairs([
        ...Object.entries(documentation.of({ type: 'RESOURCE', path })),
        ...methods.map((method): [string, Node] => [verbKey(method.httpMethod), writeOperation(path, method, style)]),
      ]),
    ]),
  )
}

function verbKey(httpMethod: string): string {
  return httpMethod === 'ANY' ? 'x-amazon-apigateway-any-method' : httpMethod.toLowerCase()
}

function securitySchemes({ description, options, documentation }: Writing): Node | undefined {
  return writeSchemes(description, documentation, asks(options, 'authorizers'))
}

/** Types and address types are arguments of an import, not part of the document. */
function endpointConfiguration(restApi: RestApi, options: WriteRestApiOptions): Node | undefined {
  if (!options.extensions.has('apigateway')) return undefined
  const vpcEndpointIds = restApi.endpointConfiguration?.vpcEndpointIds ?? []
  const disabled = restApi.disableExecuteApiEndpoint === true
  if (!disabled && vpcEndpointIds.length === 0) return undefined
  return mapOf({
    disableExecuteApiEndpoint: disabled ? true : undefined,
    vpcEndpointIds: vpcEndpointIds.length === 0 ? undefined : vpcEndpointIds,
  })
}

function rootExtensions(description: RestApiDescription, options: WriteRestApiOptions): [string, Value][] {
  const extensions: [string, Value][] = []
  if (asks(options, 'validators')) extensions.push(...writeValidators(description))
  if (asks(options, 'gatewayresponses')) {
    extensions.push(['x-amazon-apigateway-gateway-responses', writeGatewayResponses(description)])
  }
  if (options.extensions.has('apigateway')) extensions.push(...writeSettings(description.restApi))
  // Documentation parts are their own choice: AWS leaves them out of `apigateway`.
  if (options.extensions.has('documentation')) {
    const { documentationParts, documentationVersion } = description
    extensions.push(['x-amazon-apigateway-documentation', writeDocumentation(documentationParts, documentationVersion)])
  }
  return extensions
}

function writeValidators({ requestValidators, defaultRequestValidator }: RestApiDescription): [string, Value][] {
  if (requestValidators.length === 0) return []
  const validators = requestValidators.map(
    ({ name, validateRequestBody, validateRequestParameters }): [string, Node] => [
      name,
      mapOf({ validateRequestBody, validateRequestParameters }),
    ],
  )
  return [
    ['x-amazon-apigateway-request-validators', mapOfPairs(validators)],
    ['x-amazon-apigateway-request-validator', defaultRequestValidator],
  ]
}

function writeGatewayResponses({ gatewayResponses }: RestApiDescription): Node | undefined {
  if (gatewayResponses.length === 0) return undefined
  return mapOfPairs(
    gatewayResponses.map(({ responseType, statusCode, responseParameters, responseTemplates }): [string, Node] => [
      responseType,
      mapOf({
        statusCode,
        responseParameters: stringsOf(responseParameters),
        responseTemplates: stringsOf(responseTemplates),
      }),
    ]),
  )
}

function writeSettings(restApi: RestApi): [string, Value][] {
  return [
    ['x-amazon-apigateway-binary-media-types', restApi.binaryMediaTypes],
    ['x-amazon-apigateway-minimum-compression-size', restApi.minimumCompressionSize],
    ['x-amazon-apigateway-api-key-source', restApi.apiKeySource === 'HEADER' ? undefined : restApi.apiKeySource],
    ['x-amazon-apigateway-policy', restApi.policy === undefined ? undefined : parsed(restApi.policy)],
    ['x-amazon-apigateway-security-policy', restApi.securityPolicy],
    ['x-amazon-apigateway-endpoint-access-mode', restApi.endpointAccessMode],
    ['tags', writeTags(restApi.tags)],
  ]
}

function writeDocumentation(parts: readonly DocumentationPart[], version: string | undefined): Node | undefined {
  if (parts.length === 0 && version === undefined) return undefined
  const documentationParts = parts.map(({ location, properties }) =>
    mapOf({ location: mapped({ ...location }, (value) => value), properties: parsed(properties) }),
  )
  return mapOf({ version, documentationParts: listOf(documentationParts) })
}
