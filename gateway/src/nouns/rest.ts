// What the steps of a REST API know of the stage and the method that serve a request; fixed when the stage is planned.
import type { Admitted, Counted, Received, Routed } from './exchange.ts'

/** A stage as its plan sees it. */
export interface RestStage {
  readonly account: string
  readonly region: string
  readonly apiId: string
  readonly stageName: string
  readonly deploymentId: string
  /** `undefined` when the stage has none. */
  readonly variables: Readonly<Record<string, string>> | undefined
  /** Whether a media type (in lower case, without parameters) is one of the API's binary media types. */
  readonly isBinary: (mediaType: string) => boolean
  /** `$context.isCanaryRequest` exists only on stages with canary settings. */
  readonly canary: { readonly isCanaryRequest: boolean } | undefined
  /** What the stage presents to its HTTP backends; undefined for nothing. */
  readonly clientCertificate: { readonly certificatePem: string; readonly privateKeyPem: string } | undefined
  /** Whether the API's endpoint is edge-optimised. */
  readonly isEdge: boolean
  /** A test call's stage: there is no deployment, and a function's event has the headers that the tester gave, no others. */
  readonly isTest: boolean
}

/** A method as its plan sees it. */
export interface RestMethod extends Counted {
  readonly stage: RestStage
  readonly resourceId: string
  /** `/pets/{petId}` */
  readonly resourcePath: string
  /** As configured: a verb or `ANY`. */
  readonly httpMethod: string
  readonly operationName: string | undefined
  readonly apiKeyRequired: boolean
  /** `AWS_IAM`, `CUSTOM`, `COGNITO_USER_POOLS`; `NONE` when absent. */
  readonly authorization?: string | undefined
}

/** A request that found its method. */
export type RestRouted = Received & Routed<RestMethod>

/** A request that may call its integration. */
export type RestAdmitted = RestRouted & Admitted

/** The path that resources are matched against: leading duplicate slashes are one. */
export function resourcePath(exchange: Received): string {
  const path = exchange.rawPath.slice(exchange.resourcePathStart)
  // AWS: `/stage//x` routes like `/x`, and Lambda's event.path is `/x` — REST 1.2
  let start = 0
  while (path.charCodeAt(start) === slash && path.charCodeAt(start + 1) === slash) start++
  return path === '' ? '/' : path.slice(start)
}

/** The path as Lambda events show it: without the stage; on a custom domain name the client's, base path included. */
export function eventPath(exchange: Received): string {
  return exchange.customDomain === undefined ? resourcePath(exchange) : exchange.rawPath
}

const slash = 47
