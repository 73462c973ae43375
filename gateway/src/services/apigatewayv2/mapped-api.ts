// Finds the stage that a mapping or a routing rule points to, of an HTTP, WebSocket or REST API in the same account.
import { BadRequestException, NotFoundException } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { protocolOf, type MappedProtocol } from '../domains/mapping.ts'

/** The kind of API that has this stage. Throws when the API, or then the stage, does not exist. */
export async function mappedProtocol(call: Call, apiId: string, stageName: string): Promise<MappedProtocol> {
  const protocol = await protocolOf(call, apiId)
  if (protocol === undefined) {
    throw new NotFoundException(`Invalid API identifier specified ${call.scope.account}:${apiId}`)
  }
  const stage = await call.store.get(protocol === 'REST' ? 'Stage' : 'V2Stage', [apiId, stageName])
  if (stage === undefined) throw new BadRequestException('Invalid stage identifier specified')
  return protocol
}
