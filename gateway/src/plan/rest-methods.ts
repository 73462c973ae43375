// The methods of a REST API's stage: packed until they are called, since a large API is planned whole and called in parts.
import type { Answered } from '../nouns/exchange.ts'
import type { RestMethod, RestRouted, RestStage } from '../nouns/rest.ts'
import type { Pipeline } from '../steps/pipeline.ts'
import type { PlannableStage } from './canary.ts'
import type { DeployedMethods, SnapshotMethod } from './deployed-methods.ts'
import { configurationOf, type MethodConfiguration, PerConfiguration } from './method-configuration.ts'

export type MethodPlan = Pipeline<RestRouted, Answered>

/** A method that was called: what its steps know of it, and its list, found or made by its first request. */
export class PlannedMethod implements RestMethod {
  // First what every request reads: beside thousands of other methods, nothing of this one is in a processor's cache.
  private list: MethodPlan | undefined = undefined
  total = -1
  readonly stage: RestStage
  readonly resourceId: string
  readonly resourcePath: string
  readonly httpMethod: string
  readonly operationName: string | undefined
  readonly apiKeyRequired: boolean
  readonly authorization: string | undefined
  private readonly index: number
  private readonly methods: PlannedMethods
  /** Those of an `ANY` method, which may have settings for each verb. */
  private listsOfVerbs: Map<string, MethodPlan> | undefined = undefined

  constructor(facts: RestMethod, index: number, methods: PlannedMethods) {
    this.stage = facts.stage
    this.resourceId = facts.resourceId
    this.resourcePath = facts.resourcePath
    this.httpMethod = facts.httpMethod
    this.operationName = facts.operationName
    this.apiKeyRequired = facts.apiKeyRequired
    this.authorization = facts.authorization
    this.index = index
    this.methods = methods
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
    return this.methods.planOf(this.configuration, this.resourcePath, verb)
  }

  get configuration(): SnapshotMethod {
    return this.methods.deployed.at(this.index).configuration
  }
}

/** All of a stage's methods, in the order in which they were deployed. */
export class PlannedMethods {
  readonly deployed: DeployedMethods
  private readonly stage: RestStage
  private readonly settings: PlannableStage['methodSettings']
  private readonly plans: PerConfiguration<MethodPlan>
  private readonly called: (PlannedMethod | undefined)[]

  constructor(
    deployed: DeployedMethods,
    stage: RestStage,
    settings: PlannableStage['methodSettings'],
    plan: (configuration: MethodConfiguration) => MethodPlan,
  ) {
    this.deployed = deployed
    this.stage = stage
    this.settings = settings
    this.plans = new PerConfiguration(plan)
    this.called = Array.from({ length: deployed.length }, () => undefined)
  }

  at(index: number): PlannedMethod {
    return this.called[index] ?? this.call(index)
  }

  /** Every method, called or not. */
  all(): readonly PlannedMethod[] {
    return this.called.map((_, index) => this.at(index))
  }

  planOf(configuration: SnapshotMethod, resourcePath: string, verb: string): MethodPlan {
    return this.plans.of(configurationOf(configuration, this.settings, resourcePath, verb))
  }

  private call(index: number): PlannedMethod {
    const { configuration, resourcePath } = this.deployed.at(index)
    const method = new PlannedMethod(methodFacts(configuration, this.stage, resourcePath), index, this)
    this.called[index] = method
    return method
  }
}

/** A method as its steps know it. */
export function methodFacts(configuration: SnapshotMethod, stage: RestStage, resourcePath: string): RestMethod {
  return {
    stage,
    resourceId: configuration.resourceId,
    resourcePath,
    httpMethod: configuration.httpMethod ?? 'ANY',
    operationName: configuration.operationName,
    apiKeyRequired: configuration.apiKeyRequired ?? false,
    authorization: configuration.authorizationType,
    total: -1,
  }
}
