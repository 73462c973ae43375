// Headers that mappings and overrides may not set, or that are lost on the way. Recorded: REST 25.1, 25.2.

export type MappedIntegration = 'HTTP' | 'AWS'

const illegalEverywhere = ['content-length', 'transfer-encoding', 'x-amzn-trace-id', 'x-amzn-apigateway-api-id']

/** Lower-case names whose mapping fails the call with a 500. */
const illegal: Readonly<Record<MappedIntegration, ReadonlySet<string>>> = {
  HTTP: new Set(illegalEverywhere),
  AWS: new Set([...illegalEverywhere, 'authorization', 'connection', 'expect', 'proxy-authenticate', 'te']),
}

/**
 * Accepted and silently dropped on the way to an HTTP backend. The last two are not AWS's: they belong to the connection, and
 * the HTTP client refuses to send them.
 */
const dropped: Readonly<Record<MappedIntegration, ReadonlySet<string>>> = {
  HTTP: new Set(['connection', 'expect', 'proxy-authenticate', 'te', 'via', 'keep-alive', 'upgrade']),
  AWS: new Set(),
}

export type HeaderRule = 'send' | 'drop' | 'refuse'

/** What becomes of a mapped request header. */
export function requestHeaderRule(name: string, integration: MappedIntegration): HeaderRule {
  const lower = name.toLowerCase()
  if (illegal[integration].has(lower)) return 'refuse'
  return dropped[integration].has(lower) ? 'drop' : 'send'
}

const renamed = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
])

/** The name under which a mapped response header reaches the client; undefined when it does not. */
export function responseHeaderName(name: string): string | undefined {
  const lower = name.toLowerCase()
  if (lower === 'transfer-encoding') return undefined
  return renamed.has(lower) ? `x-amzn-Remapped-${name}` : name
}
