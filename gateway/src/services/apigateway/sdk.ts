// GetSdk: a client for the deployment of a stage, as a zip archive. Rules: REST 16.1.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { entryOf, found, foundApi, foundStage } from './found.ts'
import { javascriptClient } from './sdk/javascript.ts'
import { sdkTypes } from './sdk/types.ts'
import { zipOf } from './sdk/zip.ts'

export const sdk: Handlers<Operations, 'GetSdk', Call> = {
  GetSdk: async ({ restApiId, stageName, sdkType, parameters }, call) => {
    await foundApi(call, restApiId)
    const stage = await foundStage(call, restApiId, stageName)
    checkType(sdkType, parameters)
    const deployment = await call.store.get('Deployment', [restApiId, stage.deploymentId ?? ''])
    const snapshot = await call.store.get('Snapshot', [deployment?.snapshotHash ?? ''])
    const frozen = found(
      snapshot?.protocol === 'REST' ? snapshot : undefined,
      'Invalid Deployment identifier specified',
    )
    const files = javascriptClient(frozen, {
      invokeUrl: `${call.addresses.apiEndpoint(restApiId)}/${stageName}`,
      region: call.scope.region,
    })
    return {
      contentType: 'application/octet-stream',
      contentDisposition: `attachment; filename="${sdkType}_${dateOf(call.nowMs)}.zip"`,
      body: zipOf(files),
    }
  },
}

/** Throws BadRequestException for what is no SDK type, lacks a parameter that it needs, or is not made here. */
function checkType(id: string, parameters: Readonly<Record<string, string>> | undefined): void {
  const type = sdkTypes.find((each) => each.id === id)
  if (type === undefined) throw new BadRequestException('Invalid SDK type identifier specified')
  for (const { name = '', required } of type.configurationProperties ?? []) {
    if (required === true && !entryOf(parameters, name)) {
      throw new BadRequestException(`Missing required parameter ${name} for SDK type ${id}`)
    }
  }
  if (id !== 'javascript') {
    throw new BadRequestException(
      `SDK generation for ${id} is not supported. Supported SDK types are javascript; an exported OpenAPI document serves generators of other languages.`,
    )
  }
}

/** `2016-02-22_23-52Z` */
function dateOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', '_').replace(':', '-')}Z`
}
