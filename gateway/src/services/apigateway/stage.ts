// Stages: names that point to deployments, with settings that apply at once. Rules: recorded REST 14, REST 10.2, 10.3.
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { Operations, PatchOperation, Stage } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { refuseMapped } from '../domains/mapping.ts'
import { mergedTags } from '../tags.ts'
import { leaveUsagePlans } from './api-parts.ts'
import { foundApi, foundStage } from './found.ts'
import { checkQuota } from './quotas.ts'
import { patchedStage } from './stage-patch.ts'
import { checkDeployments, checkVariables, newStage, withCacheCluster } from './stage-rules.ts'

export const stage: Handlers<
  Operations,
  | 'CreateStage'
  | 'GetStage'
  | 'GetStages'
  | 'UpdateStage'
  | 'DeleteStage'
  | 'FlushStageCache'
  | 'FlushStageAuthorizersCache',
  Call
> = {
  CreateStage: async (input, call) => {
    await foundApi(call, input.restApiId)
    const record = newStage(call, { ...input, tags: mergedTags(undefined, input.tags) })
    await checkReferences(call, input.restApiId, record)
    if ((await call.store.get('Stage', [input.restApiId, input.stageName])) !== undefined) {
      throw new ConflictException('Stage already exists')
    }
    await checkQuota(call, 'Stage', input.restApiId)
    call.store.put('Stage', [input.restApiId, input.stageName], record)
    return record
  },

  GetStage: ({ restApiId, stageName }, call) => foundStage(call, restApiId, stageName),

  // AWS: this collection alone has the member `item` and no pages.
  GetStages: async ({ restApiId, deploymentId }, call) => {
    await foundApi(call, restApiId)
    const stages = (await call.store.list('Stage', [restApiId])).map(({ record }) => record)
    return { item: stages.filter((record) => deploymentId === undefined || record.deploymentId === deploymentId) }
  },

  UpdateStage: async ({ restApiId, stageName, patchOperations }, call) => {
    const edited = patchedStage(await foundStage(call, restApiId, stageName), patchOperations)
    await checkLogging(call, patchOperations)
    checkVariables(edited.variables)
    checkVariables(edited.canarySettings?.stageVariableOverrides)
    await checkReferences(call, restApiId, edited)
    const record = { ...withCacheCluster(edited), lastUpdatedDate: nowSeconds(call) }
    call.store.put('Stage', [restApiId, stageName], record)
    return record
  },

  DeleteStage: async ({ restApiId, stageName }, call) => {
    await foundStage(call, restApiId, stageName)
    await refuseMapped(call, restApiId, stageName)
    await leaveUsagePlans(call, restApiId, stageName)
    call.store.delete('Stage', [restApiId, stageName])
    call.store.delete('CacheFlush', [restApiId, stageName])
  },

  FlushStageCache: async ({ restApiId, stageName }, call) => {
    await foundStage(call, restApiId, stageName)
    call.store.put('CacheFlush', [restApiId, stageName], { flushId: call.ids.uuid() })
  },

  // Cached results of authorizers belong to the running plan, which is built anew at each commit of its stage.
  FlushStageAuthorizersCache: async ({ restApiId, stageName }, call) => {
    call.store.put('Stage', [restApiId, stageName], await foundStage(call, restApiId, stageName))
  },
}

/** Throws BadRequestException for the first record that a stage names and that does not exist. */
async function checkReferences(call: Call, restApiId: string, record: Stage): Promise<void> {
  await checkDeployments(call, restApiId, record)
  const { documentationVersion, clientCertificateId } = record
  if (
    documentationVersion !== undefined &&
    (await call.store.get('DocumentationVersion', [restApiId, documentationVersion])) === undefined
  ) {
    throw new BadRequestException('Invalid Documentation version specified')
  }
  if (
    clientCertificateId !== undefined &&
    (await call.store.get('ClientCertificate', [clientCertificateId])) === undefined
  ) {
    throw new BadRequestException('Invalid Client Certificate identifier specified')
  }
}

/** Throws BadRequestException for execution logs while the account's settings have no role for them (Security F.3). */
async function checkLogging(call: Call, operations: readonly PatchOperation[] | undefined): Promise<void> {
  const turnsOn = operations?.some(
    ({ op, path, value }) => op !== 'remove' && path?.endsWith('/logging/loglevel') === true && value !== 'OFF',
  )
  if (turnsOn !== true) return
  if ((await call.store.get('Account', []))?.cloudwatchRoleArn === undefined) {
    throw new BadRequestException('CloudWatch Logs role ARN must be set in account settings to enable logging')
  }
}
