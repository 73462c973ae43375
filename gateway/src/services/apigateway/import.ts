// Imports documents: ImportRestApi makes an API of one, PutRestApi merges one into an API or overwrites the API. Rules:
// recorded REST 17, REST 14.
import { ConflictException } from '@sluice/aws-protocol/apigateway'
import type { DocumentationPart, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { DocumentFault } from '@sluice/openapi'
import type { Readings } from '@sluice/openapi'
import type { RestDescription } from '../../ports/documents.ts'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { newId } from '../tags.ts'
import { putParts } from './documentation-rules.ts'
import { foundApi } from './found.ts'
import { dropUnnamedParts, putNamedParts } from './import-parts.ts'
import { ImportProblems } from './import-problems.ts'
import { dropUnnamedResources, putResources } from './import-resources.ts'
import { importedSettings, mergedSettings, readDescription, refused, variablesOf } from './import-settings.ts'
import { claimApi, shownApi } from './rest-api-rules.ts'

export const importing: Handlers<Operations, 'ImportRestApi' | 'PutRestApi' | 'ImportDocumentationParts', Call> = {
  ImportRestApi: async ({ body, parameters, failOnWarnings }, call) => {
    const description = await readDescription(call, body, parameters)
    const problems = new ImportProblems(description.warnings)
    const id = newId(call, description.restApi.tags, 10)
    const rootResourceId = call.ids.short(10)
    const record = { id, ...importedSettings(call, id, description, parameters), rootResourceId }
    if (!(await claimApi(call, id))) throw new ConflictException(`An API with the id ${id} already exists`)
    call.store.put('RestApi', [id], record)
    call.store.put('Resource', [id, rootResourceId], { id: rootResourceId, path: '/' })
    await putDescription(call, id, description, problems)
    problems.settle(failOnWarnings)
    return { ...shownApi(record, { tags: false }), ...shownWarnings(problems) }
  },

  PutRestApi: async ({ restApiId, body, parameters, failOnWarnings, mode = 'merge' }, call) => {
    // AWS: an unreadable document is refused before the API is looked up.
    const description = await readDescription(call, body, parameters)
    const problems = new ImportProblems(description.warnings)
    const record = mergedSettings(call, await foundApi(call, restApiId), description, mode)
    call.store.put('RestApi', [restApiId], record)
    if (mode === 'overwrite') {
      await dropUnnamedResources(call, restApiId, description)
      await dropUnnamedParts(call, restApiId, description)
    }
    await putDescription(call, restApiId, description, problems)
    problems.settle(failOnWarnings)
    return { ...shownApi(record, { tags: true }), ...shownWarnings(problems) }
  },

  ImportDocumentationParts: async ({ restApiId, body, failOnWarnings, mode = 'merge' }, call) => {
    await foundApi(call, restApiId)
    const { documentationParts, warnings } = await readParts(call, body)
    const problems = new ImportProblems(warnings)
    problems.settle(failOnWarnings)
    const ids = await putParts(call, restApiId, documentationParts as readonly DocumentationPart[], mode)
    return { ids, warnings: problems.warnings }
  },
}

async function readParts(call: Call, body: Uint8Array): Promise<Readings['Documentation']> {
  try {
    return await call.documents.read('Documentation', body, { variables: variablesOf(call) })
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error
    throw refused(call, error, 'Unable to build importer with provided input.')
  }
}

function shownWarnings({ warnings }: ImportProblems): { readonly warnings?: readonly string[] } {
  return warnings.length === 0 ? {} : { warnings }
}

/** Stores everything that a document describes below an existing API. */
async function putDescription(
  call: Call,
  restApiId: string,
  description: RestDescription,
  problems: ImportProblems,
): Promise<void> {
  const ids = await putNamedParts(call, restApiId, description, problems)
  await putResources({ call, restApiId, ids, problems }, description.resources)
  await problems.attempt('Unable to put documentation parts', async () => {
    await putParts(call, restApiId, description.documentationParts as readonly DocumentationPart[], 'merge')
  })
  await putDocumentationVersion(call, restApiId, description.documentationVersion)
}

/** Makes the documentation version that a document names, unless it exists: versions do not change. */
async function putDocumentationVersion(call: Call, restApiId: string, version: string | undefined): Promise<void> {
  if (version === undefined) return
  if ((await call.store.get('DocumentationVersion', [restApiId, version])) !== undefined) return
  const parts = (await call.store.list('DocumentationPart', [restApiId])).map(({ record }) => record)
  call.store.put('DocumentationVersion', [restApiId, version], { version, createdDate: nowSeconds(call), parts })
}
