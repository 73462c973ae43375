// HTTP and WebSocket API stages from the store: the stage's record, its deployment, its snapshot, its plan.
import type { V2Snapshot } from '../nouns/snapshot.ts'
import { certificateOf } from './client-certificate.ts'
import { explained, explainedSocket } from './explained.ts'
import { planHttpStage } from './http.ts'
import type { StageCompiler } from './plans.ts'
import { recordedSocket } from './recorded-socket.ts'
import { recorded } from './recorded.ts'
import type { HttpPlanPorts, SocketPlanPorts } from './stage-plan.ts'

export function httpCompiler(ports: HttpPlanPorts & SocketPlanPorts): StageCompiler {
  return {
    stages: async (read, apiId) => (await read.list('V2Stage', [apiId])).map(({ key }) => key[1] ?? ''),
    protocol: async (read, apiId) => (await read.get('V2Api', [apiId]))?.ProtocolType ?? 'HTTP',
    compile: async (read, { scope, apiId, stageName }) => {
      const stage = await read.get('V2Stage', [apiId, stageName])
      if (stage?.DeploymentId === undefined) return undefined
      const deployment = await read.get('V2Deployment', [apiId, stage.DeploymentId])
      if (deployment === undefined) return undefined
      const snapshot = (await read.get('Snapshot', [deployment.snapshotHash])) as V2Snapshot | undefined
      if (snapshot === undefined) return undefined
      if (snapshot.protocol === 'HTTP') {
        const recorder = ports.record?.http({ scope, api: snapshot.api, stage })
        return recorded(explained(await planHttpStage(snapshot, stage, scope, ports), ports), recorder, ports)
      }
      // Loaded by the first WebSocket API: most processes have none, and start sooner without.
      const { planWebSocketStage } = await import('./websocket.ts')
      const recorder = ports.record?.websocket({ scope, api: snapshot.api, stage })
      const clientCertificate = await certificateOf(read, stage.ClientCertificateId)
      const plan = planWebSocketStage(snapshot, { ...stage, clientCertificate }, scope, ports)
      return recordedSocket(explainedSocket(plan, ports), recorder, ports)
    },
  }
}
