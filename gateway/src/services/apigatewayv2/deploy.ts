// Makes a deployment: freezes the API, keeps the snapshot under its hash and the deployment's record beside it.
import { BadRequestException, type Api } from '@sluice/aws-protocol/apigatewayv2'
import { freezeV2Api } from '../../freeze/v2.ts'
import type { Key, Records } from '../../nouns/records.ts'
import { writtenSnapshot, type V2Snapshot, type WrittenSnapshot } from '../../nouns/snapshot.ts'
import { nowSeconds, type Call } from '../call.ts'
import { warnOfUnmapped } from '../unmapped.ts'

export type DeploymentRecord = Records['V2Deployment']

interface Kept {
  readonly description?: string | undefined
  readonly autoDeployed: boolean
}

interface Frozen extends WrittenSnapshot {
  readonly snapshot: V2Snapshot
}

/** The snapshot that a deployment of the API would freeze now, and the hash that names it. */
export async function freeze(call: Call, api: Api, apiId: string): Promise<Frozen> {
  const snapshot = await freezeV2Api(call.store, api, apiId)
  return { snapshot, ...(await writtenSnapshot(snapshot)) }
}

/**
 * The reason why a frozen API cannot be deployed, as users of AWS report it; undefined when it can be. A route of an HTTP
 * API counts when it has an integration.
 */
export function whyUndeployable({ protocol, routes }: V2Snapshot): string | undefined {
  if (protocol === 'WEBSOCKET') {
    return routes.length > 0 ? undefined : 'At least one route is required before deploying the Api.'
  }
  const isValid = routes.some(({ Target }) => Target !== undefined)
  return isValid ? undefined : 'Unable to deploy API because no valid routes exist in this API'
}

/** Throws BadRequestException for a frozen API that cannot be deployed. */
export function checkDeployable(snapshot: V2Snapshot): void {
  const problem = whyUndeployable(snapshot)
  if (problem !== undefined) throw new BadRequestException(problem)
}

/** Stores a frozen API as a new deployment and returns its id. */
export function keepDeployment(call: Call, apiId: string, frozen: Frozen, kept: Kept): string {
  const deploymentId = call.ids.short(6)
  const overLinks = frozen.snapshot.integrations.filter(({ ConnectionType }) => ConnectionType === 'VPC_LINK')
  warnOfUnmapped(
    call,
    apiId,
    overLinks.map(({ IntegrationUri }) => IntegrationUri),
  )
  call.store.putLarge('Snapshot', [frozen.hash], frozen.text)
  const record: DeploymentRecord = {
    DeploymentId: deploymentId,
    AutoDeployed: kept.autoDeployed,
    CreatedDate: nowSeconds(call),
    DeploymentStatus: 'DEPLOYED',
    Description: kept.description,
    snapshotHash: frozen.hash,
  }
  call.store.put('V2Deployment', [apiId, deploymentId], record)
  return deploymentId
}

/**
 * Deletes deployments, and the snapshots that no other deployment of the API uses. A snapshot names its API, so no other
 * API can share it.
 */
export async function dropDeployments(call: Call, apiId: string, dropped: readonly Key[]): Promise<void> {
  const ids = new Set(dropped.map((key) => key[1]))
  const all = await call.store.list('V2Deployment', [apiId])
  const kept = new Set(all.filter(({ key }) => !ids.has(key[1])).map(({ record }) => record.snapshotHash))
  for (const { key, record } of all) {
    if (!ids.has(key[1])) continue
    call.store.delete('V2Deployment', key)
    if (!kept.has(record.snapshotHash)) call.store.delete('Snapshot', [record.snapshotHash])
  }
}
