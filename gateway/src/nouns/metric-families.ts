// The metrics of namespace AWS/ApiGateway: names and units of each kind of API. Security F.1.

export const metricNamespace = 'AWS/ApiGateway'

export type MetricUnit = 'Count' | 'Milliseconds' | 'Bytes'

/** Metrics that are counted together. Their order is that of the tallies of a meter. */
export interface MetricFamily {
  readonly kind: 'REST' | 'HTTP' | 'WEBSOCKET'
  readonly metrics: readonly { readonly name: string; readonly unit: MetricUnit }[]
}

export const restMetrics = {
  kind: 'REST',
  metrics: [
    { name: 'Count', unit: 'Count' },
    { name: '4XXError', unit: 'Count' },
    { name: '5XXError', unit: 'Count' },
    { name: 'Latency', unit: 'Milliseconds' },
    { name: 'IntegrationLatency', unit: 'Milliseconds' },
    { name: 'CacheHitCount', unit: 'Count' },
    { name: 'CacheMissCount', unit: 'Count' },
  ],
} as const satisfies MetricFamily

export const httpMetrics = {
  kind: 'HTTP',
  metrics: [
    { name: 'Count', unit: 'Count' },
    { name: '4xx', unit: 'Count' },
    { name: '5xx', unit: 'Count' },
    { name: 'Latency', unit: 'Milliseconds' },
    { name: 'IntegrationLatency', unit: 'Milliseconds' },
    { name: 'DataProcessed', unit: 'Bytes' },
  ],
} as const satisfies MetricFamily

export const websocketMetrics = {
  kind: 'WEBSOCKET',
  metrics: [
    { name: 'ConnectCount', unit: 'Count' },
    { name: 'MessageCount', unit: 'Count' },
    { name: 'IntegrationError', unit: 'Count' },
    { name: 'ClientError', unit: 'Count' },
    { name: 'ExecutionError', unit: 'Count' },
    { name: 'IntegrationLatency', unit: 'Milliseconds' },
  ],
} as const satisfies MetricFamily

export const metricFamilies: Readonly<Record<MetricFamily['kind'], MetricFamily>> = {
  REST: restMetrics,
  HTTP: httpMetrics,
  WEBSOCKET: websocketMetrics,
}

/** Where a metric stands in its family: which tally of a meter it is. */
export const tallyIndex = {
  rest: { count: 0, clientError: 1, serverError: 2, latency: 3, integrationLatency: 4, cacheHit: 5, cacheMiss: 6 },
  http: { count: 0, clientError: 1, serverError: 2, latency: 3, integrationLatency: 4, dataProcessed: 5 },
  websocket: {
    connect: 0,
    message: 1,
    integrationError: 2,
    clientError: 3,
    executionError: 4,
    integrationLatency: 5,
  },
} as const
