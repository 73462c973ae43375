// The two lists of a REST API: a stage's (which method?) and a method's (may it pass, what is called, what is answered?).
import type { Answer, Received } from '../nouns/exchange.ts'
import { tellCompleted, tellMethodResponse } from '../nouns/execution-lines.ts'
import { fault, GatewayFault } from '../nouns/faults.ts'
import { compileBinaryTypes } from '../nouns/media-type.ts'
import type { Scope } from '../nouns/records.ts'
import type { RestRouted, RestStage } from '../nouns/rest.ts'
import { compileCompression } from '../steps/answer/compress.ts'
import { addRequestIds } from '../steps/answer/gateway-response.ts'
import { compileGatewayResponses } from '../steps/answer/gateway-responses.ts'
import { Pipeline, whenKnown } from '../steps/pipeline.ts'
import { routeRest } from '../steps/route/rest.ts'
import { readParameters } from '../steps/validate/read.ts'
import { answering } from './answering.ts'
import type { PlannableStage } from './canary.ts'
import type { DeployedApi } from './deployed-methods.ts'
import type { MethodConfiguration } from './method-configuration.ts'
import { noteFault, timed } from './recorded.ts'
import { planRestAdmission, type PlanAdmission } from './rest-admission.ts'
import { planRestAuthorization, type PlanAuthorization } from './rest-authorization.ts'
import { planRestCache } from './rest-cache.ts'
import { PlannedMethods, type MethodPlan } from './rest-methods.ts'
import { intakeOf, servedMethod, type Intake } from './rest-served.ts'
import type { PlanPorts, RestPlanPorts, StagePlan } from './stage-plan.ts'

interface MethodParts {
  readonly stage: RestStage
  readonly intake: Intake
  readonly authorization: PlanAuthorization
  readonly admission: PlanAdmission
}

function planMethod(configuration: MethodConfiguration, parts: MethodParts, ports: RestPlanPorts): MethodPlan {
  const { stage, intake, authorization, admission } = parts
  const list = Pipeline.from<RestRouted>()
    .step(authorization(configuration.method))
    .through(admission(configuration))
    .step(readParameters)
    .through(servedMethod(configuration, stage, ports, intake))
  return timed(list, ports)
}

/** Compiles a stage. Methods are compiled when they are first called, so that a large API costs what is used of it. */
export function planRestStage(
  { snapshot, methods: deployed }: DeployedApi,
  record: PlannableStage,
  scope: Scope,
  ports: RestPlanPorts,
): StagePlan {
  const stage = stageFacts(snapshot, record, scope)
  const parts: MethodParts = {
    stage,
    intake: {
      ...intakeOf(snapshot),
      cache: planRestCache(record, { stage, caches: ports.caches, flushId: record.cacheFlushId ?? '' }),
    },
    authorization: planRestAuthorization(snapshot, stage, ports),
    admission: planRestAdmission(snapshot, stage, ports),
  }
  const methods = new PlannedMethods(deployed, stage, record.methodSettings, (configuration) =>
    planMethod(configuration, parts, ports),
  )
  const list = Pipeline.from<Received>().step(routeRest(deployed.trie, (index) => methods.at(index)))
  const gatewayResponse = compileGatewayResponses(snapshot.gatewayResponses, stage)
  const compress = compileCompression(parts.intake.minimumCompressionBytes)
  const answerTo = (fault: GatewayFault, received: Received): Answer => {
    noteFault(received, fault)
    if (fault.told !== undefined) Object.assign(received, fault.told)
    return gatewayResponse(fault, received)
  }
  const finish = (answer: Answer, received: Received): Answer | Promise<Answer> => {
    const { listener } = received
    if (listener !== undefined) tellCompleted(listener, answer)
    const identified = addRequestIds(answer, received)
    return compress === undefined ? identified : compress(identified, received)
  }
  return {
    protocol: 'REST',
    isDefaultEndpointDisabled: snapshot.api.disableExecuteApiEndpoint === true,
    isPrivate: snapshot.api.endpointConfiguration?.types?.includes('PRIVATE') === true,
    run: answering(
      (received) => whenKnown(list.run(received), (routed) => routed.target.planFor(routed.method).run(routed)),
      {
        succeed: ({ answer }, received) => {
          if (received.listener !== undefined) tellMethodResponse(received.listener, answer)
          return finish(answer, received)
        },
        fail: (error, received) => finish(answerTo(faultOf(error, received, ports), received), received),
      },
    ),
    tooLarge: (received) => addRequestIds(answerTo(fault('REQUEST_TOO_LARGE'), received), received),
    describe: () =>
      methods.all().map((method) => ({
        route: `${method.httpMethod} ${method.resourcePath}`,
        steps: [...list.names, ...method.planFor(method.httpMethod).names],
      })),
  }
}

/** A stage as its steps know it. */
export function stageFacts({ api }: DeployedApi['snapshot'], record: PlannableStage, scope: Scope): RestStage {
  const { variables, isCanaryRequest, clientCertificate } = record
  return {
    account: scope.account,
    region: scope.region,
    apiId: api.id ?? '',
    stageName: record.stageName ?? '',
    deploymentId: record.deploymentId ?? '',
    variables: variables === undefined || Object.keys(variables).length === 0 ? undefined : variables,
    isBinary: compileBinaryTypes(api.binaryMediaTypes),
    canary: isCanaryRequest === undefined ? undefined : { isCanaryRequest },
    clientCertificate,
    isEdge: api.endpointConfiguration?.types?.[0] === 'EDGE',
    isTest: false,
  }
}

/** A GatewayFault as it is; anything else is a bug of ours, which the client reads as AWS's plain 500. */
export function faultOf(error: unknown, received: Received, ports: PlanPorts): GatewayFault {
  if (!(error instanceof GatewayFault)) {
    ports.bug(error, received.requestId)
    return fault('DEFAULT_5XX', { cause: error })
  }
  const { listener } = received
  if (listener !== undefined) {
    listener.decided({
      step: 'answer',
      verdict: error.type,
      reason: { status: error.status, log: error.log, cause: causeOf(error) },
      atMs: received.receivedAtMs,
    })
    if (error.log !== undefined) listener.logged(error.log)
  }
  return error
}

/** What lies behind a fault: the template engine's words, the backend's error. */
function causeOf({ cause }: GatewayFault): string | undefined {
  return cause instanceof Error ? cause.message : undefined
}
