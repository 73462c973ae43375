// Deploys stages with AutoDeploy anew; every handler that changes an API calls this at its end.
import type { Stage } from '@sluice/aws-protocol/apigatewayv2'
import type { Entry } from '../../ports/store.ts'
import { nowSeconds, type Call } from '../call.ts'
import { dropDeployments, freeze, keepDeployment, whyUndeployable } from './deploy.ts'

const description = 'Automatic deployment triggered by changes to the Api configuration'

/** Own: of the automatic deployments that no stage uses any more this many are kept, so that frequent changes do not fill the disk. */
const supersededKept = 10

/**
 * Deploys the API as it now stands to its stages with AutoDeploy, in the caller's transaction. Nothing changes for a stage
 * that already has this deployment, or whose API cannot be deployed any more.
 */
export async function autoDeploy(call: Call, apiId: string): Promise<void> {
  const stages = (await call.store.list('V2Stage', [apiId])).filter(({ record }) => record.AutoDeploy === true)
  const api = stages.length === 0 ? undefined : await call.store.get('V2Api', [apiId])
  if (api === undefined) return
  const frozen = await freeze(call, api, apiId)
  const problem = whyUndeployable(frozen.snapshot)
  if (problem !== undefined) return report(call, stages, `Deployment attempt failed: ${problem}`)
  const deployments = await call.store.list('V2Deployment', [apiId])
  const current = new Set(
    deployments.filter(({ record }) => record.snapshotHash === frozen.hash).map(({ record }) => record.DeploymentId),
  )
  const behind = stages.filter(({ record }) => !current.has(record.DeploymentId))
  if (behind.length === 0) return
  const DeploymentId = keepDeployment(call, apiId, frozen, { autoDeployed: true, description })
  report(call, behind, `Successfully deployed stage with deployment ID '${DeploymentId}'`, { DeploymentId })
  await dropSuperseded(call, apiId)
}

function report(call: Call, stages: readonly Entry<'V2Stage'>[], message: string, moved: Partial<Stage> = {}): void {
  for (const { key, record } of stages) {
    const LastUpdatedDate = nowSeconds(call)
    call.store.put('V2Stage', key, { ...record, ...moved, LastDeploymentStatusMessage: message, LastUpdatedDate })
  }
}

async function dropSuperseded(call: Call, apiId: string): Promise<void> {
  const stages = await call.store.list('V2Stage', [apiId])
  const used = new Set(stages.map(({ record }) => record.DeploymentId))
  const superseded = (await call.store.list('V2Deployment', [apiId]))
    .filter(({ record }) => record.AutoDeployed === true && !used.has(record.DeploymentId))
    .sort((a, b) => (b.record.CreatedDate ?? 0) - (a.record.CreatedDate ?? 0))
  await dropDeployments(
    call,
    apiId,
    superseded.slice(supersededKept).map(({ key }) => key),
  )
}
