// What the steps of an HTTP API know of the stage and the route that serve a request; fixed when the stage is planned.
import type { Admitted, Counted, Received, Routed } from './exchange.ts'
import type { HeaderList } from './headers.ts'

/** A stage as its plan sees it. */
export interface HttpStage {
  readonly account: string
  readonly region: string
  readonly apiId: string
  /** `$default` or a name. */
  readonly stageName: string
  readonly deploymentId: string
  readonly variables: Readonly<Record<string, string>> | undefined
}

/** A route as its plan sees it. */
export interface HttpRoute extends Counted {
  readonly stage: HttpStage
  readonly routeId: string
  /** `GET /pets/{petId}` or `$default` */
  readonly routeKey: string
  /** `/pets/{petId}`, or `$default` for the default route. */
  readonly path: string
}

export type HttpRouted = Received & Routed<HttpRoute>

export type HttpAdmitted = HttpRouted & Admitted

/** Told before the integration is called, when parameter mappings change the request. HTTP 9. */
export interface HttpMapped {
  readonly outgoing: {
    readonly headers: HeaderList
    readonly rawQuery: string
    /** The backend's path, percent-encoded; undefined when no mapping sets it. */
    readonly path: string | undefined
    /** The backend's `host` header; undefined when no mapping sets it. */
    readonly host: string | undefined
  }
}

/** The path that routes are matched against: without the stage, still percent-encoded. */
export function httpRoutePath(exchange: Received): string {
  const path = exchange.rawPath.slice(exchange.resourcePathStart)
  return path === '' ? '/' : path
}

/** The path as format 1.0 shows it: on a custom domain name the client's, where format 2.0 has the stage. HTTP 5.4. */
export function httpClientPath(exchange: Received): string {
  return exchange.customDomain === undefined ? exchange.rawPath : (exchange.sentPath ?? exchange.rawPath)
}
