// REST stages from the store: the stage's record, its deployment and its canary's, their snapshots, their plan.
import type { Integration } from '@sluice/aws-protocol/apigateway'
import type { Scope } from '../nouns/records.ts'
import type { RestMethod } from '../nouns/rest.ts'
import type { Reader } from '../ports/store.ts'
import { canaryStage, splitTraffic, type PlannableStage } from './canary.ts'
import { certificateOf } from './client-certificate.ts'
import { readDeployedApi, type DeployedApi } from './deployed-methods.ts'
import { explained } from './explained.ts'
import type { StageCompiler } from './plans.ts'
import { recorded } from './recorded.ts'
import { planRestStage } from './rest.ts'
import { PlannedMethod } from './rest-methods.ts'
import type { RestPlanPorts, StagePlan } from './stage-plan.ts'

export function restCompiler(ports: RestPlanPorts): StageCompiler {
  return {
    stages: async (read, apiId) => (await read.list('Stage', [apiId])).map(({ key }) => key[1] ?? ''),
    protocol: async () => 'REST',
    compile: async (read, { scope, apiId, stageName }) => {
      const record = await read.get('Stage', [apiId, stageName])
      if (record === undefined) return undefined
      const stage = {
        ...record,
        clientCertificate: await certificateOf(read, record.clientCertificateId),
        cacheFlushId: (await read.get('CacheFlush', [apiId, stageName]))?.flushId,
      }
      const deployed = await deployedTo(read, apiId, stage)
      if (deployed === undefined) return undefined
      const { canarySettings } = stage
      const own = { ...stage, ...(canarySettings && { isCanaryRequest: false }) }
      let plan: StagePlan = planRestStage(deployed, own, scope, ports)
      if (canarySettings !== undefined) {
        const canary = await planCanary(read, { apiId, stage: canaryStage(stage, canarySettings) }, scope, ports)
        if (canary !== undefined) plan = splitTraffic(plan, canary, canarySettings.percentTraffic ?? 0)
      }
      const recorder = ports.record?.rest({ scope, api: deployed.snapshot.api, integrationOf, stage: record })
      return recorded(explained(plan, ports), recorder, ports)
    },
  }
}

function integrationOf(method: RestMethod): Integration | undefined {
  return method instanceof PlannedMethod ? method.configuration.methodIntegration : undefined
}

async function planCanary(
  read: Reader,
  { apiId, stage }: { readonly apiId: string; readonly stage: PlannableStage },
  scope: Scope,
  ports: RestPlanPorts,
): Promise<StagePlan | undefined> {
  const deployed = await deployedTo(read, apiId, stage)
  return deployed && planRestStage(deployed, stage, scope, ports)
}

/** What the stage's deployment froze. */
async function deployedTo(read: Reader, apiId: string, stage: PlannableStage): Promise<DeployedApi | undefined> {
  if (stage.deploymentId === undefined) return undefined
  const deployment = await read.get('Deployment', [apiId, stage.deploymentId])
  return deployment && readDeployedApi(read, deployment.snapshotHash)
}
