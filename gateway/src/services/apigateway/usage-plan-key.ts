// The keys of a usage plan. Rules: recorded REST 15, Security D.4.
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { Operations, UsagePlanKey } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfList, pageOfRecords } from '../page.ts'
import { found, foundPlan } from './found.ts'
import { leavePlan, refuseSharedStages } from './usage-plan-rules.ts'

const unknownKey = 'Invalid Key identifier specified'

export const usagePlanKey: Handlers<
  Operations,
  'CreateUsagePlanKey' | 'GetUsagePlanKey' | 'GetUsagePlanKeys' | 'DeleteUsagePlanKey',
  Call
> = {
  CreateUsagePlanKey: async ({ usagePlanId, keyId, keyType }, call) => {
    const plan = await foundPlan(call, usagePlanId)
    if (keyType !== 'API_KEY') throw new BadRequestException(`Invalid Key Type ${keyType}. Must be one of: [API_KEY]`)
    const { name, value } = found(await call.store.get('ApiKey', [keyId]), unknownKey)
    if ((await call.store.get('UsagePlanKey', [usagePlanId, keyId])) !== undefined) {
      throw new ConflictException(`API Key ${keyId} is already in UsagePlan ${usagePlanId}`)
    }
    await refuseSharedStages(call, keyId, plan)
    const record: UsagePlanKey = { id: keyId, type: keyType, value, name }
    call.store.put('UsagePlanKey', [usagePlanId, keyId], record)
    return record
  },

  GetUsagePlanKey: async ({ usagePlanId, keyId }, call) => {
    await foundPlan(call, usagePlanId)
    return current(call, found(await call.store.get('UsagePlanKey', [usagePlanId, keyId]), unknownKey))
  },

  GetUsagePlanKeys: async ({ usagePlanId, nameQuery, ...page }, call) => {
    await foundPlan(call, usagePlanId)
    if (nameQuery === undefined) {
      const { items, position } = await pageOfRecords(call.store, 'UsagePlanKey', [usagePlanId], page)
      return { items: await Promise.all(items.map(({ record }) => current(call, record))), position }
    }
    const entries = await call.store.list('UsagePlanKey', [usagePlanId])
    const keys = await Promise.all(entries.map(({ record }) => current(call, record)))
    return pageOfList(
      keys.filter(({ name }) => name?.startsWith(nameQuery) === true),
      page,
    )
  },

  DeleteUsagePlanKey: async ({ usagePlanId, keyId }, call) => {
    await foundPlan(call, usagePlanId)
    found(await call.store.get('UsagePlanKey', [usagePlanId, keyId]), unknownKey)
    await leavePlan(call, usagePlanId, keyId)
  },
}

/** A plan's key with the name that its API key has now. */
async function current(call: Call, record: UsagePlanKey): Promise<UsagePlanKey> {
  const key = await call.store.get('ApiKey', [record.id ?? ''])
  return { ...record, name: key?.name }
}
