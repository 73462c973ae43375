// What a mapping or a routing rule points to: a stage of an HTTP, WebSocket or REST API of the same account.
import { BadRequestException, NotFoundException } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { protocolOf, type MappedProtocol } from '../domains/mapping.ts'

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
