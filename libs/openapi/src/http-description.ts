// What a document says about an HTTP API, in the output shapes of AWS's `apigatewayv2` model. Names refer to names.
import type { Place } from './fault.ts'

export interface HttpApiDescription {
  readonly api: HttpApi
  readonly integrations: readonly HttpIntegration[]
  readonly routes: readonly Route[]
  readonly authorizers: readonly HttpAuthorizer[]
}

export interface HttpApi {
  readonly name?: string
  readonly description?: string
  readonly version?: string
  readonly disableExecuteApiEndpoint?: boolean
  readonly corsConfiguration?: Cors
  readonly tags?: Readonly<Record<string, string>>
}

export interface Cors {
  readonly allowOrigins?: readonly string[]
  readonly allowMethods?: readonly string[]
  readonly allowHeaders?: readonly string[]
  readonly exposeHeaders?: readonly string[]
  readonly allowCredentials?: boolean
  readonly maxAge?: number
}

export interface HttpIntegration {
  /** Joins routes to integrations: the name under `x-amazon-apigateway-integrations`, else the route's key. */
  readonly key: string
  readonly integrationType: string
  readonly integrationSubtype?: string
  readonly integrationMethod?: string
  readonly integrationUri?: string
  readonly connectionType: string
  readonly connectionId?: string
  readonly credentialsArn?: string
  readonly description?: string
  readonly payloadFormatVersion: string
  readonly timeoutInMillis: number
  readonly requestParameters?: Readonly<Record<string, string>>
  readonly responseParameters?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly tlsConfig?: { readonly serverNameToVerify: string }
}

export interface Route {
  readonly routeKey: string
  readonly authorizationType: string
  readonly authorizerName?: string
  readonly authorizationScopes?: readonly string[]
  readonly operationName?: string
  /** Absent when the document gives no integration that an HTTP API can have. */
  readonly integrationKey?: string
  /** Where the operation stands, for whoever finds fault with it later. */
  readonly place?: Place
}

export interface HttpAuthorizer {
  readonly name: string
  readonly authorizerType: string
  readonly identitySource?: readonly string[]
  readonly jwtConfiguration?: { readonly issuer?: string; readonly audience?: readonly string[] }
  readonly authorizerUri?: string
  readonly authorizerCredentialsArn?: string
  readonly authorizerPayloadFormatVersion?: string
  readonly authorizerResultTtlInSeconds?: number
  readonly enableSimpleResponses?: boolean
  readonly identityValidationExpression?: string
}
