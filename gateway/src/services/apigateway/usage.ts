// Shows what keys used of their usage plans, day by day, and what they have left. Rules: Security D.6.
import { BadRequestException, NotFoundException } from '@sluice/aws-protocol/apigateway'
import type { Operations, PatchOperation, Usage, UsagePlan } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { dayOf, dayText, parseDay, periodStart } from '../../nouns/quota.ts'
import type { Counters, QuotaLimit } from '../../ports/counters.ts'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { foundPlan } from './found.ts'
import type { ApigatewayParts } from './parts.ts'

/** (?) AWS keeps usage for about three months. */
const mostDays = 90

export function usage({ counters }: ApigatewayParts): Handlers<Operations, 'GetUsage' | 'UpdateUsage', Call> {
  return {
    GetUsage: async ({ usagePlanId, keyId, startDate, endDate, ...page }, call) => {
      const plan = await foundPlan(call, usagePlanId)
      const days = daysOf(startDate, endDate)
      const today = dayOf(call.nowMs)
      if (keyId !== undefined) {
        await foundPlanKey(call, usagePlanId, keyId)
        const values = await valuesOf(counters, quotaOf(call, plan, keyId), { ...days, today })
        return shown(usagePlanId, { startDate, endDate, items: { [keyId]: values } })
      }
      const { items: keys, position } = await pageOfRecords(call.store, 'UsagePlanKey', [usagePlanId], page)
      const items: [string, readonly (readonly number[])[]][] = []
      for (const { key } of keys) {
        const id = key[1] ?? ''
        const values = await valuesOf(counters, quotaOf(call, plan, id), { ...days, today })
        // (?) Keys that were not used are left out unless they are asked for.
        if (values.some(([used]) => used !== 0)) items.push([id, values])
      }
      return { ...shown(usagePlanId, { startDate, endDate, items: Object.fromEntries(items) }), position }
    },

    UpdateUsage: async ({ usagePlanId, keyId, patchOperations }, call) => {
      const plan = await foundPlan(call, usagePlanId)
      await foundPlanKey(call, usagePlanId, keyId)
      if (plan.quota === undefined) throw new BadRequestException('Usage Plan does not have a quota')
      const quota = quotaOf(call, plan, keyId)
      for (const operation of patchOperations ?? []) await counters.setRemaining(quota, remainingOf(operation))
      const today = dayOf(call.nowMs)
      const first = periodStart(today, quota)
      const values = await valuesOf(counters, quota, { first, last: today, today })
      return shown(usagePlanId, { startDate: dayText(first), endDate: dayText(today), items: { [keyId]: values } })
    },
  }
}

function shown(usagePlanId: string, usage: Pick<Usage, 'startDate' | 'endDate' | 'items'>): Usage {
  return { usagePlanId, ...usage }
}

interface Days {
  readonly first: number
  readonly last: number
}

function daysOf(startDate: string, endDate: string): Days {
  const [first, last] = [parseDay(startDate), parseDay(endDate)]
  if (first === undefined || last === undefined) throw new BadRequestException('Dates must be of the form YYYY-MM-DD')
  if (last < first) throw new BadRequestException('The end date must not be before the start date')
  if (last - first >= mostDays) throw new BadRequestException(`Usage can be asked for at most ${mostDays} days`)
  return { first, last }
}

interface Asked extends Days {
  readonly today: number
}

/**
 * A pair of numbers for each day: what was used, and what was left at its end. Today's second number follows the present
 * limit, which may have changed since this morning.
 */
async function valuesOf(
  counters: Counters,
  quota: QuotaLimit,
  { first, last, today }: Asked,
): Promise<readonly (readonly number[])[]> {
  // The period of the first day may have begun earlier, and what was used then counts.
  const known = await counters.usage(quota, periodStart(first, quota), last)
  const limit = Number.isFinite(quota.limit) ? quota.limit : 0
  const values: (readonly number[])[] = []
  let start: number | undefined
  let [remaining, spent] = [limit, 0]
  for (let day = periodStart(first, quota); day <= last; day++) {
    const usage = known.get(day)
    if (start !== periodStart(day, quota)) [start, remaining, spent] = [periodStart(day, quota), limit, 0]
    if (usage !== undefined) [remaining, spent] = [usage.remaining, spent + usage.used - usage.granted]
    if (day === today) remaining = Math.max(0, limit - spent)
    if (day >= first) values.push([usage?.used ?? 0, remaining])
  }
  return values
}

function quotaOf({ scope }: Call, { id: planId = '', quota }: UsagePlan, keyId: string): QuotaLimit {
  const { limit = Number.POSITIVE_INFINITY, period = 'DAY', offset = 0 } = quota ?? {}
  return { kind: 'quota', scope, planId, keyId, limit, period, offset }
}

async function foundPlanKey(call: Call, planId: string, keyId: string): Promise<void> {
  if ((await call.store.get('UsagePlanKey', [planId, keyId])) === undefined) {
    throw new NotFoundException('Invalid Key identifier specified')
  }
}

function remainingOf({ op, path, value }: PatchOperation): number {
  if (path !== '/remaining') {
    throw new BadRequestException(
      `Invalid patch path  '${path}' specified for op '${op}'. Must be one of: [/remaining]`,
    )
  }
  if (op !== 'replace') throw new BadRequestException(`Invalid patch operation specified. Must be one of: [replace]`)
  if (value === undefined || !/^\d{1,10}$/.test(value)) throw new BadRequestException('Invalid remaining specified')
  return Number(value)
}
