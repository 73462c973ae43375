// Deploys a file, an OpenAPI document or a template; its first members tell which.
import { readFile } from 'node:fs/promises'
import { isTemplate } from '@sluice/cloudformation'
import { fileProblem } from '../nouns/file-problem.ts'
import type { Endpoint } from '../services/endpoint.ts'
import { createClients } from './client.ts'
import { DeployError } from './deploy-error.ts'
import { deployOpenApi } from './deploy-openapi.ts'
import type { Deployed } from './deployed.ts'
import { TemplateDeployer } from './template/template-deployer.ts'

/**
 * Deploys a file, the first time or again. Rejects with DeployError. A document's REST API goes to `stageName`; templates
 * name their own stages.
 */
export type DeployFile = (file: string, stageName: string) => Promise<Deployed>

export interface DeployFileOptions {
  readonly account: string
  readonly region: string
  /** Values of templates' parameters, by name. */
  readonly parameters?: ReadonlyMap<string, string> | undefined
}

/** Remembers what each template made, so that the next deployment of it changes only what differs. */
export function createDeployFile(endpoint: Endpoint, options: DeployFileOptions): DeployFile {
  const clients = createClients(endpoint, options.region)
  const templates = new TemplateDeployer({ ...options, call: clients.call })
  return async (file, stageName) => {
    const text = await readText(file)
    return isTemplate(text) ? templates.deploy({ file, text }) : deployOpenApi(clients, { file, text }, stageName)
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new DeployError(`cannot be read: ${fileProblem(cause)}`, undefined, cause)
  }
}
