// GetExport: the deployment of a stage as a Swagger 2.0 or OpenAPI 3.0 document. Rules: recorded REST 18, REST 14.5.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { DocumentationPart, Operations, RestApi, Stage } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { writeRestApi } from '@sluice/openapi'
import type { RestApiDescription, RestExtension, TextFormat } from '@sluice/openapi'
import type { Call } from '../call.ts'
import { descriptionOf } from './export-description.ts'
import { entryOf, found, foundApi, foundStage } from './found.ts'

const extensions: readonly RestExtension[] = [
  'apigateway',
  'authorizers',
  'documentation',
  'gatewayresponses',
  'integrations',
  'validators',
]

/** AWS's documents with Postman's extension have no field of their own, so the plain document serves here. */
const postman = 'postman'

const formats: Readonly<Record<string, TextFormat>> = { 'application/json': 'json', 'application/yaml': 'yaml' }

export const exporting: Handlers<Operations, 'GetExport', Call> = {
  GetExport: async ({ restApiId, stageName, exportType, accepts = 'application/json', parameters }, call) => {
    await foundApi(call, restApiId)
    const stage = await foundStage(call, restApiId, stageName)
    if (exportType !== 'oas30' && exportType !== 'swagger') {
      throw new BadRequestException('Invalid export type specified. Valid options are oas30,swagger')
    }
    const format = Object.hasOwn(formats, accepts) ? formats[accepts] : undefined
    if (format === undefined) {
      throw new BadRequestException(
        `Invalid content type specified. Valid options are ${Object.keys(formats).join(',')}`,
      )
    }
    const asked = extensionsOf(entryOf(parameters, 'extensions'))
    const description = await deployedDescription(call, restApiId, stage)
    const { host, protocol } = new URL(call.addresses.apiEndpoint(restApiId))
    const versionFallback = dateOf(description.api)
    const text = writeRestApi(description.written, {
      version: exportType,
      extensions: asked,
      format,
      server: { host, stage: stageName, scheme: protocol === 'https:' ? 'https' : 'http' },
      versionFallback,
    })
    const version = description.api.version ?? versionFallback
    return {
      contentType: 'application/octet-stream',
      contentDisposition: `attachment; filename="${exportType}_${version.replace(/["\r\n]/g, '')}.${format}"`,
      body: new TextEncoder().encode(text),
    }
  },
}

function extensionsOf(list: string | undefined): ReadonlySet<RestExtension> {
  const names = (list ?? '').split(',').map((name) => name.trim())
  const asked = new Set<RestExtension>()
  for (const name of names.filter((each) => each !== '' && each !== postman)) {
    const extension = extensions.find((each) => each === name)
    if (extension === undefined) {
      const valid = [...extensions, postman].join(',')
      throw new BadRequestException(`Invalid extension specified: ${name}. Valid options are ${valid}`)
    }
    asked.add(extension)
  }
  return asked
}

/** The description of what a stage's deployment froze, with the documentation version that the stage names. */
async function deployedDescription(
  call: Call,
  restApiId: string,
  stage: Stage,
): Promise<{ readonly api: RestApi; readonly written: RestApiDescription }> {
  const deployment = await call.store.get('Deployment', [restApiId, stage.deploymentId ?? ''])
  const snapshot = await call.store.get('Snapshot', [deployment?.snapshotHash ?? ''])
  const frozen = found(snapshot?.protocol === 'REST' ? snapshot : undefined, 'Invalid Deployment identifier specified')
  return { api: frozen.api, written: descriptionOf(frozen, await documentationOf(call, restApiId, stage)) }
}

async function documentationOf(
  call: Call,
  restApiId: string,
  { documentationVersion }: Stage,
): Promise<{ readonly version?: string; readonly parts: readonly DocumentationPart[] }> {
  if (documentationVersion === undefined) return { parts: [] }
  const version = await call.store.get('DocumentationVersion', [restApiId, documentationVersion])
  return { version: documentationVersion, parts: version?.parts ?? [] }
}

/** `2016-09-12T17:50:37Z`: the creation date, which AWS writes as the version of an API without one. */
function dateOf({ createdDate = 0 }: RestApi): string {
  return new Date(createdDate * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}
