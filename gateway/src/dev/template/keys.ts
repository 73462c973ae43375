// `AWS::ApiGateway::ApiKey`, `UsagePlan` and `Account`: keys, their limits, and the account's own settings.
import { member, textOf } from '@sluice/cloudformation'
import { found } from './found.ts'
import { idOf } from './ids.ts'
import { inputOf, type Input } from './input.ts'
import { optionalText, setting, type PatchOperation } from './patches.ts'
import type { ResourceKind } from './resource-kind.ts'

export const apiKey: ResourceKind = {
  put: async (wanted, deployment) => {
    const { call } = deployment
    const given = inputOf(wanted, ['apigateway', 'CreateApiKey'], { except: ['StageKeys'] })
    const input: Input = { name: wanted.logicalId, ...given }
    const apiKeyId = idOf(deployment, wanted)
    const at = { apiKey: apiKeyId }
    const current = await found(call('apigateway', 'GetApiKey', { ...at, includeValue: true }))
    if (current !== undefined && (input['value'] === undefined || current['value'] === input['value'])) {
      const patchOperations = [
        ...['name', 'enabled', 'customerId'].flatMap((name) => setting(`/${name}`, current[name], input[name])),
        ...optionalText('/description', current['description'], input['description']),
      ]
      if (patchOperations.length > 0) await call('apigateway', 'UpdateApiKey', { ...at, patchOperations })
    } else {
      if (current !== undefined) await call('apigateway', 'DeleteApiKey', at)
      const tags = { ...(input['tags'] as object | undefined), _custom_id_: apiKeyId }
      await call('apigateway', 'CreateApiKey', { ...input, tags })
    }
    return {
      physicalId: apiKeyId,
      ref: apiKeyId,
      attributes: { APIKeyId: apiKeyId },
      input,
      remove: async (call) => void (await call('apigateway', 'DeleteApiKey', at)),
    }
  },
}

export const usagePlan: ResourceKind = {
  put: async (wanted, deployment) => {
    const { call } = deployment
    const renamed = { UsagePlanName: 'name' }
    const input: Input = {
      name: wanted.logicalId,
      ...inputOf(wanted, ['apigateway', 'CreateUsagePlan'], { renamed }),
    }
    const usagePlanId = idOf(deployment, wanted)
    const current = await found(call('apigateway', 'GetUsagePlan', { usagePlanId }))
    if (current === undefined) {
      const tags = { ...(input['tags'] as object | undefined), _custom_id_: usagePlanId }
      await call('apigateway', 'CreateUsagePlan', { ...input, tags })
    } else {
      const patchOperations = planPatches(current, input)
      if (patchOperations.length > 0) await call('apigateway', 'UpdateUsagePlan', { usagePlanId, patchOperations })
    }
    return {
      physicalId: usagePlanId,
      ref: usagePlanId,
      attributes: { Id: usagePlanId },
      input,
      remove: async (call) => {
        const plan = await call('apigateway', 'GetUsagePlan', { usagePlanId })
        const patchOperations = stagePatches(plan['apiStages'], [])
        if (patchOperations.length > 0) await call('apigateway', 'UpdateUsagePlan', { usagePlanId, patchOperations })
        await call('apigateway', 'DeleteUsagePlan', { usagePlanId })
      },
    }
  },
}

function planPatches(current: Input, input: Input): readonly PatchOperation[] {
  const inside = (name: string, members: readonly string[]): readonly PatchOperation[] => {
    const [before, after] = [current[name] as Input | undefined, input[name] as Input | undefined]
    if (after === undefined) return before === undefined ? [] : [{ op: 'remove', path: `/${name}` }]
    return members.flatMap((each) => setting(`/${name}/${each}`, before?.[each], after[each]))
  }
  return [
    ...setting('/name', current['name'], input['name']),
    ...optionalText('/description', current['description'], input['description']),
    ...inside('throttle', ['rateLimit', 'burstLimit']),
    ...inside('quota', ['limit', 'offset', 'period']),
    ...stagePatches(current['apiStages'], input['apiStages']),
  ]
}

interface PlanStage {
  readonly apiId?: string
  readonly stage?: string
  readonly throttle?: unknown
}

function stagePatches(before: unknown, after: unknown): readonly PatchOperation[] {
  const [old, wanted] = [stagesOf(before), stagesOf(after)]
  const path = '/apiStages'
  return [
    ...[...old.keys()].filter((name) => !wanted.has(name)).map((value) => ({ op: 'remove', path, value }) as const),
    ...[...wanted.keys()].filter((name) => !old.has(name)).map((value) => ({ op: 'add', path, value }) as const),
    ...[...wanted].flatMap(([name, { throttle }]) =>
      setting(`${path}/${name}/throttle`, old.get(name)?.throttle, throttle, true),
    ),
  ]
}

function stagesOf(list: unknown): ReadonlyMap<string, PlanStage> {
  return new Map(((list ?? []) as readonly PlanStage[]).map((each) => [`${each.apiId}:${each.stage}`, each]))
}

/** AWS: the role stays when the template goes (recorded). */
export const account: ResourceKind = {
  put: async ({ properties }, { call }) => {
    const value = textOf(member(properties, 'CloudWatchRoleArn'))
    if (value !== undefined) {
      const patchOperations = [{ op: 'replace', path: '/cloudwatchRoleArn', value }]
      await call('apigateway', 'UpdateAccount', { patchOperations })
    }
    return { physicalId: 'account', ref: 'account', attributes: { Id: 'account' }, input: {}, remove: async () => {} }
  },
}
