// REST stages from the store: the stage's record, its deployment, its snapshot, its plan.
import type { RestSnapshot } from '../nouns/snapshot.ts'
import type { StageCompiler } from './plans.ts'
import { recorded } from './recorded.ts'
import { planRestStage } from './rest.ts'
import type { PlanPorts } from './stage-plan.ts'

export function restCompiler(ports: PlanPorts): StageCompiler {
  return {
    stages: async (read, apiId) => (await read.list('Stage', [apiId])).map(({ key }) => key[1] ?? ''),
    protocol: async () => 'REST',
    compile: async (read, { scope, apiId, stageName }) => {
      const stage = await read.get('Stage', [apiId, stageName])
      if (stage?.deploymentId === undefined) return undefined
      const deployment = await read.get('Deployment', [apiId, stage.deploymentId])
      if (deployment === undefined) return undefined
      const snapshot = (await read.get('Snapshot', [deployment.snapshotHash])) as RestSnapshot | undefined
      if (snapshot === undefined) return undefined
      const recorder = ports.record?.rest({ scope, api: snapshot.api, stage })
      return recorded(planRestStage(snapshot, stage, scope, ports), { recorder, clock: ports.clock })
    },
  }
}
