// Which plane a request is for: the data plane by host or path, Sluice's own pages, or an AWS service call; in the contract's order.
import type { Answer } from '../nouns/exchange.ts'
import { lastHeader } from '../nouns/headers.ts'
import { forbidden } from '../steps/answer/gateway-response.ts'
import type { CustomDomain } from '../plan/custom-domain.ts'
import type { DataPlane } from './data-plane.ts'
import type { DomainPlane, Requested } from './domain-plane.ts'
import type { Destination, Front, Head } from './incoming.ts'
import { privateRequest, type PrivateRequest } from './private-api.ts'

export interface FrontParts {
  /** Absent on a port that is for administration only. */
  readonly dataPlane?: DataPlane | undefined
  /** `@connections` on an API's URLs. */
  readonly management?: DataPlane | undefined
  /** Custom domain names. Absent on a port that is for administration only. */
  readonly domainPlane?: DomainPlane | undefined
  /** Anything that is no data-plane request and none of our own pages. Absent on a port that serves APIs alone. */
  readonly services?: ((head: Head) => Destination) | undefined
  /** `/_sluice/…`. Absent on a port that serves APIs alone. */
  readonly pages?: ((head: Head, path: string, query: string) => Answer | Promise<Answer>) | undefined
  /** The suffix of the host names that are handed out: `localhost`. */
  readonly domain: string
  /** Whether a host that names a VPC endpoint counts as a request through it, on a listener that is none of its own. */
  readonly impliesVpcEndpoints?: boolean | undefined
}

const apiHost = /^([a-z0-9-]+)\.execute-api\./i
const pathStyle = [
  { prefix: '/_aws/execute-api/', behindStage: '' },
  { prefix: '/restapis/', behindStage: '/_user_request_' },
] as const

/** What names no API. */
const refused: Destination = { maximumBodyBytes: 0, handle: forbidden, tooLarge: forbidden }

/** Pages answer small questions; nobody posts much to them. */
const maximumPageBodyBytes = 1024 * 1024

export function createFront(parts: FrontParts): Front {
  const { dataPlane, management = dataPlane, domainPlane, impliesVpcEndpoints = false } = parts
  const elsewhere = createElsewhere(parts)
  return (head) => {
    const question = head.target.indexOf('?')
    const rawPath = question < 0 ? head.target : head.target.slice(0, question)
    // `*`, a tunnel's authority, or an absolute form whose host is not the Host header's: of no API.
    if (!rawPath.startsWith('/')) return refused
    const rawQuery = question < 0 ? '' : head.target.slice(question + 1)
    const host = hostName(lastHeader(head.headers, 'host') ?? '')

    const plane = isManagement(rawPath) ? management : dataPlane
    const requested = { rawPath, rawQuery, host }
    const byHost = plane && toApiHost(plane, head, requested, impliesVpcEndpoints)
    if (byHost !== undefined) return byHost
    const found = domainPlane?.find(host, head.vpcEndpoint)
    if (plane === undefined || domainPlane === undefined || found === undefined)
      return elsewhere(plane, head, requested)
    const toFound = (custom: CustomDomain | undefined): Destination | Promise<Destination> =>
      custom === undefined ? elsewhere(plane, head, requested) : domainPlane.serve(plane, custom, head, requested)
    return found instanceof Promise ? found.then(toFound) : toFound(found)
  }
}

/** Where a request goes whose host is an API's default endpoint, or names a VPC endpoint. */
function toApiHost(
  plane: DataPlane,
  head: Head,
  { rawPath, rawQuery, host }: Requested,
  impliesVpcEndpoints: boolean,
): Destination | Promise<Destination> | undefined {
  const label = apiHost.exec(host)?.[1]?.toLowerCase()
  if (label === undefined) return undefined
  if (head.vpcEndpoint === undefined && !label.includes('vpce-')) {
    return plane(head, { apiId: label, rawPath, rawQuery, domainName: host, stageName: undefined })
  }
  return toPrivateApi(plane, privateRequest(label, head, impliesVpcEndpoints), { rawPath, rawQuery, host })
}

function toPrivateApi(
  plane: DataPlane,
  found: PrivateRequest | undefined,
  { rawPath, rawQuery, host }: Requested,
): Destination | Promise<Destination> {
  if (found === undefined) return refused
  return plane(found.head, { apiId: found.apiId, rawPath, rawQuery, domainName: host, stageName: undefined })
}

/** Where requests go whose host names nothing. */
function createElsewhere({ services, pages, domain }: FrontParts) {
  return (plane: DataPlane | undefined, head: Head, requested: Requested): Destination | Promise<Destination> => {
    const { rawPath, rawQuery } = requested
    if (plane !== undefined && head.vpcEndpoint !== undefined) {
      return toPrivateApi(plane, privateRequest(undefined, head, false), requested)
    }
    const styled = plane === undefined ? undefined : byPath(rawPath)
    if (plane !== undefined && styled !== undefined) {
      return plane(head, { ...styled, rawQuery, domainName: `${styled.apiId}.execute-api.${domain}` })
    }
    if (pages !== undefined && rawPath.startsWith('/_sluice/')) {
      const answer = (): Answer | Promise<Answer> => pages(head, rawPath, rawQuery)
      return {
        maximumBodyBytes: maximumPageBodyBytes,
        handle: answer,
        tooLarge: () => ({ status: 413, headers: [], body: '' }),
      }
    }
    return services === undefined ? refused : services(head)
  }
}

/** `@connections` is an AWS service call on an API's own URL. */
function isManagement(rawPath: string): boolean {
  return rawPath.includes('/@connections') || rawPath.includes('/%40connections')
}

function byPath(rawPath: string): { apiId: string; rawPath: string; stageName: string } | undefined {
  for (const { prefix, behindStage } of pathStyle) {
    if (!rawPath.startsWith(prefix)) continue
    const apiEnd = rawPath.indexOf('/', prefix.length)
    if (apiEnd <= prefix.length) return undefined
    const stageEnd = endOfSegment(rawPath, apiEnd + 1)
    if (stageEnd === apiEnd + 1) return undefined
    const pathStart = stageEnd + behindStage.length
    if (!rawPath.startsWith(behindStage, stageEnd) || endOfSegment(rawPath, pathStart) !== pathStart) return undefined
    const stageName = decode(rawPath.slice(apiEnd + 1, stageEnd))
    const path = rawPath.slice(pathStart)
    const apiId = rawPath.slice(prefix.length, apiEnd)
    return { apiId, stageName, rawPath: stageName === '$default' ? path || '/' : `/${stageName}${path}` }
  }
  return undefined
}

/** Where the segment that begins at `start` ends. */
function endOfSegment(path: string, start: number): number {
  const slash = path.indexOf('/', start)
  return slash < 0 ? path.length : slash
}

function hostName(host: string): string {
  const colon = host.lastIndexOf(':')
  // An IPv6 address ends in `]`, its colons do not start a port.
  return colon > host.lastIndexOf(']') ? host.slice(0, colon) : host
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
