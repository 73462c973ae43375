// The three lists of a WebSocket API: connect, message, disconnect. Routes are compiled when they are first called.
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type { Admitted, Keyed } from '../nouns/exchange.ts'
import { configurationFault, fault, GatewayFault } from '../nouns/faults.ts'
import { socketMessageBytes } from '../nouns/limits.ts'
import type { Scope } from '../nouns/records.ts'
import { routeSettings } from '../nouns/route-settings.ts'
import type { V2Snapshot } from '../nouns/snapshot.ts'
import { handshakeValues } from '../nouns/socket-source.ts'
import type { Admission, Replied, SocketExchange, SocketReceived, SocketRoute, SocketStage } from '../nouns/socket.ts'
import type { Planned } from '../ports/api-keys.ts'
import type { UpstreamOptions } from '../ports/upstream.ts'
import { errorFrame, refusedByBackend, refusedByFault, sentenceOf } from '../steps/answer/socket-error.ts'
import { requireSocketKey } from '../steps/identify/socket-key.ts'
import { Pipeline } from '../steps/pipeline.ts'
import { routeMessage } from '../steps/route/socket.ts'
import { throttleSocket, throttleSocketPlan } from '../steps/throttle/socket.ts'
import { createModels, type Models } from '../steps/validate/models.ts'
import { validateHandshake, validateMessage } from '../steps/validate/socket.ts'
import { noteFault, timed } from './recorded.ts'
import type { SocketPlan, SocketPlanPorts } from './stage-plan.ts'
import { planSocketAuthorization } from './websocket-authorization.ts'
import { planSocketIntegration } from './websocket-integration.ts'

/** A stage's record, with what it names. */
export interface PlannableSocketStage extends apigatewayv2.Stage {
  /** The certificate that `ClientCertificateId` names. */
  readonly clientCertificate?: UpstreamOptions['clientCertificate']
}

interface Parts {
  readonly snapshot: V2Snapshot
  readonly models: Models
  /** Its settings are live: they change without a deployment. */
  readonly stage: PlannableSocketStage
  readonly ports: SocketPlanPorts
}

type ConnectPlan = Pipeline<SocketExchange, Admitted & Partial<Keyed & Replied>>
type RoutePlan = Pipeline<SocketExchange, Replied>

interface PlannedRoute<Plan> extends SocketRoute {
  readonly plan: () => Plan
}

/** May the client connect? Without an integration, whoever is authorized may. WebSocket 25.1. */
function planConnect(route: apigatewayv2.Route, facts: SocketRoute, parts: Parts): ConnectPlan {
  const admitted = Pipeline.from<SocketExchange>()
    .step(throttle(facts, parts))
    .step(planSocketAuthorization(route, facts, parts.snapshot, parts.ports))
    .through(planKey(route, facts, parts))
    .step(validateHandshake(route.RequestParameters, valuesOf))
  const noted = timed(admitted, parts.ports)
  return route.Target === undefined ? noted : noted.through(integrationOf(route, facts, parts))
}

/** What does a message get? The stage's list found the route. */
function planMessage(route: apigatewayv2.Route, facts: SocketRoute, parts: Parts): RoutePlan {
  return Pipeline.from<SocketExchange>()
    .step(throttle(facts, parts))
    .through(planKey(route, facts, parts))
    .step(
      validateMessage(
        { requestModels: route.RequestModels, selectionExpression: route.ModelSelectionExpression },
        parts.models,
      ),
    )
    .through(integrationOf(route, facts, parts))
}

/** What the route, its stage and its account may still take. */
function throttle(route: SocketRoute, { stage, ports: { traffic } }: Parts) {
  if (traffic === undefined) return undefined
  const { account, connections, counters } = traffic
  const setting = routeSettings(stage, route.routeKey)
  return throttleSocket({ route, setting, account, connections }, counters)
}

/** Nothing, for a route that asks for no API key. */
function planKey(
  { ApiKeyRequired: isRequired }: apigatewayv2.Route,
  facts: SocketRoute,
  { snapshot, ports: { apiKeys, traffic } }: Parts,
): Pipeline<SocketExchange & Admitted, Partial<Planned>> {
  const { ApiKeySelectionExpression: expression } = snapshot.api
  const counters = isRequired === true ? traffic?.counters : undefined
  return Pipeline.from<SocketExchange & Admitted>()
    .step(isRequired === true ? requireSocketKey(facts.stage, expression, apiKeys) : undefined)
    .step(counters && throttleSocketPlan(facts, counters))
}

/** Who is told of the end? */
function planDisconnect(route: apigatewayv2.Route, facts: SocketRoute, parts: Parts): RoutePlan {
  return integrationOf(route, facts, parts)
}

/** Compiles a stage. */
export function planWebSocketStage(
  snapshot: V2Snapshot,
  record: PlannableSocketStage,
  scope: Scope,
  ports: SocketPlanPorts,
): SocketPlan {
  const stage = stageFacts(snapshot, record, scope)
  const models = createModels(snapshot.models.map(({ Name: name, Schema: schema }) => ({ name, schema })))
  const parts: Parts = { snapshot, models, stage: record, ports }
  const planned = <Plan>(
    route: apigatewayv2.Route,
    make: (route: apigatewayv2.Route, facts: SocketRoute, parts: Parts) => Plan,
  ): PlannedRoute<Plan> => {
    const facts = routeFacts(route, stage, snapshot)
    let plan: Plan | undefined
    return { ...facts, plan: () => (plan ??= make(route, facts, parts)) }
  }
  const find = (key: string): apigatewayv2.Route | undefined => snapshot.routes.find(({ RouteKey }) => RouteKey === key)
  const [connectRoute, disconnectRoute] = [find('$connect'), find('$disconnect')]
  // AWS: where there is no such route everybody may connect, as far as there is room.
  const connect = planned(connectRoute ?? { RouteKey: '$connect' }, planConnect)
  const disconnect = disconnectRoute?.Target === undefined ? undefined : planned(disconnectRoute, planDisconnect)
  const messages = snapshot.routes
    .filter((route) => route !== connectRoute && route !== disconnectRoute)
    .map((route) => planned(route, planMessage))
  const list = Pipeline.from<SocketReceived>().step(
    routeMessage(snapshot.api.RouteSelectionExpression ?? '$request.body.action', messages),
  )
  return {
    protocol: 'WEBSOCKET',
    isDefaultEndpointDisabled: snapshot.api.DisableExecuteApiEndpoint === true,
    connect: (received) => runConnect(connect, received, ports),
    message: (received) => runMessage(list, received, ports),
    disconnect: (received) => runDisconnect(disconnect, received, ports),
    describe: () => [
      ...(connectRoute === undefined ? [] : [{ route: '$connect', steps: connect.plan().names }]),
      ...messages.map(({ routeKey, plan }) => ({ route: routeKey, steps: [...list.names, ...plan().names] })),
      ...(disconnect === undefined ? [] : [{ route: '$disconnect', steps: disconnect.plan().names }]),
    ],
  }
}

async function runConnect(
  route: PlannedRoute<ConnectPlan>,
  received: SocketReceived,
  ports: SocketPlanPorts,
): Promise<Admission> {
  const ids = idsOf(received)
  try {
    const exchange = Object.assign(received, { target: route, document: undefined })
    const { caller, apiKey, reply } = await route.plan().run(exchange)
    if (reply !== undefined && (reply.status < 200 || reply.status > 299)) {
      return refusedByBackend(reply.status, reply.body, ids)
    }
    return { accepted: true, caller, connectionKey: apiKey, subprotocol: reply?.subprotocol }
  } catch (error) {
    return refusedByFault(faultOf(error, received, ports), ids)
  }
}

async function runMessage(
  list: Pipeline<SocketReceived, SocketExchange & { readonly target: PlannedRoute<RoutePlan> }>,
  received: SocketReceived,
  ports: SocketPlanPorts,
): Promise<string | undefined> {
  try {
    const routed = await list.run(received)
    const { reply } = await routed.target.plan().run(routed)
    return routed.target.isTwoWay && reply.body !== '' ? sendable(reply.body) : undefined
  } catch (error) {
    return errorFrame(sentenceOf(faultOf(error, received, ports)), idsOf(received))
  }
}

/** AWS: what comes back is a message like any other, and has its bound (?). */
function sendable(text: string): string {
  if (text.length * 3 > socketMessageBytes && Buffer.byteLength(text) > socketMessageBytes) {
    throw configurationFault('The answer to the message is larger than 128 KB')
  }
  return text
}

/** Best effort: the client is gone, and what goes wrong is only told to listeners. WebSocket 26.6. */
async function runDisconnect(
  route: PlannedRoute<RoutePlan> | undefined,
  received: SocketReceived,
  ports: SocketPlanPorts,
): Promise<void> {
  if (route === undefined) return
  try {
    await route.plan().run(Object.assign(received, { target: route, document: undefined }))
  } catch (error) {
    faultOf(error, received, ports)
  }
}

function integrationOf(route: apigatewayv2.Route, facts: SocketRoute, { snapshot, stage, ports }: Parts): RoutePlan {
  const integrationId = route.Target?.replace(/^integrations\//, '')
  const integration = snapshot.integrations.find((candidate) => candidate.IntegrationId === integrationId)
  const { clientCertificate } = stage
  const list = planSocketIntegration(integration, { route: facts, snapshot, clientCertificate, ports })
  // AWS: a mock has no latency. WebSocket 33.3.
  return integration?.IntegrationType === 'MOCK' ? list : timed(list, ports)
}

function valuesOf({ handshake }: SocketExchange, location: string, name: string): readonly string[] {
  return handshake === undefined ? [] : handshakeValues(handshake, location, name)
}

function routeFacts(route: apigatewayv2.Route, stage: SocketStage, { routeResponses }: V2Snapshot): SocketRoute {
  const isTwoWay =
    route.RouteResponseSelectionExpression === '$default' &&
    routeResponses.some(({ routeId, RouteResponseKey }) => routeId === route.RouteId && RouteResponseKey === '$default')
  return { stage, routeKey: route.RouteKey, isTwoWay, authorization: route.AuthorizationType ?? 'NONE' }
}

function stageFacts(snapshot: V2Snapshot, record: apigatewayv2.Stage, scope: Scope): SocketStage {
  const { StageVariables: variables } = record
  return {
    account: scope.account,
    region: scope.region,
    apiId: snapshot.api.ApiId ?? '',
    stageName: record.StageName,
    deploymentId: record.DeploymentId ?? '',
    variables: variables === undefined || Object.keys(variables).length === 0 ? undefined : variables,
  }
}

function idsOf({ connection, requestId }: SocketReceived): { connectionId: string; requestId: string } {
  return { connectionId: connection.connectionId, requestId }
}

/** A GatewayFault as it is; anything else is a bug of ours, which the client reads as AWS's plain 500. */
function faultOf(error: unknown, received: SocketReceived, ports: SocketPlanPorts): GatewayFault {
  if (!(error instanceof GatewayFault)) {
    ports.bug(error, received.requestId)
    const unexpected = fault('DEFAULT_5XX', { cause: error })
    noteFault(received, unexpected)
    return unexpected
  }
  noteFault(received, error)
  const { listener, receivedAtMs } = received
  if (listener !== undefined) {
    listener.decided({
      step: 'answer',
      verdict: error.type,
      reason: { status: error.status, log: error.log },
      atMs: receivedAtMs,
    })
    if (error.log !== undefined) listener.logged(error.log)
  }
  return error
}
