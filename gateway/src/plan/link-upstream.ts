// Where calls over a VPC link go: to what the configuration says of the load balancer behind it. REST 3.9.
import { noBackends, originsOf } from '../nouns/backends.ts'
import type { RestStage } from '../nouns/rest.ts'
import type { Upstream } from '../ports/upstream.ts'
import { spreadOver, throughLink } from '../steps/integrate/spread.ts'
import { fillStageVariables } from '../steps/integrate/uri.ts'
import type { PlanPorts } from './stage-plan.ts'

/** What an integration says of its connection. */
interface Connection {
  readonly connectionType?: string | undefined
  readonly connectionId?: string | undefined
  readonly integrationTarget?: string | undefined
}

/**
 * The upstream of an integration: where the configuration says that its `integrationTarget` leads, else the load balancer
 * that its link names. The URI then says scheme and host name; without a word of the configuration it says all.
 */
export function linkUpstream(
  { connectionType, connectionId = '', integrationTarget = '' }: Connection,
  stage: Pick<RestStage, 'account' | 'region' | 'variables'>,
  { upstream, vpcLinks: links, backends = noBackends, clock }: PlanPorts,
): Upstream {
  if (connectionType !== 'VPC_LINK') return upstream
  const origins = originsOf(backends, integrationTarget)
  if (origins !== undefined) return spreadOver(upstream, origins, clock)
  const vpcLinkId = fillStageVariables(connectionId, stage.variables)
  return throughLink(upstream, { links, scope: stage, vpcLinkId, backends, clock })
}
