// Deploying one OpenAPI document: its API is made once, under an id that its name decides, and put anew each time.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ServiceFault } from '@sluice/aws-protocol'
import { DocumentFault, parseDocument, readHttpApi, readRestApi, type ParsedDocument } from '@sluice/openapi'
import type { Clients } from './client.ts'
import { DeployError } from './deploy-error.ts'
import { deployFunctions } from './deploy-functions.ts'
import { isHttpApi } from './kind.ts'

/** What came of a deployment, for the start-up table and the log. */
export interface Deployed {
  readonly file: string
  readonly name: string
  readonly kind: 'REST' | 'HTTP'
  readonly apiId: string
  readonly stageName: string
  /** `GET /pets` … in the document's order. */
  readonly routes: readonly string[]
  readonly warnings: readonly string[]
  readonly functionNames: readonly string[]
}

/** Deploys `file`. Throws DeployError. `stageName` is where a REST API goes; an HTTP API goes to `$default`. */
export async function deployFile(clients: Clients, file: string, stageName: string): Promise<Deployed> {
  const text = await readText(file)
  try {
    const document = parseDocument(text)
    const contents = isHttpApi(document) ? httpContents(document) : restContents(document)
    const functionNames = await deployFunctions(clients.lambda, document, dirname(resolve(file)))
    const deploy = contents.kind === 'REST' ? deployRest : deployHttp
    const { apiId, warnings } = await deploy(clients, { name: contents.name, text, stageName })
    return {
      ...contents,
      file,
      functionNames,
      apiId,
      warnings,
      stageName: contents.kind === 'REST' ? stageName : '$default',
    }
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

/** Ids of APIs from files follow from their names, so that URLs stay the same from run to run. */
export function stableId(name: string): string {
  const digest = BigInt(`0x${createHash('sha256').update(name).digest('hex')}`)
  return digest.toString(36).slice(-10).padStart(10, '0')
}

async function orCreate(get: () => Promise<unknown>, create: () => Promise<unknown>): Promise<void> {
  try {
    await get()
  } catch (error) {
    if (!(error instanceof ServiceFault) || error.status !== 404) throw error
    await create()
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new DeployError(`cannot be read: ${(cause as Error).message}`, undefined, cause)
  }
}

function explained(error: unknown): unknown {
  if (error instanceof DocumentFault)
    return new DeployError(error.detail, { line: error.line, column: error.column }, error)
  if (error instanceof ServiceFault && error.status < 500) return new DeployError(error.message, undefined, error)
  return error
}
