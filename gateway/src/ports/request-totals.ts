// The request totals port: counts since the start of the process, of every method and route, for monitoring systems.

/** Whose requests; an unknown route's resource and method are empty. */
export interface RequestLabels {
  readonly api: string
  readonly stage: string
  /** `/pets/{petId}` */
  readonly resource: string
  readonly method: string
}

export interface RequestTotal {
  /** `integrationMs`: negative when no integration was called. */
  add(status: number, latencyMs: number, integrationMs: number): void
}

export interface RequestTotals {
  /** The same labels always give the same total. */
  of(labels: RequestLabels): RequestTotal
  /** Everything in Prometheus's text format 0.0.4. `openConnections`: of WebSocket APIs, now. */
  text(openConnections: number): string
}
