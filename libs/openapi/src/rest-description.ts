// What a document says about a REST API, in the output shapes of AWS's `apigateway` model. Names refer to names.
import type { Place } from './fault.ts'

/** A sentence for the wire with the place it is about. */
export interface Warning extends Place {
  readonly message: string
}

export interface RestApiDescription {
  readonly restApi: RestApi
  readonly models: readonly Model[]
  readonly requestValidators: readonly RequestValidator[]
  /** The root's `x-amazon-apigateway-request-validator`; already put on every method without one of its own. */
  readonly defaultRequestValidator?: string
  readonly authorizers: readonly Authorizer[]
  readonly gatewayResponses: readonly GatewayResponse[]
  /** Every resource, also those without methods, parents before children; the root `/` first. */
  readonly resources: readonly Resource[]
  readonly documentationParts: readonly DocumentationPart[]
  readonly documentationVersion?: string
}

export interface RestApi {
  readonly name?: string
  readonly description?: string
  readonly version?: string
  readonly apiKeySource?: string
  readonly binaryMediaTypes?: readonly string[]
  readonly minimumCompressionSize?: number
  readonly policy?: string
  readonly disableExecuteApiEndpoint?: boolean
  readonly endpointConfiguration?: EndpointConfiguration
  readonly securityPolicy?: string
  readonly endpointAccessMode?: string
  readonly tags?: Readonly<Record<string, string>>
}

export interface EndpointConfiguration {
  readonly types?: readonly string[]
  readonly ipAddressType?: string
  readonly vpcEndpointIds?: readonly string[]
}

export interface Model {
  readonly name: string
  readonly contentType: string
  readonly description?: string
  /** JSON Schema draft 4 as text; references to other models as `modelReference` writes them. */
  readonly schema: string
}

export interface RequestValidator {
  readonly name: string
  readonly validateRequestBody: boolean
  readonly validateRequestParameters: boolean
}

export interface Authorizer {
  readonly name: string
  readonly type: string
  readonly authType?: string
  readonly providerARNs?: readonly string[]
  readonly authorizerUri?: string
  readonly authorizerCredentials?: string
  readonly identitySource?: string
  readonly identityValidationExpression?: string
  readonly authorizerResultTtlInSeconds?: number
}

export interface GatewayResponse {
  readonly responseType: string
  readonly statusCode?: string
  readonly responseParameters?: Readonly<Record<string, string>>
  readonly responseTemplates?: Readonly<Record<string, string>>
}

export interface Resource {
  readonly path: string
  readonly methods: readonly Method[]
}

export interface Method {
  readonly httpMethod: string
  readonly authorizationType: string
  readonly authorizerName?: string
  readonly authorizationScopes?: readonly string[]
  readonly apiKeyRequired: boolean
  readonly operationName?: string
  readonly requestValidatorName?: string
  readonly requestParameters?: Readonly<Record<string, boolean>>
  readonly requestModels?: Readonly<Record<string, string>>
  readonly methodResponses?: Readonly<Record<string, MethodResponse>>
  readonly methodIntegration?: Integration
  /** Where the operation stands, for whoever finds fault with it later. */
  readonly place?: Place
}

export interface MethodResponse {
  readonly statusCode: string
  readonly responseParameters?: Readonly<Record<string, boolean>>
  readonly responseModels?: Readonly<Record<string, string>>
}

export interface Integration {
  readonly type: string
  readonly httpMethod?: string
  readonly uri?: string
  readonly connectionType?: string
  readonly connectionId?: string
  readonly integrationTarget?: string
  readonly credentials?: string
  readonly requestParameters?: Readonly<Record<string, string>>
  readonly requestTemplates?: Readonly<Record<string, string>>
  readonly passthroughBehavior: string
  readonly contentHandling?: string
  readonly timeoutInMillis: number
  readonly cacheNamespace?: string
  readonly cacheKeyParameters: readonly string[]
  readonly tlsConfig?: { readonly insecureSkipVerification: boolean }
  readonly responseTransferMode?: string
  readonly integrationResponses?: Readonly<Record<string, IntegrationResponse>>
}

export interface IntegrationResponse {
  readonly statusCode: string
  readonly selectionPattern?: string
  readonly responseParameters?: Readonly<Record<string, string>>
  readonly responseTemplates?: Readonly<Record<string, string>>
  readonly contentHandling?: string
}

export interface DocumentationPart {
  readonly location: DocumentationLocation
  /** A JSON object as text. */
  readonly properties: string
}

export interface DocumentationLocation {
  readonly type: string
  readonly path?: string
  readonly method?: string
  readonly statusCode?: string
  readonly name?: string
}
