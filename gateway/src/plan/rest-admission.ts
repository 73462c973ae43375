// The steps of a REST method that ask how much may still pass: its API key's plan, its stage's settings, its account.
import type { Admitted } from '../nouns/exchange.ts'
import { methodSetting } from '../nouns/method-settings.ts'
import type { RestMethod, RestRouted } from '../nouns/rest.ts'
import type { RestSnapshot } from '../nouns/snapshot.ts'
import type { Planned } from '../ports/api-keys.ts'
import { requireApiKey } from '../steps/identify/api-key.ts'
import { tellKeyless } from '../steps/identify/keyless.ts'
import { Pipeline } from '../steps/pipeline.ts'
import { throttleRest } from '../steps/throttle/rest.ts'
import type { PlannableStage } from './canary.ts'
import type { RestPlanPorts } from './stage-plan.ts'

type Ready = RestRouted & Admitted

/** Gives a method its steps. */
export type PlanAdmission = (facts: RestMethod) => Pipeline<Ready, Partial<Planned>>

export function planRestAdmission(
  { api }: RestSnapshot,
  { methodSettings }: PlannableStage,
  { apiKeys, traffic }: RestPlanPorts,
): PlanAdmission {
  const source = api.apiKeySource ?? 'HEADER'
  return (facts) => {
    const setting = methodSetting(methodSettings, facts.resourcePath, facts.httpMethod)
    const throttle = traffic && throttleRest({ method: facts, setting, account: traffic.account }, traffic.counters)
    return Pipeline.from<Ready>()
      .step(facts.apiKeyRequired ? requireApiKey({ method: facts, source }, apiKeys) : undefined)
      .step(facts.apiKeyRequired ? undefined : tellKeyless(facts, setting))
      .step(throttle)
  }
}
