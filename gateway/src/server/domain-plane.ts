// The front's side of custom domain names: the health check, mutual TLS, and from host and path to an address on the data plane.
import type { ClientCertificate } from '../nouns/client-certificate.ts'
import type { Answer } from '../nouns/exchange.ts'
import { fault } from '../nouns/faults.ts'
import type { VpcEndpoint } from '../nouns/vpc-endpoint.ts'
import type { CustomDomain } from '../plan/custom-domain.ts'
import type { Domains } from '../plan/domains.ts'
import type { Clock } from '../ports/clock.ts'
import { defaultGatewayResponse, forbidden } from '../steps/answer/gateway-response.ts'
import type { DataPlane } from './data-plane.ts'
import { fixed, type Destination, type Head } from './incoming.ts'
import { clientVerdict } from './mutual-tls.ts'

/** A request's target and host, apart. */
export interface Requested {
  readonly rawPath: string
  readonly rawQuery: string
  /** As sent, without the port. */
  readonly host: string
}

export interface DomainPlane {
  /**
   * The custom domain name that a host is, if any: through a VPC endpoint a private one associated with it, elsewhere a public
   * one. A promise only while something is being read.
   */
  readonly find: (host: string, vpcEndpoint: VpcEndpoint | undefined) => ReturnType<Domains['find']>
  /** Where a request to a domain goes: to an API on the plane, or to a 403. */
  readonly serve: (
    plane: DataPlane,
    domain: CustomDomain,
    head: Head,
    requested: Requested,
  ) => Destination | Promise<Destination>
}

export interface DomainPlaneParts {
  readonly domains: Domains
  readonly clock: Clock
}

export function createDomainPlane({ domains, clock }: DomainPlaneParts): DomainPlane {
  return {
    find: (host, vpcEndpoint) => domains.find(host.toLowerCase(), vpcEndpoint?.vpceId),
    serve: (plane, domain, head, { rawPath: sentPath, rawQuery, host }) => {
      if (isHealthCheck(sentPath)) return fixed(healthy())
      if (isMisdirected(domain, head, host)) return fixed(forbidden())
      const denial = denialOf(domain, head, clock.now())
      if (denial !== undefined) return fixed(defaultGatewayResponse(fault('ACCESS_DENIED', { message: denial })))
      let clientCertificate: ClientCertificate | undefined
      if (domain.truststore !== undefined) {
        const verdict = clientVerdict(head.tls, domain.truststore, clock.now())
        if (!verdict.isTrusted) return fixed(isShared(head, host) ? misdirected() : forbidden())
        clientCertificate = verdict.certificate
      }
      const rawPath = sentPath.startsWith('//') ? sentPath.replace(/^\/+/, '/') : sentPath
      const target = domain.target(rawPath, head.headers)
      if (target === undefined) return fixed(forbidden())
      const { apiId, stageName, strippedLength, match } = target
      const customDomain = { strippedLength, match, clientCertificate }
      return plane(head, { apiId, rawPath, rawQuery, domainName: host, stageName, customDomain })
    },
  }
}

/** What the policy of a private domain says against a request; its API's own policy is asked as ever. Security B.7. */
function denialOf({ privately }: CustomDomain, head: Head, receivedAtMs: number): string | undefined {
  const { remoteAddress: sourceIp, scheme, headers, vpcEndpoint } = head
  return privately?.policy({ receivedAtMs, sourceIp, scheme, headers, vpcEndpoint })
}

/** The answer of the service's own health check. Open choice: its text and type. REST 1.4. */
export function healthy(): Answer {
  return { status: 200, headers: ['Content-Type', 'text/plain'], body: 'Healthy' }
}

export function isHealthCheck(rawPath: string): boolean {
  return rawPath === '/ping' || rawPath === '/sping'
}

/** STRICT access: the connection must have been opened for the host that the request names. Security H.2. */
function isMisdirected({ record }: CustomDomain, { tls }: Head, host: string): boolean {
  return record.endpointAccessMode === 'STRICT' && tls !== undefined && tls.serverName !== host.toLowerCase()
}

/** HTTP/2 clients use one connection for all hosts of a certificate: this host would have asked for one of theirs. RFC 9113, 9.1.1. */
function isShared({ isHttp2 = false, tls }: Head, host: string): boolean {
  return isHttp2 && tls?.serverName !== host.toLowerCase()
}

/** Has the client come again on a connection of its own. */
function misdirected(): Answer {
  return { status: 421, headers: ['Content-Type', 'application/json'], body: '{"message":"Misdirected Request"}' }
}
