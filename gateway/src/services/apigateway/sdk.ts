// GetSdk: a client for the deployment of a stage, as a zip archive. Rules: REST 16.1.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { zipSync } from 'fflate'
import type { Call } from '../call.ts'
import { entryOf, found, foundApi, foundStage } from './found.ts'
import { javascriptClient } from './sdk/javascript.ts'
import { sdkTypes } from './sdk/types.ts'

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
      body: archiveOf(files),
    }
  },
}

/** Throws BadRequestException for an unknown SDK type, a missing parameter, or a type that is not generated here. */
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

/** A zip archive of texts by path. All are dated 1980-01-01, in the local time that the format has, so that equal files give equal archives. */
function archiveOf(files: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const)
  return zipSync(Object.fromEntries(entries), { mtime: new Date(1980, 0, 1) })
}

/** The time as AWS writes it into the archive's name: `2016-02-22_23-52Z`. */
function dateOf(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', '_').replace(':', '-')}Z`
}
