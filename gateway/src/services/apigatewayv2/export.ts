// ExportApi: writes an HTTP API, as it stands or as a stage serves it, as an OpenAPI 3.0 document that ImportApi can read (HTTP 15.3).
import type { Handlers } from '@sluice/aws-protocol'
import { BadRequestException, NotFoundException, type Api, type Operations } from '@sluice/aws-protocol/apigatewayv2'
import { writeHttpApi } from '@sluice/openapi'
import { freezeV2Api } from '../../freeze/v2.ts'
import type { V2Snapshot } from '../../nouns/snapshot.ts'
import type { Call } from '../call.ts'
import { describeSnapshot } from './export-records.ts'
import { found } from './found.ts'

export const exporting: Handlers<Operations, 'ExportApi', Call> = {
  ExportApi: async (input, call) => {
    const api = await found(call, 'V2Api', [input.ApiId])
    if (api.ProtocolType !== 'HTTP') throw new BadRequestException('Export is not supported for WebSocket APIs')
    if (input.Specification !== 'OAS30') {
      throw new BadRequestException('Invalid specification specified. Must be one of [OAS30]')
    }
    if (input.OutputType !== 'JSON' && input.OutputType !== 'YAML') {
      throw new BadRequestException('Invalid outputType specified. Must be one of [JSON, YAML]')
    }
    if (input.ExportVersion !== undefined && input.ExportVersion !== '1.0') {
      throw new BadRequestException('Invalid exportVersion specified. Must be one of [1.0]')
    }
    const snapshot = await snapshotOf(call, api, input)
    const text = writeHttpApi(describeSnapshot(snapshot, api.Tags), {
      includeExtensions: input.IncludeExtensions ?? true,
      format: input.OutputType === 'JSON' ? 'json' : 'yaml',
      server: serverOf(call, input.ApiId, input.StageName),
      versionFallback: new Date((api.CreatedDate ?? 0) * 1000).toISOString().replace('.000Z', 'Z'),
    })
    return { body: new TextEncoder().encode(text) }
  },
}

interface Exported {
  readonly ApiId: string
  readonly StageName?: string | undefined
}

/** The snapshot that a stage's deployment froze; without a stage, the one that a deployment would freeze now. */
async function snapshotOf(call: Call, api: Api, { ApiId, StageName }: Exported): Promise<V2Snapshot> {
  if (StageName === undefined) return freezeV2Api(call.store, api, ApiId)
  const { DeploymentId = '' } = await found(call, 'V2Stage', [ApiId, StageName])
  const deployment = await call.store.get('V2Deployment', [ApiId, DeploymentId])
  const snapshot = deployment && (await call.store.get('Snapshot', [deployment.snapshotHash]))
  if (snapshot === undefined || snapshot.protocol === 'REST') {
    throw new NotFoundException('Invalid Deployment identifier specified')
  }
  return snapshot
}

/** The server entry of the document; the `$default` stage has no base path. */
function serverOf(call: Call, apiId: string, stageName = '$default') {
  const { host, protocol } = new URL(call.addresses.apiEndpoint(apiId))
  const scheme = protocol === 'http:' ? ('http' as const) : ('https' as const)
  return { host, scheme, stage: stageName === '$default' ? '' : stageName }
}
