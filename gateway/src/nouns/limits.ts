// The service's quotas that requests meet, with their units. Source: AWS's "Amazon API Gateway quotas".

/** A request's payload, and a buffered answer's. */
export const payloadBytes = 10 * 1024 * 1024
/** All header lines of a request together, of HTTP APIs with the request line. */
export const headerLineBytes = 10_240
/** The request line's target. */
export const targetBytes = 10_240
/** A WebSocket message, in either direction. */
export const socketMessageBytes = 131_072
/** A Lambda event, and what a function may answer (Security L: 6 MB). */
export const lambdaPayloadBytes = 6_291_556
/** An integration's time-out unless it states one: REST 29 s, HTTP 30 s. */
export const restTimeoutMs = 29_000
export const httpTimeoutMs = 30_000

/** What AWS raises on request, and whoever runs a gateway may set. */
export interface AdjustableLimits {
  /** The longest `timeoutInMillis` of a REST integration that does not stream. AWS: 29,000. */
  readonly integrationTimeoutMs: number
  /** Resources of a REST API, its root among them. AWS: 300. */
  readonly resourcesPerApi: number
  /** Stages of an API. AWS: 10. */
  readonly stagesPerApi: number
  /** Routes of an HTTP or WebSocket API. AWS: 300. */
  readonly routesPerApi: number
  /** APIs of an account and region, of all kinds together. AWS: 600. Undefined: no limit. */
  readonly apisPerRegion: number | undefined
  /** VPC links of HTTP APIs of an account and region. AWS: 10. Undefined: no limit. */
  readonly vpcLinksPerRegion: number | undefined
  /**
   * What all requests to the APIs of an account and region may be together: tokens a second, and the bucket's size.
   * Undefined: as many as the machine can take.
   */
  readonly accountRequestsPerSecond: number | undefined
  readonly accountBurst: number | undefined
  /** New WebSocket connections a second to all APIs of an account and region. AWS: 500. Undefined: no limit. */
  readonly accountConnectionsPerSecond: number | undefined
}

/** AWS's own account limit: shown where there is none, and the other half where one was set. */
export const accountThrottle = { requestsPerSecond: 10_000, burst: 5_000 } as const

/** Own: what nobody needs to ask AWS for here is raised already; time-outs are AWS's, because clients rely on them. One's own machine is not shared with other accounts: no throttle. */
export const adjustableLimits: AdjustableLimits = {
  integrationTimeoutMs: restTimeoutMs,
  resourcesPerApi: 100_000,
  stagesPerApi: 100,
  routesPerApi: 3_000,
  apisPerRegion: undefined,
  vpcLinksPerRegion: undefined,
  accountRequestsPerSecond: undefined,
  accountBurst: undefined,
  accountConnectionsPerSecond: undefined,
}
