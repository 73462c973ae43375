// Deployments: an API as it stood at one moment. Stages point to them, and clients reach an API only through them.
import type { Handlers } from '@sluice/aws-protocol'
import { BadRequestException, type Deployment, type Operations } from '@sluice/aws-protocol/apigatewayv2'
import type { V2Snapshot } from '../../nouns/snapshot.ts'
import { nowSeconds, type Call } from '../call.ts'
import { checkDeployable, dropDeployments, freeze, keepDeployment, type DeploymentRecord } from './deploy.ts'
import { found } from './found.ts'
import { checkLengths } from './lengths.ts'
import { page } from './page.ts'
import { patched } from './patch.ts'
import { checkQuota } from './quotas.ts'
import { deploysItself } from './stage-rules.ts'

type Names = 'CreateDeployment' | 'GetDeployment' | 'GetDeployments' | 'UpdateDeployment' | 'DeleteDeployment'

export const deployment: Handlers<Operations, Names, Call> = {
  CreateDeployment: async (input, call) => {
    const api = await found(call, 'V2Api', [input.ApiId])
    checkLengths(input, { Description: [0, 1024] })
    const stage = await stageToMove(call, input.ApiId, input.StageName)
    await checkQuota(call, 'V2Deployment', input.ApiId)
    const frozen = await freeze(call, api, input.ApiId)
    checkDeployable(frozen.snapshot)
    checkModels(frozen.snapshot)
    const description = input.Description === '' ? undefined : input.Description
    const DeploymentId = keepDeployment(call, input.ApiId, frozen, { autoDeployed: false, description })
    if (stage !== undefined) {
      call.store.put('V2Stage', [input.ApiId, stage.StageName], {
        ...stage,
        DeploymentId,
        LastUpdatedDate: nowSeconds(call),
      })
    }
    return shown(await found(call, 'V2Deployment', [input.ApiId, DeploymentId]))
  },

  GetDeployment: async (input, call) => shown(await found(call, 'V2Deployment', [input.ApiId, input.DeploymentId])),

  GetDeployments: async (input, call) => {
    await found(call, 'V2Api', [input.ApiId])
    const { Items, ...token } = await page(call, 'V2Deployment', [input.ApiId], input)
    return { Items: Items.map(shown), ...token }
  },

  UpdateDeployment: async (input, call) => {
    const key = [input.ApiId, input.DeploymentId]
    checkLengths(input, { Description: [0, 1024] })
    const record = patched(await found(call, 'V2Deployment', key), { Description: input.Description })
    call.store.put('V2Deployment', key, record)
    return shown(record)
  },

  DeleteDeployment: async (input, call) => {
    const key = [input.ApiId, input.DeploymentId]
    await found(call, 'V2Deployment', key)
    const stages = await call.store.list('V2Stage', [input.ApiId])
    if (stages.some(({ record }) => record.DeploymentId === input.DeploymentId)) {
      throw new BadRequestException('Active stages pointing to this deployment must be moved or deleted')
    }
    await dropDeployments(call, input.ApiId, [key])
  },
}

function shown({ snapshotHash: _hash, ...record }: DeploymentRecord): Deployment {
  return record
}

async function stageToMove(call: Call, apiId: string, stageName: string | undefined) {
  if (stageName === undefined || stageName === '') return undefined
  const stage = await found(call, 'V2Stage', [apiId, stageName])
  if (stage.AutoDeploy === true) {
    throw deploysItself(call, apiId)
  }
  return stage
}

/** Refuses a WebSocket API whose routes name models that do not exist (WebSocket 28.1). */
function checkModels({ api, routes, models }: V2Snapshot): void {
  if (api.DisableSchemaValidation === true) return
  const names = new Set(models.map(({ Name }) => Name))
  for (const route of routes) {
    const missing = Object.values(route.RequestModels ?? {}).find((name) => !names.has(name))
    if (missing !== undefined) {
      throw new BadRequestException(`Invalid model identifier specified: ${missing} of the route ${route.RouteKey}`)
    }
  }
}
