// The front's side of custom domain names: the health check, and from host and path to an address on the data plane.
import type { Answer } from '../nouns/exchange.ts'
import type { CustomDomain } from '../plan/custom-domain.ts'
import { forbidden } from '../steps/answer/gateway-response.ts'
import type { DataPlane } from './data-plane.ts'
import { fixed, type Destination, type Head } from './incoming.ts'

/** A request's target and host, apart. */
export interface Requested {
  readonly rawPath: string
  readonly rawQuery: string
  /** As sent, without the port. */
  readonly host: string
}

/** The answer of the service's own health check. Open choice: its text and type. rest specification 1.4. */
export function healthy(): Answer {
  return { status: 200, headers: ['Content-Type', 'text/plain'], body: 'Healthy' }
}

export function isHealthCheck(rawPath: string): boolean {
  return rawPath === '/ping' || rawPath === '/sping'
}

/** Where a request to a custom domain name goes. A name that leads nowhere for this path answers 403. */
export function toDomain(
  plane: DataPlane,
  domain: CustomDomain,
  head: Head,
  { rawPath: sentPath, rawQuery, host }: Requested,
): Destination | Promise<Destination> {
  if (isHealthCheck(sentPath)) return fixed(healthy())
  const rawPath = sentPath.startsWith('//') ? sentPath.replace(/^\/+/, '/') : sentPath
  const target = domain.target(rawPath, head.headers)
  if (target === undefined) return fixed(forbidden())
  const { apiId, stageName, strippedLength, match } = target
  const customDomain = { strippedLength, match }
  return plane(head, { apiId, rawPath, rawQuery, domainName: host, stageName, customDomain })
}
