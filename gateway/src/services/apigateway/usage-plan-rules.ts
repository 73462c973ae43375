// Checks usage plans: the quota, the stages, and which keys may join (recorded REST 15, Security D.4, D.6).
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { ApiStage, QuotaSettings, UsagePlan } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'

const latestOffset = { DAY: 0, WEEK: 6, MONTH: 27 } as const

const offsetSentence = {
  DAY: 'must be zero in the DAY period',
  WEEK: 'must be between 0 and 6 inclusive in the WEEK period',
  MONTH: 'must be between 0 and 27 inclusive in the MONTH period',
} as const

/** The quota with an explicit offset. Throws BadRequestException for a quota that is incomplete or out of range. */
export function checkedQuota(quota: QuotaSettings | undefined): QuotaSettings | undefined {
  if (quota === undefined) return undefined
  const { limit, period, offset = 0 } = quota
  // AWS: zero is refused too, in these words.
  if (limit === undefined || !Number.isInteger(limit) || limit < 1) {
    throw new BadRequestException('Usage Plan quota limit must be a non-negative numeric')
  }
  if (period === undefined) {
    throw new BadRequestException('Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]')
  }
  if (!(Number.isInteger(offset) && offset >= 0 && offset <= latestOffset[period])) {
    throw new BadRequestException(`Usage Plan quota offset ${offsetSentence[period]}`)
  }
  return { limit, offset, period }
}

/** Throws BadRequestException for a negative limit of a plan, those of its methods included. */
export function checkThrottles({ throttle, apiStages = [] }: UsagePlan): void {
  const all = [throttle, ...apiStages.flatMap((stage) => Object.values(stage.throttle ?? {}))]
  for (const { burstLimit = 0, rateLimit = 0 } of all.filter((each) => each !== undefined)) {
    if (burstLimit < 0 || rateLimit < 0)
      throw new BadRequestException('Usage Plan throttle limits must not be negative')
  }
}

/**
 * Throws BadRequestException for a stage that is not named or does not exist, or for limits of an unknown method. Stages of
 * v2 APIs are allowed.
 */
export async function checkApiStages(call: Call, stages: readonly ApiStage[]): Promise<void> {
  for (const { apiId = '', stage = '', throttle = {} } of stages) {
    // AWS: the sentence as AWS has it, with nothing filled in (aws/aws-sdk, issue 354).
    if (apiId === '' || stage === '')
      throw new BadRequestException('Invalid API Stage {api: %s, stage: %s} specified for usageplan %s')
    if (!(await isStage(call, apiId, stage))) throw new BadRequestException('Invalid API Stage specified')
    const wrong = Object.keys(throttle).find((key) => !/^\/[^]*\/(?:\*|[A-Z]+)$/.test(key))
    if (wrong === undefined) continue
    throw new BadRequestException(`Invalid method {resourcePath: ${wrong},method: } specified`)
  }
}

/** Throws BadRequestException for limits of single methods in a plan that has no limit of its own. */
export function checkFineGrain({ throttle, apiStages = [] }: UsagePlan): void {
  if (throttle !== undefined || apiStages.every((stage) => Object.keys(stage.throttle ?? {}).length === 0)) return
  throw new BadRequestException('Can not define fine grain throttling if usage plan throttle is not defined.')
}

export async function isStage(call: Call, apiId: string, stage: string): Promise<boolean> {
  const key = [apiId, stage]
  return (await call.store.get('Stage', key)) !== undefined || (await call.store.get('V2Stage', key)) !== undefined
}

/** Throws ConflictException when the key is in another plan for one of this plan's stages: it would be unclear which plan counts. */
export async function refuseSharedStages(call: Call, keyId: string, plan: UsagePlan): Promise<void> {
  const stages = new Set((plan.apiStages ?? []).map(stageName))
  for (const other of await plansOf(call, keyId)) {
    const shared = other.apiStages?.map(stageName).find((name) => stages.has(name))
    if (other.id !== plan.id && shared !== undefined) {
      // (?) The rule is documented, its words are not.
      throw new ConflictException(
        `API Key ${keyId} cannot be added to UsagePlan ${plan.id} because it is already in UsagePlan ${other.id} for the stage ${shared}`,
      )
    }
  }
}

/** The plans that a key is in. Reads by plan, because there are far fewer plans than keys. */
export async function plansOf(call: Call, keyId: string): Promise<readonly UsagePlan[]> {
  const plans: UsagePlan[] = []
  for (const { key, record } of await call.store.list('UsagePlan', [])) {
    if ((await call.store.get('UsagePlanKey', [key[0] ?? '', keyId])) !== undefined) plans.push(record)
  }
  return plans
}

/** Takes a key out of a plan, together with the record of what it used. */
export async function leavePlan(call: Call, planId: string, keyId: string): Promise<void> {
  for (const { key } of await call.store.list('UsageDay', [planId, keyId])) call.store.delete('UsageDay', key)
  call.store.delete('UsagePlanKey', [planId, keyId])
}

/** A stage as patches name it: `api:stage`. */
export function stageName({ apiId, stage }: ApiStage): string {
  return `${apiId}:${stage}`
}
