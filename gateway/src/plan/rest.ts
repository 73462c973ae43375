// The two lists of a REST API: a stage's (which method?) and a method's (may it pass, what is called, what is answered?).
import type { Answer, Answered, Received } from '../nouns/exchange.ts'
import { tellCompleted, tellMethodResponse } from '../nouns/execution-lines.ts'
import { fault, GatewayFault } from '../nouns/faults.ts'
import { compileBinaryTypes } from '../nouns/media-type.ts'
import type { Scope } from '../nouns/records.ts'
import type { RestMethod, RestRouted, RestStage } from '../nouns/rest.ts'
import type { RestSnapshot } from '../nouns/snapshot.ts'
import { Turns } from '../nouns/turns.ts'
import { compileCompression } from '../steps/answer/compress.ts'
import { addRequestIds } from '../steps/answer/gateway-response.ts'
import { compileGatewayResponses } from '../steps/answer/gateway-responses.ts'
import { Pipeline, whenKnown } from '../steps/pipeline.ts'
import { createRestTrie, routeRest } from '../steps/route/rest.ts'
import { readParameters } from '../steps/validate/read.ts'
import { answering } from './answering.ts'
import type { PlannableStage } from './canary.ts'
import { configurationOf, PerConfiguration, type MethodConfiguration } from './method-configuration.ts'
import { PackedList } from './packed.ts'
import { noteFault, timed } from './recorded.ts'
import { planRestAdmission, type PlanAdmission } from './rest-admission.ts'
import { planRestAuthorization, type PlanAuthorization } from './rest-authorization.ts'
import { planRestCache } from './rest-cache.ts'
import { intakeOf, servedMethod, type Intake } from './rest-served.ts'
import type { PlanPorts, RestPlanPorts, StagePlan } from './stage-plan.ts'

type SnapshotMethod = RestSnapshot['methods'][number]

type MethodPlan = Pipeline<RestRouted, Answered>

/** What the methods of a stage share. */
interface Shared {
  readonly settings: PlannableStage['methodSettings']
  /** The lists of the methods that were called. */
  readonly plans: PerConfiguration<MethodPlan>
  /** What was deployed of each method, in the order of their indexes. */
  readonly configured: PackedList<SnapshotMethod>
}

/** A method that the stage's list found: what the steps know of it, and its list, found or made when it is first called. */
export class PlannedMethod implements RestMethod {
  readonly stage: RestStage
  readonly resourceId: string
  readonly resourcePath: string
  readonly httpMethod: string
  readonly operationName: string | undefined
  readonly apiKeyRequired: boolean
  readonly authorization: string | undefined
  private readonly index: number
  private readonly shared: Shared
  private list: MethodPlan | undefined = undefined
  /** Those of an `ANY` method, which may have settings for each verb. */
  private listsOfVerbs: Map<string, MethodPlan> | undefined = undefined

  constructor(facts: RestMethod, index: number, shared: Shared) {
    this.stage = facts.stage
    this.resourceId = facts.resourceId
    this.resourcePath = facts.resourcePath
    this.httpMethod = facts.httpMethod
    this.operationName = facts.operationName
    this.apiKeyRequired = facts.apiKeyRequired
    this.authorization = facts.authorization
    this.index = index
    this.shared = shared
  }

  /** `verb`: the request's. */
  planFor(verb: string): MethodPlan {
    if (this.httpMethod !== 'ANY') return (this.list ??= this.made(this.httpMethod))
    this.listsOfVerbs ??= new Map()
    let list = this.listsOfVerbs.get(verb)
    if (list === undefined) this.listsOfVerbs.set(verb, (list = this.made(verb)))
    return list
  }

  private made(verb: string): MethodPlan {
    return this.shared.plans.of(configurationOf(this.configuration, this.shared.settings, this.resourcePath, verb))
  }

  get configuration(): SnapshotMethod {
    return this.shared.configured.at(this.index)
  }
}

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
export async function planRestStage(
  snapshot: RestSnapshot,
  record: PlannableStage,
  scope: Scope,
  ports: RestPlanPorts,
): Promise<StagePlan> {
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
  const shared: Shared = {
    settings: record.methodSettings,
    plans: new PerConfiguration((configuration) => planMethod(configuration, parts, ports)),
    configured: new PackedList(),
  }
  const methods = await planMethods(snapshot, stage, shared)
  const trie = createRestTrie<PlannedMethod>()
  for (const method of methods) trie.add(method.resourcePath, method.httpMethod, method)
  const list = Pipeline.from<Received>().step(routeRest(trie))
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
      methods.map((method) => ({
        route: `${method.httpMethod} ${method.resourcePath}`,
        steps: [...list.names, ...method.planFor(method.httpMethod).names],
      })),
  }
}

async function planMethods(
  { methods, resources }: RestSnapshot,
  stage: RestStage,
  shared: Shared,
): Promise<readonly PlannedMethod[]> {
  const paths = new Map(resources.map(({ id, path }) => [id, path ?? '/']))
  const planned: PlannedMethod[] = []
  const turns = new Turns()
  for (const method of methods) {
    const facts = methodFacts(method, stage, paths.get(method.resourceId) ?? '/')
    planned.push(new PlannedMethod(facts, planned.length, shared))
    shared.configured.push(method)
    const others = turns.next()
    if (others !== undefined) await others
  }
  return planned
}

/** A method as its steps know it. */
export function methodFacts(method: SnapshotMethod, stage: RestStage, resourcePath: string): RestMethod {
  return {
    stage,
    resourceId: method.resourceId,
    resourcePath,
    httpMethod: method.httpMethod ?? 'ANY',
    operationName: method.operationName,
    apiKeyRequired: method.apiKeyRequired ?? false,
    authorization: method.authorizationType,
  }
}

/** A stage as its steps know it. */
export function stageFacts(snapshot: RestSnapshot, record: PlannableStage, scope: Scope): RestStage {
  const { variables, isCanaryRequest, clientCertificate } = record
  return {
    account: scope.account,
    region: scope.region,
    apiId: snapshot.api.id ?? '',
    stageName: record.stageName ?? '',
    deploymentId: record.deploymentId ?? '',
    variables: variables === undefined || Object.keys(variables).length === 0 ? undefined : variables,
    isBinary: compileBinaryTypes(snapshot.api.binaryMediaTypes),
    canary: isCanaryRequest === undefined ? undefined : { isCanaryRequest },
    clientCertificate,
    isEdge: snapshot.api.endpointConfiguration?.types?.[0] === 'EDGE',
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
