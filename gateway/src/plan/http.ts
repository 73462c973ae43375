// The two lists of an HTTP API: a stage's (which route?) and a route's (may it pass, what is called, what is answered?).
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type { Answer, Answered, Received } from '../nouns/exchange.ts'
import { HttpFault } from '../nouns/faults.ts'
import type { HttpRoute, HttpRouted, HttpStage } from '../nouns/http.ts'
import type { Scope } from '../nouns/records.ts'
import type { V2Snapshot } from '../nouns/snapshot.ts'
import { compileCors, isPreflight, type CompiledCors } from '../steps/answer/cors.ts'
import { authorizeHttp } from '../steps/authorize/http.ts'
import { Pipeline } from '../steps/pipeline.ts'
import { createHttpRoutes, findHttpRoute, routeHttp, type HttpRoutes } from '../steps/route/http.ts'
import { planHttpIntegration } from './http-integration.ts'
import type { PlanPorts, StagePlan } from './stage-plan.ts'

interface PlannedRoute extends HttpRoute {
  readonly isOpen: boolean
  readonly plan: () => Pipeline<HttpRouted, Answered>
}

export function planRoute(
  route: apigatewayv2.Route,
  facts: HttpRoute,
  snapshot: V2Snapshot,
  ports: PlanPorts,
): Pipeline<HttpRouted, Answered> {
  const integrationId = route.Target?.replace(/^integrations\//, '')
  const integration = snapshot.integrations.find((candidate) => candidate.IntegrationId === integrationId)
  return Pipeline.from<HttpRouted>()
    .step(authorizeHttp(route.AuthorizationType))
    .through(planHttpIntegration(integration, facts, ports))
}

/** Compiles a stage. Routes are compiled when they are first called. */
export function planHttpStage(
  snapshot: V2Snapshot,
  record: apigatewayv2.Stage,
  scope: Scope,
  ports: PlanPorts,
): StagePlan {
  const stage = stageFacts(snapshot, record, scope)
  const routes = snapshot.routes.map((route) => plannedRoute(route, stage, snapshot, ports))
  const table = createHttpRoutes(routes)
  const cors = snapshot.api.CorsConfiguration === undefined ? undefined : compileCors(snapshot.api.CorsConfiguration)
  const list = Pipeline.from<Received>().step(routeHttp(table))
  const finish = (answer: Answer, received: Received): Answer => {
    const finished = cors === undefined ? answer : cors.apply(answer, received)
    finished.headers.push('apigw-requestid', received.extendedRequestId)
    return finished
  }
  const respond = async (received: Received): Promise<Answer> => {
    try {
      const answered = cors === undefined ? undefined : corsAnswer(cors, table, received)
      if (answered !== undefined) return answered
      const routed = await list.run(received)
      return (await routed.target.plan().run(routed)).answer
    } catch (error) {
      return faultAnswer(error, received, ports)
    }
  }
  return {
    protocol: 'HTTP',
    run: async (received) => finish(await respond(received), received),
    tooLarge: (received) =>
      finish(faultAnswer(new HttpFault(413, 'Request Entity Too Large'), received, ports), received),
    describe: () => routes.map(({ routeKey, plan }) => ({ route: routeKey, steps: [...list.names, ...plan().names] })),
  }
}

/** Preflights of open or absent routes are the gateway's own; so is an OPTIONS that no route takes. HTTP 10.2. */
function corsAnswer(cors: CompiledCors, table: HttpRoutes<PlannedRoute>, received: Received): Answer | undefined {
  if (received.method !== 'OPTIONS') return undefined
  const target = findHttpRoute(table, received)?.target
  if (isPreflight(received)) return target === undefined || target.isOpen ? cors.preflight(received) : undefined
  return target === undefined ? { status: 204, headers: [], body: '' } : undefined
}

function plannedRoute(
  route: apigatewayv2.Route,
  stage: HttpStage,
  snapshot: V2Snapshot,
  ports: PlanPorts,
): PlannedRoute {
  const routeKey = route.RouteKey
  const space = routeKey.indexOf(' ')
  const facts: HttpRoute = {
    stage,
    routeId: route.RouteId ?? '',
    routeKey,
    path: space < 0 ? routeKey : routeKey.slice(space + 1),
  }
  const isOpen = route.AuthorizationType === undefined || route.AuthorizationType === 'NONE'
  let plan: Pipeline<HttpRouted, Answered> | undefined
  return { ...facts, isOpen, plan: () => (plan ??= planRoute(route, facts, snapshot, ports)) }
}

function stageFacts(snapshot: V2Snapshot, record: apigatewayv2.Stage, scope: Scope): HttpStage {
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

function faultAnswer(error: unknown, received: Received, ports: PlanPorts): Answer {
  const fault = error instanceof HttpFault ? error : new HttpFault(500, 'Internal Server Error', { cause: error })
  if (fault !== error) ports.bug(error, received.requestId)
  const { listener } = received
  if (listener !== undefined) {
    const reason = { status: fault.status, log: fault.log }
    listener.decided({ step: 'answer', verdict: fault.message, reason, atMs: received.receivedAtMs })
    if (fault.log !== undefined) listener.logged(fault.log)
  }
  return {
    status: fault.status,
    headers: ['Content-Type', 'application/json', ...fault.headers],
    body: JSON.stringify({ message: fault.message }),
  }
}
