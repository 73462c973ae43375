// Deployments: freezes an API into a snapshot and makes or moves the stage that a request names. Rules: recorded REST 13, REST 10.1.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { CreateDeploymentRequest, Deployment, MethodSnapshot, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { freezingRestApi, type FreezingRestApi } from '../../freeze/rest.ts'
import type { DeploymentRecord } from '../../nouns/records.ts'
import { writtenSnapshot } from '../../nouns/snapshot.ts'
import type { RestSnapshot } from '../../nouns/snapshot.ts'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { releaseSnapshot } from './api-parts.ts'
import { found, foundApi, unknownApi } from './found.ts'
import { listingPaths, patched, setting, text } from './patch.ts'
import { checkQuota } from './quotas.ts'
import { checkVariables, newCanary, newStage, withCacheCluster } from './stage-rules.ts'

export const deployment: Handlers<
  Operations,
  'CreateDeployment' | 'GetDeployment' | 'GetDeployments' | 'UpdateDeployment' | 'DeleteDeployment',
  Call
> = {
  CreateDeployment: async (input, call) => {
    const frozen = found(await freezingRestApi(call.store, input.restApiId), unknownApi(call, input.restApiId))
    const { hash, text: snapshotText } = await writtenSnapshot({ ...frozen, methods: complete(frozen.methods) })
    checkPolicy(frozen)
    const record = {
      id: call.ids.short(6),
      description: text(input.description),
      createdDate: nowSeconds(call),
      snapshotHash: hash,
    }
    await moveStage(call, input, record.id)
    call.store.putLarge('Snapshot', [hash], snapshotText)
    call.store.put('Deployment', [input.restApiId, record.id], record)
    return shown(record)
  },

  GetDeployment: async ({ restApiId, deploymentId, embed }, call) => {
    const record = await foundDeployment(call, restApiId, deploymentId)
    return embed?.includes('apisummary') === true
      ? { ...shown(record), apiSummary: await summary(call, record) }
      : shown(record)
  },

  GetDeployments: async (input, call) => {
    await foundApi(call, input.restApiId)
    const { items, position } = await pageOfRecords(call.store, 'Deployment', [input.restApiId], input)
    return { items: items.map(({ record }) => shown(record)), position }
  },

  UpdateDeployment: async ({ restApiId, deploymentId, patchOperations }, call) => {
    const before = await foundDeployment(call, restApiId, deploymentId)
    const record = patched(
      before,
      patchOperations,
      [{ path: '/description', replace: setting('description', text) }],
      listingPaths,
    )
    call.store.put('Deployment', [restApiId, deploymentId], record)
    return shown(record)
  },

  DeleteDeployment: async ({ restApiId, deploymentId }, call) => {
    const { snapshotHash: hash } = await foundDeployment(call, restApiId, deploymentId)
    const stages = await call.store.list('Stage', [restApiId])
    const used = stages.some(
      ({ record }) => record.deploymentId === deploymentId || record.canarySettings?.deploymentId === deploymentId,
    )
    if (used) throw new BadRequestException('Active stages pointing to this deployment must be moved or deleted')
    call.store.delete('Deployment', [restApiId, deploymentId])
    await releaseSnapshot(call, restApiId, hash)
  },
}

async function foundDeployment(call: Call, restApiId: string, id: string): Promise<DeploymentRecord> {
  return found(await call.store.get('Deployment', [restApiId, id]), 'Invalid Deployment identifier specified')
}

function shown({ id, description, createdDate }: DeploymentRecord): Deployment {
  return { id, description, createdDate }
}

/** Passes the methods on. Throws BadRequestException when there are none or one has no integration. */
function* complete(methods: FreezingRestApi['methods']): Generator<RestSnapshot['methods'][number]> {
  let count = 0
  for (const method of methods) {
    if (method.methodIntegration === undefined) throw new BadRequestException('No integration defined for method')
    count++
    yield method
  }
  if (count === 0) throw new BadRequestException("The REST API doesn't contain any methods")
}

/** Throws BadRequestException for a private API without a resource policy: it would admit nobody. */
function checkPolicy({ api }: FreezingRestApi): void {
  if (api.endpointConfiguration?.types?.[0] === 'PRIVATE' && api.policy === undefined) {
    throw new BadRequestException("Private REST API doesn't have a resource policy attached to it")
  }
}

/** The summary that AWS shows of a snapshot: `{"/path": {"GET": {authorizationType, apiKeyRequired}}}`. */
async function summary(call: Call, record: DeploymentRecord): Promise<NonNullable<Deployment['apiSummary']>> {
  const snapshot = await call.store.get('Snapshot', [record.snapshotHash])
  if (snapshot?.protocol !== 'REST') return {}
  const byPath = new Map<string, Map<string, MethodSnapshot>>()
  const paths = new Map(snapshot.resources.map(({ id, path }) => [id, path ?? '']))
  for (const { resourceId, httpMethod = '', authorizationType, apiKeyRequired } of snapshot.methods) {
    const path = paths.get(resourceId) ?? ''
    const verbs = byPath.get(path) ?? new Map<string, MethodSnapshot>()
    byPath.set(path, verbs.set(httpMethod, { authorizationType, apiKeyRequired }))
  }
  return Object.fromEntries([...byPath].map(([path, verbs]) => [path, Object.fromEntries(verbs)]))
}

/** Creates the named stage, or points it, or its canary, to the new deployment. */
async function moveStage(call: Call, input: CreateDeploymentRequest, deploymentId: string): Promise<void> {
  const { restApiId, stageName, canarySettings } = input
  if (canarySettings !== undefined && !stageName) {
    const must = 'Non null and non empty stageName must be provided for canary deployment.'
    throw new BadRequestException(`Invalid deployment content specified.${must} Provided value is ${stageName ?? null}`)
  }
  if (!stageName) return
  const before = await call.store.get('Stage', [restApiId, stageName])
  if (before === undefined) {
    if (canarySettings !== undefined) {
      const must = 'must already be created before making a canary release deployment'
      throw new BadRequestException(`Invalid deployment content specified.Stage ${stageName} ${must}`)
    }
    await checkQuota(call, 'Stage', restApiId)
    const stage = newStage(call, { ...input, stageName, deploymentId, description: input.stageDescription })
    call.store.put('Stage', [restApiId, stageName], stage)
    return
  }
  checkVariables(input.variables)
  const pointer =
    canarySettings !== undefined
      ? { canarySettings: newCanary({ ...canarySettings, deploymentId }, deploymentId) }
      : before.canarySettings === undefined
        ? { deploymentId }
        : // AWS: while a stage has a canary, a deployment to it is the canary's.
          { canarySettings: { ...before.canarySettings, deploymentId } }
  const moved = withCacheCluster({
    ...before,
    ...pointer,
    description: input.stageDescription ?? before.description,
    cacheClusterEnabled: input.cacheClusterEnabled ?? before.cacheClusterEnabled,
    cacheClusterSize: input.cacheClusterSize ?? before.cacheClusterSize,
    variables: input.variables ?? before.variables,
    tracingEnabled: input.tracingEnabled ?? before.tracingEnabled,
    lastUpdatedDate: nowSeconds(call),
  })
  call.store.put('Stage', [restApiId, stageName], moved)
}
