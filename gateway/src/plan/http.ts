// The two lists of an HTTP API: a stage's (which route?) and a route's (may it pass, what is called, what is answered?).
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type { Answer, Received } from '../nouns/exchange.ts'
import { HttpFault } from '../nouns/faults.ts'
import type { HttpRouted, HttpStage } from '../nouns/http.ts'
import type { Scope } from '../nouns/records.ts'
import type { V2Snapshot } from '../nouns/snapshot.ts'
import { compileCors, isPreflight, type CompiledCors } from '../steps/answer/cors.ts'
import { Pipeline, whenKnown } from '../steps/pipeline.ts'
import { routeHttp, type HttpRoutes } from '../steps/route/http.ts'
import { answering } from './answering.ts'
import { throttleHttp } from '../steps/throttle/http.ts'
import { planHttpAuthorization, type PlanAuthorization } from './http-authorization.ts'
import { planHttpIntegration } from './http-integration.ts'
import { PlannedRoutes, type PlannedRoute, type PlanRoute } from './http-routes.ts'
import { noteFault, timed } from './recorded.ts'
import type { HttpPlanPorts, PlanPorts, StagePlan } from './stage-plan.ts'

/** What the routes of a stage share. */
interface Planned {
  readonly authorization: PlanAuthorization
  readonly record: apigatewayv2.Stage
  readonly ports: HttpPlanPorts
}

function planRoutes({ authorization, record, ports }: Planned): PlanRoute {
  return ({ route, integration }, facts) => {
    const { traffic } = ports
    const setting = record.RouteSettings?.[facts.routeKey] ?? record.DefaultRouteSettings
    const throttle = traffic && throttleHttp({ route: facts, setting, account: traffic.account }, traffic.counters)
    const admit = Pipeline.from<HttpRouted>().step(throttle).step(authorization(route, facts))
    const whole = admit.through(planHttpIntegration(integration, facts, ports))
    return { admit, whole: timed(whole, ports) }
  }
}

/** Compiles a stage. Routes are compiled when they are first called. */
export async function planHttpStage(
  snapshot: V2Snapshot,
  record: apigatewayv2.Stage,
  scope: Scope,
  ports: HttpPlanPorts,
): Promise<StagePlan> {
  const stage = stageFacts(snapshot, record, scope)
  const authorization = planHttpAuthorization(snapshot, stage, ports)
  const routes = new PlannedRoutes(stage, planRoutes({ authorization, record, ports }))
  const table = await routes.add(snapshot)
  const cors = snapshot.api.CorsConfiguration === undefined ? undefined : compileCors(snapshot.api.CorsConfiguration)
  const list = Pipeline.from<Received>().step(routeHttp(table))
  const finish = (answer: Answer, received: Received): Answer => {
    return withRequestId(cors === undefined ? answer : cors.apply(answer, received), received)
  }
  const isClosed = closedEndpoint(snapshot.api)
  const fail = (error: unknown, received: Received): Answer => finish(faultAnswer(error, received, ports), received)
  const serve = answering(
    (received) => {
      if (isClosed(received)) throw new HttpFault(404, 'Not Found', { log: 'the default endpoint is disabled' })
      return whenKnown(list.run(received), (routed) => routed.target.steps().whole.run(routed))
    },
    { succeed: ({ answer }, received) => finish(answer, received), fail },
  )
  const serveOptions = async (own: CompiledCors, received: Received): Promise<Answer> => {
    try {
      const answered = isClosed(received) ? undefined : await corsAnswer(own, table, received)
      return answered === undefined ? await serve(received) : withRequestId(answered, received)
    } catch (error) {
      return fail(error, received)
    }
  }
  return {
    protocol: 'HTTP',
    run: (received) =>
      cors !== undefined && received.method === 'OPTIONS' ? serveOptions(cors, received) : serve(received),
    tooLarge: (received) => fail(new HttpFault(413, 'Request Entity Too Large'), received),
    describe: () =>
      routes.all().map((route) => ({ route: route.routeKey, steps: [...list.names, ...route.steps().whole.names] })),
  }
}

function withRequestId(answer: Answer, received: Received): Answer {
  answer.headers.push('apigw-requestid', received.extendedRequestId)
  return answer
}

/**
 * A preflight is the gateway's own to answer, once the authorizer of the route it would take, if there is one, has let it
 * pass; so is an OPTIONS that no route takes. Open choice; HTTP 10.2.
 */
async function corsAnswer(
  cors: CompiledCors,
  table: HttpRoutes<PlannedRoute>,
  received: Received,
): Promise<Answer | undefined> {
  const found = table.find(received)
  if (!isPreflight(received)) return found === undefined ? { status: 204, headers: [], body: '' } : undefined
  if (found !== undefined && !found.target.isOpen) {
    await found.target.steps().admit.run(Object.assign(received, found))
  }
  return cors.preflight(received)
}

/** Whether a request came to the default endpoint of an API that has it disabled. HTTP 20.4. */
function closedEndpoint(api: apigatewayv2.Api): (received: Received) => boolean {
  if (api.DisableExecuteApiEndpoint !== true) return () => false
  const host = `${api.ApiId ?? ''}.execute-api.`
  return ({ domainName }) => domainName.toLowerCase().startsWith(host)
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
  noteFault(received, fault)
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
