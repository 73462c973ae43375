// Private APIs: which one a request through a VPC endpoint is for, and what it then carries. REST 1.1 and 13.3.
import { lastHeader, type HeaderList } from '../nouns/headers.ts'
import { splitHostLabel, type VpcEndpoint } from '../nouns/vpc-endpoint.ts'
import type { Front, Head } from './incoming.ts'

/** A front whose requests all come in through one VPC endpoint. */
export function throughVpcEndpoint(front: Front, vpcEndpoint: VpcEndpoint): Front {
  return (head) => front({ ...head, vpcEndpoint })
}

export interface PrivateRequest {
  readonly apiId: string
  readonly head: Head
}

/**
 * The API behind a host that names a VPC endpoint (`a1b2c3-vpce-1`, `vpce-1-xyz`) or nothing, where `x-apigw-api-id` names the
 * API. `label`: the host's first, in small letters; undefined where it is of no API. `isImplied`: a host on a public listener
 * counts as the endpoint that it names. Undefined: nobody's.
 */
export function privateRequest(label: string | undefined, head: Head, isImplied: boolean): PrivateRequest | undefined {
  const { apiId, vpceId } = namedBy(label, head.headers)
  if (apiId === undefined) return undefined
  if (head.vpcEndpoint === undefined) {
    return isImplied && vpceId !== undefined
      ? { apiId, head: { ...head, vpcEndpoint: { vpceId, vpcId: undefined } } }
      : undefined
  }
  return vpceId === undefined || vpceId === head.vpcEndpoint.vpceId ? { apiId, head } : undefined
}

function namedBy(
  label: string | undefined,
  headers: HeaderList,
): { readonly apiId: string | undefined; readonly vpceId: string | undefined } {
  const [vpceId] = /^vpce-[0-9a-z]+/.exec(label ?? '') ?? []
  if (label !== undefined && vpceId === undefined) return splitHostLabel(label)
  return { apiId: lastHeader(headers, 'x-apigw-api-id')?.toLowerCase(), vpceId }
}

/** Headers that the endpoint alone writes; a client's own are removed. */
const stamps = new Set(['x-amzn-vpc-id', 'x-amzn-vpce-id', 'x-amzn-vpce-config'])

/** The headers as integrations and functions see them: the endpoint adds its own. Open choice: `x-amzn-vpce-config`. REST 5.2. */
export function stamped(headers: HeaderList, { vpceId, vpcId }: VpcEndpoint): HeaderList {
  const kept = headers.filter((_, index) => !stamps.has(headers[index - (index % 2)]?.toLowerCase() ?? ''))
  const network = vpcId === undefined ? [] : ['x-amzn-vpc-id', vpcId]
  return [...kept, ...network, 'x-amzn-vpce-config', '1', 'x-amzn-vpce-id', vpceId]
}
