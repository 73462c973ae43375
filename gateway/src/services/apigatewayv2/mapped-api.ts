// What a mapping or a routing rule points to: a stage of an HTTP, WebSocket or REST API of the same account.
import { BadRequestException, NotFoundException, type ProtocolType } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'

export type MappedProtocol = ProtocolType | 'REST'

/** The kind of API that an id names; undefined for one that is not there. */
export async function protocolOf(call: Call, apiId: string): Promise<MappedProtocol | undefined> {
  const api = await call.store.get('V2Api', [apiId])
  if (api !== undefined) return api.ProtocolType
  return (await call.store.get('RestApi', [apiId])) === undefined ? undefined : 'REST'
}

/** The kind of API that has this stage. Throws for an API that is not there, then for a stage that it does not have. */
export async function mappedProtocol(call: Call, apiId: string, stageName: string): Promise<MappedProtocol> {
  const protocol = await protocolOf(call, apiId)
  if (protocol === undefined) {
    throw new NotFoundException(`Invalid API identifier specified ${call.scope.account}:${apiId}`)
  }
  const stage = await call.store.get(protocol === 'REST' ? 'Stage' : 'V2Stage', [apiId, stageName])
  if (stage === undefined) throw new BadRequestException('Invalid stage identifier specified')
  return protocol
}
