// `@connections` on a WebSocket API's own URLs: which stage is meant, and on to the service. WebSocket 30.1.
import type { Answer } from '../nouns/exchange.ts'
import type { Plans, PlannedApi } from '../plan/plans.ts'
import type { ConnectionsTarget } from '../services/call.ts'
import { forbidden } from '../steps/answer/gateway-response.ts'
import type { Address, DataPlane } from './data-plane.ts'
import type { Destination, Head } from './incoming.ts'

export interface ManagementParts {
  readonly plans: Plans
  readonly services: (head: Head, target: ConnectionsTarget) => Destination
  /** Takes the requests that are none of ours: other APIs may have paths of this name. */
  readonly dataPlane: DataPlane
}

const connectionPath = /^\/([^/]+)\/(?:@|%40)connections\/([^/]+)\/?$/

export function createManagement({ plans, services, dataPlane }: ManagementParts): DataPlane {
  const toStage = async (head: Head, address: Address, found: PlannedApi | undefined): Promise<Destination> => {
    const [, stageName = '', connectionId = ''] = connectionPath.exec(address.rawPath) ?? []
    if (found?.protocol !== 'WEBSOCKET' || connectionId === '') return dataPlane(head, address)
    const plan = await found.stage(stageName)
    if (plan?.protocol !== 'WEBSOCKET' || plan.isDefaultEndpointDisabled) return refused
    return services(head, {
      account: found.scope.account,
      apiId: found.apiId,
      stageName,
      path: `/@connections/${connectionId}`,
    })
  }
  return async (head, address) => toStage(head, address, await plans.api(address.apiId))
}

const answer = (): Answer => forbidden()
const refused: Destination = { maximumBodyBytes: 0, handle: answer, tooLarge: answer }
