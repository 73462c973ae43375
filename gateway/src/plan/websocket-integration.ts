// Which steps call a WebSocket route's integration: one row a type.
import type { Integration } from '@sluice/aws-protocol/apigatewayv2'
import { configurationFault } from '../nouns/faults.ts'
import { restTimeoutMs } from '../nouns/limits.ts'
import type { Returned } from '../nouns/outgoing.ts'
import type { V2Snapshot } from '../nouns/snapshot.ts'
import type { Replied, SocketExchange, SocketRoute } from '../nouns/socket.ts'
import type { UpstreamOptions } from '../ports/upstream.ts'
import { mock } from '../steps/integrate/mock.ts'
import { socketAws } from '../steps/integrate/socket-aws.ts'
import { passSocketAnswer, socketHttp } from '../steps/integrate/socket-http.ts'
import { socketLambda } from '../steps/integrate/socket-lambda.ts'
import { socketLambdaProxy } from '../steps/integrate/socket-lambda-proxy.ts'
import { namedRole } from '../steps/integrate/named-role.ts'
import { reachLink } from '../steps/integrate/vpc-link.ts'
import { mapSocketRequest, type SocketMapped, type SocketRequestMapping } from '../steps/map/socket-request.ts'
import { mapSocketResponse } from '../steps/map/socket-response.ts'
import { Pipeline, type Step } from '../steps/pipeline.ts'
import { linkUpstream } from './link-upstream.ts'
import type { PlanPorts } from './stage-plan.ts'

type Plan = Pipeline<SocketExchange, Replied>

export interface SocketIntegrationParts {
  readonly route: SocketRoute
  /** Has the integration responses. */
  readonly snapshot: V2Snapshot
  /** What HTTP backends are shown; undefined: nothing. */
  readonly clientCertificate: UpstreamOptions['clientCertificate']
  readonly ports: PlanPorts
}

interface Context extends SocketIntegrationParts {
  readonly integration: Integration
}

const start = (): Pipeline<SocketExchange, SocketExchange> => Pipeline.from<SocketExchange>()

const integrations: Readonly<Record<NonNullable<Integration['IntegrationType']>, (context: Context) => Plan>> = {
  AWS_PROXY: ({ integration, route, ports }) =>
    start().step(socketLambdaProxy({ route, ...callOf(integration, route) }, ports.functions)),
  HTTP_PROXY: (context) => mapped(context, {}).step(httpCall(context, true)).step(passSocketAnswer),
  HTTP: (context) => answered(context, httpCall(context, false)),
  MOCK: (context) => answered(context, mock()),
  AWS: (context) => {
    const { integration, route, ports } = context
    const call = { route, ...callOf(integration, route) }
    if (isLambda(call.uri)) return answered(context, socketLambda(call, ports.functions))
    return answered(context, socketAws({ ...call, httpMethod: integration.IntegrationMethod ?? 'ANY' }, ports.aws))
  },
}

/** The steps of a route's integration. */
export function planSocketIntegration(integration: Integration | undefined, parts: SocketIntegrationParts): Plan {
  if (integration === undefined) return start().step(broken('No integration defined for the route'))
  return integrations[integration.IntegrationType ?? 'AWS_PROXY']({ integration, ...parts })
}

/** A proxy has no templates: the message is its body. */
function mapped(
  { integration, route, ports }: Context,
  templates: Pick<Partial<SocketRequestMapping>, 'templates' | 'templateSelection'>,
): Pipeline<SocketExchange, SocketExchange & SocketMapped> {
  const { ConnectionType: type, ConnectionId: linkId = '' } = integration
  const reached = type === 'VPC_LINK' ? start().step(reachLink(linkId, route.stage, ports.vpcLinks)) : start()
  return reached.step(
    mapSocketRequest({
      stage: route.stage,
      parameters: integration.RequestParameters,
      templates: templates.templates,
      templateSelection: templates.templateSelection,
      passthrough: integration.PassthroughBehavior ?? 'WHEN_NO_MATCH',
      contentHandling: integration.ContentHandlingStrategy,
    }),
  )
}

/** The three steps of an integration that is no proxy. */
function answered(context: Context, call: Step<SocketExchange & SocketMapped, Returned>): Plan {
  const { integration, route, snapshot } = context
  const responses = snapshot.integrationResponses.filter(
    ({ integrationId }) => integrationId === integration.IntegrationId,
  )
  const { RequestTemplates: templates, TemplateSelectionExpression: templateSelection } = integration
  return mapped(context, { templates, templateSelection }).step(call).step(mapSocketResponse(responses, route.stage))
}

function httpCall({ integration, route, clientCertificate, ports }: Context, isProxy: boolean) {
  const httpMethod = integration.IntegrationMethod ?? 'ANY'
  const options = clientCertificate && { clientCertificate }
  const { ConnectionType: connectionType, ConnectionId: connectionId } = integration
  const upstream = linkUpstream({ connectionType, connectionId }, route.stage, ports)
  return socketHttp({ route, httpMethod, isProxy, options, ...callOf(integration, route) }, upstream)
}

function callOf(integration: Integration, { stage }: SocketRoute) {
  return {
    uri: integration.IntegrationUri ?? '',
    timeoutMs: integration.TimeoutInMillis ?? restTimeoutMs,
    role: namedRole(integration.CredentialsArn, stage),
  }
}

function isLambda(uri: string): boolean {
  return /^arn:[^:]+:apigateway:[^:]*:lambda:/.test(uri)
}

/** A route that cannot work as it is configured: `Internal server error` for each event. */
function broken(log: string): Step<SocketExchange, Replied> {
  return {
    name: 'integrate',
    run: () => {
      throw configurationFault(log)
    },
  }
}
