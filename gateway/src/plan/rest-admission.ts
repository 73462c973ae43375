// The steps of a REST method that ask how much may still pass: its API key's plan, its stage's settings, its account.
import type { Admitted } from '../nouns/exchange.ts'
import type { RestRouted, RestStage } from '../nouns/rest.ts'
import type { Planned } from '../ports/api-keys.ts'
import { requireApiKey } from '../steps/identify/api-key.ts'
import { tellKeyless } from '../steps/identify/keyless.ts'
import { Pipeline } from '../steps/pipeline.ts'
import { throttleRest } from '../steps/throttle/rest.ts'
import type { DeployedApi } from './deployed-methods.ts'
import type { MethodConfiguration } from './method-configuration.ts'
import type { RestPlanPorts } from './stage-plan.ts'

type Ready = RestRouted & Admitted

/** Gives methods their steps. */
export type PlanAdmission = (configuration: MethodConfiguration) => Pipeline<Ready, Partial<Planned>>

export function planRestAdmission(
  { api }: DeployedApi['snapshot'],
  stage: RestStage,
  { apiKeys, traffic }: RestPlanPorts,
): PlanAdmission {
  const source = api.apiKeySource ?? 'HEADER'
  return ({ method, setting }) => {
    const { apiKeyRequired = false } = method
    const throttle =
      traffic && throttleRest({ stage, setting, apiKeyRequired, account: traffic.account }, traffic.counters)
    return Pipeline.from<Ready>()
      .step(apiKeyRequired ? requireApiKey({ stage, source }, apiKeys) : undefined)
      .step(apiKeyRequired ? undefined : tellKeyless(stage, setting))
      .step(throttle)
  }
}
