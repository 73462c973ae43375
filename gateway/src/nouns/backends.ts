// Where the ARNs of load balancers, their listeners and Cloud Map services lead: whoever runs the gateway says so. HTTP 8.3.

/** ARN → origins (`http://10.0.0.7:8080`), one after the other in turn. */
export type Backends = ReadonlyMap<string, readonly string[]>

export const noBackends: Backends = new Map()

const pair = /^(arn:[^\s=]+:(?:elasticloadbalancing|servicediscovery):\S+?)=(https?:\/\/\S+)$/i

/** Reads `ARN=URL` texts; an ARN may come several times. Returns the first text that is none instead. */
export function parseBackends(texts: readonly string[]): Backends | string {
  const backends = new Map<string, string[]>()
  for (const text of texts) {
    const [, arn = '', url = ''] = pair.exec(text) ?? []
    const origin = originOf(url)
    if (origin === undefined) return text
    backends.set(arn, [...(backends.get(arn) ?? []), origin])
  }
  return backends
}

/** A listener has a host and a port; paths are the requests'. */
function originOf(url: string): string | undefined {
  const { protocol, host, pathname, search, hash, username } = URL.parse(url) ?? {}
  if (host === undefined || host === '' || username !== '' || `${pathname}${search}${hash}` !== '/') return undefined
  return `${protocol}//${host}`
}

/** The origins of an ARN; those of a Cloud Map service serve all its filters (`?color=red`) that have none of their own. */
export function originsOf(backends: Backends, arn: string): readonly string[] | undefined {
  const question = arn.indexOf('?')
  return backends.get(arn) ?? (question < 0 ? undefined : backends.get(arn.slice(0, question)))
}
