// The rules of mappings of a custom domain name for both services, and the search for domains that lead to an API (REST
// 13.5; HTTP 20.2, WebSocket 34).
import { ServiceFault } from '@sluice/aws-protocol'
import type { ProtocolType } from '@sluice/aws-protocol/apigatewayv2'
import type { BasePathMappingRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

export type MappedProtocol = ProtocolType | 'REST'

/** The empty base path, as v1 shows it and as records are kept. */
export const noBasePath = '(none)'

/** The kind of API with this id; undefined when there is none. */
export async function protocolOf(call: Call, apiId: string): Promise<MappedProtocol | undefined> {
  const api = await call.store.get('V2Api', [apiId])
  if (api !== undefined) return api.ProtocolType
  return (await call.store.get('RestApi', [apiId])) === undefined ? undefined : 'REST'
}

/** Throws BadRequestException for a base path that no request can have, or that another mapping's protocol excludes. */
export async function checkMapping(
  call: Call,
  domain: string,
  { basePath, apiMappingId }: BasePathMappingRecord,
  protocol: MappedProtocol,
): Promise<void> {
  // AWS reserves these paths for its health checks (REST 1.4, WebSocket 34).
  if (basePath === 'ping' || basePath === 'sping') throw badRequest(`The ApiMapping key ${basePath} is reserved`)
  for (const { record } of await call.store.list('BasePathMapping', [domain])) {
    if (record.apiMappingId === apiMappingId) continue
    const sibling = await protocolOf(call, record.restApiId ?? '')
    if (sibling !== undefined && (sibling === 'WEBSOCKET') !== (protocol === 'WEBSOCKET')) {
      throw badRequest('WebSocket APIs cannot share a domain name with REST or HTTP APIs')
    }
  }
}

/** The domains that lead to an API, or to one of its stages, in key order. */
export async function domainsMappedTo(call: Call, apiId: string, stage?: string): Promise<readonly string[]> {
  const mappings = await call.store.list('BasePathMapping', [])
  const leading = mappings.filter(
    ({ record }) => record.restApiId === apiId && (stage === undefined || record.stage === stage),
  )
  return [...new Set(leading.map(({ key }) => key[0] ?? ''))]
}

/**
 * Throws AWS's BadRequestException while a custom domain name leads to the API, or to the stage. Both services call the API
 * a `RestApi` here (as users report).
 */
export async function refuseMapped(call: Call, apiId: string, stage?: string): Promise<void> {
  const domains = await domainsMappedTo(call, apiId, stage)
  if (domains.length === 0) return
  const [what, related] = stage === undefined ? [`RestApi ${apiId}`, 'RestApi'] : [`stage ${stage}`, 'stage']
  const remove = `Please remove all base path mappings related to the ${related} in your domains`
  throw badRequest(`Deleting ${what} failed. ${remove}: ${domains.join(', ')}`)
}

function badRequest(message: string): ServiceFault {
  return new ServiceFault('BadRequestException', 400, message)
}
