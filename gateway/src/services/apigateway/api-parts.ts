// The records that belong to one REST API: deletes them with it, and drops those that nothing refers to any more.
import type { Model } from '@sluice/aws-protocol/apigateway'
import type { Kind } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

const partKinds = [
  'Resource',
  'Method',
  'Model',
  'RequestValidator',
  'Authorizer',
  'GatewayResponse',
  'Deployment',
  'Stage',
  'CacheFlush',
  'DocumentationPart',
  'DocumentationVersion',
] as const satisfies readonly Kind[]

/** Deletes everything below an API, the snapshots of its deployments included. */
export async function deleteParts(call: Call, restApiId: string): Promise<void> {
  for (const { record } of await call.store.list('Deployment', [restApiId])) {
    call.store.delete('Snapshot', [record.snapshotHash])
  }
  for (const { record } of await call.store.list('Stage', [restApiId])) {
    await leaveUsagePlans(call, restApiId, record.stageName ?? '')
  }
  for (const kind of partKinds) await deleteAll(call, kind, restApiId)
}

/** Deletes all records of one kind below an API. */
async function deleteAll(call: Call, kind: Kind, restApiId: string): Promise<void> {
  for (const { key } of await call.store.list(kind, [restApiId])) call.store.delete(kind, key)
}

/** Takes a stage that is being deleted out of the usage plans that cover it. */
export async function leaveUsagePlans(call: Call, restApiId: string, stageName: string): Promise<void> {
  for (const { key, record } of await call.store.list('UsagePlan', [])) {
    const stages = record.apiStages ?? []
    const left = stages.filter(({ apiId, stage }) => apiId !== restApiId || stage !== stageName)
    if (left.length < stages.length) call.store.put('UsagePlan', key, { ...record, apiStages: left })
  }
}

/** Deletes a snapshot unless another deployment of its API uses it: deployments of an unchanged API share one. */
export async function releaseSnapshot(call: Call, restApiId: string, hash: string): Promise<void> {
  const deployments = await call.store.list('Deployment', [restApiId])
  if (!deployments.some(({ record }) => record.snapshotHash === hash)) call.store.delete('Snapshot', [hash])
}

export function putModel(call: Call, restApiId: string, model: Model): void {
  call.store.put('Model', [restApiId, model.name ?? ''], model)
}

/** The URL by which one model refers to another of the same API; the host is always this one (recorded REST 8). */
export function modelUrl(restApiId: string, name: string): string {
  return `https://apigateway.amazonaws.com/restapis/${restApiId}/models/${name}`
}
