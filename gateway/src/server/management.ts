// `@connections` on a WebSocket API's own URLs: which stage is meant, and on to the service. WebSocket 30.1.
import type { Answer } from '../nouns/exchange.ts'
import type { Plans, PlannedApi } from '../plan/plans.ts'
import { forbidden } from '../steps/answer/gateway-response.ts'
import type { Address, DataPlane } from './data-plane.ts'
import type { Destination, Head } from './incoming.ts'
import type { ServicePlane } from './service-plane.ts'

export interface ManagementParts {
  readonly plans: Plans
  readonly services: ServicePlane
  /** Takes the requests that are none of ours: other APIs may have paths of this name. */
  readonly dataPlane: DataPlane
}

const connectionPath = /^\/([^/]+)\/(?:@|%40)connections\/([^/]+)\/?$/

export function createManagement({ plans, services, dataPlane }: ManagementParts): DataPlane {
  const toStage = async (head: Head, address: Address, found: PlannedApi | undefined): Promise<Destination> => {
    const [, stageName = '', connectionId = ''] = connectionPath.exec(stagePath(address)) ?? []
    if (found?.protocol !== 'WEBSOCKET' || connectionId === '') return dataPlane(head, address)
    const plan = await found.stage(stageName)
    if (plan?.protocol !== 'WEBSOCKET') return refused
    if (plan.isDefaultEndpointDisabled && address.customDomain === undefined) return refused
    return services(head, {
      ...found.scope,
      apiId: found.apiId,
      stageName,
      path: `/@connections/${connectionId}`,
    })
  }
  return async (head, address) => toStage(head, address, await plans.api(address.apiId))
}

/** On a custom domain name the stage stands where the mapping's key was. */
function stagePath({ rawPath, stageName, customDomain }: Address): string {
  return customDomain === undefined ? rawPath : `/${stageName}${rawPath.slice(customDomain.strippedLength)}`
}

const answer = (): Answer => forbidden()
const refused: Destination = { maximumBodyBytes: 0, handle: answer, tooLarge: answer }
