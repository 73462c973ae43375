// What a REST method does for a request that may pass: validation, then the integration. The same for a stage and for a test call.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import type { Answered } from '../nouns/exchange.ts'
import type { Parameterised } from '../nouns/request-parameters.ts'
import type { RestAdmitted, RestStage } from '../nouns/rest.ts'
import { decompress } from '../steps/map/decompress.ts'
import { Pipeline } from '../steps/pipeline.ts'
import { validateBody } from '../steps/validate/body.ts'
import { createModels, type Models } from '../steps/validate/models.ts'
import { validateParameters } from '../steps/validate/parameters.ts'
import type { DeployedApi } from './deployed-methods.ts'
import type { MethodConfiguration } from './method-configuration.ts'
import { timed } from './recorded.ts'
import type { PlanCache } from './rest-cache.ts'
import { planRestIntegration } from './rest-integration.ts'
import type { PlanPorts } from './stage-plan.ts'

/** How the methods of an API take their requests in. */
export interface Intake {
  /** From this size on answers are compressed; where it is set, request bodies may be too. */
  readonly minimumCompressionBytes: number | undefined
  readonly validators: ReadonlyMap<string, apigateway.RequestValidator>
  readonly models: Models
  /** Undefined where no answer is cached: stages without a cache, and test calls. */
  readonly cache?: PlanCache | undefined
}

export function intakeOf({ api, requestValidators, models }: DeployedApi['snapshot']): Intake {
  return {
    minimumCompressionBytes: api.minimumCompressionSize ?? undefined,
    validators: new Map(requestValidators.map((validator) => [validator.id ?? '', validator])),
    models: createModels(models),
  }
}

export function servedMethod(
  configuration: MethodConfiguration,
  stage: RestStage,
  ports: PlanPorts,
  { minimumCompressionBytes, validators, models, cache }: Intake,
): Pipeline<RestAdmitted & Parameterised, Answered> {
  const { method } = configuration
  const validator = validators.get(method.requestValidatorId ?? '')
  const integration = planRestIntegration(method, stage, ports)
  return Pipeline.from<RestAdmitted & Parameterised>()
    .step(decompress(minimumCompressionBytes))
    .step(validator?.validateRequestParameters === true ? validateParameters(method.requestParameters) : undefined)
    .step(validator?.validateRequestBody === true ? validateBody(method.requestModels, models) : undefined)
    .through(cache === undefined ? integration : cache(configuration, timed(integration, ports)))
}
