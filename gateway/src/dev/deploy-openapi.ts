// Deploys one OpenAPI document: its API is created once, under an id that follows from its name, and replaced each time.
import { dirname, resolve } from 'node:path'
import { ServiceFault } from '@sluice/aws-protocol'
import { DocumentFault, parseDocument, readHttpApi, readRestApi, type ParsedDocument } from '@sluice/openapi'
import type { Clients } from './client.ts'
import { DeployError } from './deploy-error.ts'
import { deployFunctions } from './deploy-functions.ts'
import type { Deployed, FileText } from './deployed.ts'
import { isHttpApi } from './kind.ts'
import { stableId } from './stable-id.ts'

/** Deploys the document `text` of `file`. Throws DeployError. A REST API goes to `stageName`, an HTTP API to `$default`. */
export async function deployOpenApi(clients: Clients, { file, text }: FileText, stageName: string): Promise<Deployed> {
  try {
    const document = parseDocument(text)
    const contents = isHttpApi(document) ? httpContents(document) : restContents(document)
    const functionNames = await deployFunctions(clients.lambda, document, dirname(resolve(file)))
    const deploy = contents.kind === 'REST' ? deployRest : deployHttp
    const { apiId, warnings } = await deploy(clients, { name: contents.name, text, stageName })
    const api = { ...contents, apiId, stageName: contents.kind === 'REST' ? stageName : '$default' }
    return { file, includedFiles: [], apis: [api], functionNames, warnings, outputs: {} }
  } catch (error) {
    throw explained(error)
  }
}

interface Contents {
  readonly kind: 'REST' | 'HTTP'
  readonly name: string
  readonly routes: readonly string[]
}

function restContents(document: ParsedDocument): Contents {
  const { restApi, resources } = readRestApi(document)
  const routes = resources.flatMap(({ path, methods }) => methods.map(({ httpMethod }) => `${httpMethod} ${path}`))
  return { kind: 'REST', name: restApi.name ?? 'API', routes }
}

function httpContents(document: ParsedDocument): Contents {
  const { api, routes } = readHttpApi(document)
  return { kind: 'HTTP', name: api.name ?? 'API', routes: routes.map(({ routeKey }) => routeKey) }
}

interface Deployment {
  readonly name: string
  readonly text: string
  readonly stageName: string
}

interface Outcome {
  readonly apiId: string
  readonly warnings: readonly string[]
}

async function deployRest({ rest }: Clients, { name, text, stageName }: Deployment): Promise<Outcome> {
  const restApiId = stableId(name)
  await orCreate(
    () => rest.call('GetRestApi', { restApiId }),
    () => rest.call('CreateRestApi', { name, tags: { _custom_id_: restApiId } }),
  )
  const { warnings } = await rest.call('PutRestApi', { restApiId, mode: 'overwrite', body: Buffer.from(text) })
  await rest.call('CreateDeployment', { restApiId, stageName })
  return { apiId: restApiId, warnings: warnings ?? [] }
}

async function deployHttp({ http }: Clients, { name, text }: Deployment): Promise<Outcome> {
  const ApiId = stableId(name)
  await orCreate(
    () => http.call('GetApi', { ApiId }),
    () => http.call('CreateApi', { Name: name, ProtocolType: 'HTTP', Tags: { _custom_id_: ApiId } }),
  )
  const { Warnings: warnings } = await http.call('ReimportApi', { ApiId, Body: text })
  await orCreate(
    () => http.call('GetStage', { ApiId, StageName: '$default' }),
    () => http.call('CreateStage', { ApiId, StageName: '$default', AutoDeploy: true }),
  )
  return { apiId: ApiId, warnings: warnings ?? [] }
}

async function orCreate(get: () => Promise<unknown>, create: () => Promise<unknown>): Promise<void> {
  try {
    await get()
  } catch (error) {
    if (!(error instanceof ServiceFault) || error.status !== 404) throw error
    await create()
  }
}

function explained(error: unknown): unknown {
  if (error instanceof DocumentFault)
    return new DeployError(error.detail, { line: error.line, column: error.column }, error)
  if (error instanceof ServiceFault && error.status < 500) return new DeployError(error.message, undefined, error)
  return error
}
