// Step `reachLink`: an integration over a VPC link needs the link; the call itself goes to the integration's URI. REST 3.9, HTTP 8.
import { configurationFault, type GatewayFault, type HttpFault } from '../../nouns/faults.ts'
import type { RestStage } from '../../nouns/rest.ts'
import type { VpcLinks } from '../../ports/vpc-links.ts'
import type { Step } from '../pipeline.ts'
import { fillStageVariables } from './uri.ts'

type LinkStage = Pick<RestStage, 'account' | 'region' | 'variables'>

/**
 * Own: the gateway stands in the network that its links lead to, so there is no second network to enter: whoever runs it
 * lets the URI's host name resolve. Throws what `unavailable` makes for a link that is missing or not AVAILABLE.
 */
export function reachLink(
  connectionId: string,
  stage: LinkStage,
  links: VpcLinks,
  unavailable: () => GatewayFault | HttpFault = invalidLink,
): Step<object, object> {
  const vpcLinkId = fillStageVariables(connectionId, stage.variables)
  const passOrRefuse = (isAvailable: boolean): object => {
    if (!isAvailable) throw unavailable()
    return passed
  }
  return {
    name: 'reachLink',
    run: () => {
      const isAvailable = links.isAvailable(stage, vpcLinkId)
      return isAvailable instanceof Promise ? isAvailable.then(passOrRefuse) : passOrRefuse(isAvailable)
    },
  }
}

const passed = {}

function invalidLink(): GatewayFault {
  return configurationFault('Invalid VPC link')
}
