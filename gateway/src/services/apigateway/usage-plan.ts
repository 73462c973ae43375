// Usage plans: which API keys may call which stages, how fast and how often. Rules: recorded REST 15, Security D.4.
import { BadRequestException, ConflictException, NotFoundException } from '@sluice/aws-protocol/apigateway'
import type { Operations, UsagePlan } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfList, pageOfRecords } from '../page.ts'
import { mergedTags, newId } from '../tags.ts'
import { foundPlan } from './found.ts'
import { text } from './patch.ts'
import { patchedPlan } from './usage-plan-patch.ts'
import {
  checkApiStages,
  checkedQuota,
  checkFineGrain,
  checkThrottles,
  isStage,
  leavePlan,
  plansOf,
  refuseSharedStages,
  stageName,
} from './usage-plan-rules.ts'

export const usagePlan: Handlers<
  Operations,
  'CreateUsagePlan' | 'GetUsagePlan' | 'GetUsagePlans' | 'UpdateUsagePlan' | 'DeleteUsagePlan',
  Call
> = {
  CreateUsagePlan: async (input, call) => {
    const id = newId(call, input.tags, 6)
    if ((await call.store.get('UsagePlan', [id])) !== undefined)
      throw new ConflictException('Usage Plan already exists')
    const record: UsagePlan = {
      id,
      name: checkedName(input.name),
      description: text(input.description),
      apiStages: input.apiStages ?? [],
      throttle: input.throttle,
      quota: checkedQuota(input.quota),
      tags: mergedTags(undefined, input.tags),
    }
    checkThrottles(record)
    await checkApiStages(call, record.apiStages ?? [])
    checkFineGrain(record)
    call.store.put('UsagePlan', [id], record)
    return record
  },

  GetUsagePlan: async ({ usagePlanId }, call) => shown(await foundPlan(call, usagePlanId)),

  GetUsagePlans: async ({ keyId, ...page }, call) => {
    if (keyId === undefined) {
      const { items, position } = await pageOfRecords(call.store, 'UsagePlan', [], page)
      return { items: items.map(({ record }) => record), position }
    }
    return pageOfList(await plansOf(call, keyId), page)
  },

  UpdateUsagePlan: async ({ usagePlanId, patchOperations }, call) => {
    const before = await foundPlan(call, usagePlanId)
    const edited = patchedPlan(before, patchOperations)
    const record = { ...edited, name: checkedName(edited.name), quota: checkedQuota(edited.quota) }
    checkThrottles(record)
    await checkNewStages(call, before, record)
    checkFineGrain(record)
    call.store.put('UsagePlan', [usagePlanId], record)
    return shown(record)
  },

  DeleteUsagePlan: async ({ usagePlanId }, call) => {
    const [stage] = (await foundPlan(call, usagePlanId)).apiStages ?? []
    if (stage !== undefined) {
      const because = `because there are API Stages associated with it, including ${stageName(stage)}`
      throw new BadRequestException(`Cannot delete Usage Plan ${usagePlanId} ${because}`)
    }
    for (const { key } of await call.store.list('UsagePlanKey', [usagePlanId]))
      await leavePlan(call, usagePlanId, key[1] ?? '')
    call.store.delete('UsagePlan', [usagePlanId])
  },
}

/** AWS: one plan shows `tags` always, a list and a new plan only if any (recorded REST 1.7). */
function shown(plan: UsagePlan): UsagePlan {
  return { ...plan, tags: plan.tags ?? {} }
}

function checkedName(name: string | undefined): string {
  if (name === undefined || name === '') throw new BadRequestException('Usage Plan name cannot be empty')
  return name
}

/** Checks that the stages which a patch added exist, and that none of the plan's keys is in another plan for them. */
async function checkNewStages(call: Call, before: UsagePlan, plan: UsagePlan): Promise<void> {
  const known = new Set((before.apiStages ?? []).map(stageName))
  const added = (plan.apiStages ?? []).filter((stage) => !known.has(stageName(stage)))
  if (added.length === 0) return
  for (const stage of added) {
    if (!(await isStage(call, stage.apiId ?? '', stage.stage ?? ''))) {
      throw new NotFoundException(`API Stage not found: ${stageName(stage)}`)
    }
  }
  for (const { key } of await call.store.list('UsagePlanKey', [plan.id ?? ''])) {
    await refuseSharedStages(call, key[1] ?? '', { ...plan, apiStages: added })
  }
}
