// Documentation versions: the documentation parts of an API, frozen under a name that stages can carry. Rules: REST 10.4.
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { DocumentationVersion, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { DocumentationVersionRecord } from '../../nouns/records.ts'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { found, foundApi, foundStage } from './found.ts'
import { listingPaths, patched, setting, text } from './patch.ts'

export const documentationVersion: Handlers<
  Operations,
  | 'CreateDocumentationVersion'
  | 'GetDocumentationVersion'
  | 'GetDocumentationVersions'
  | 'UpdateDocumentationVersion'
  | 'DeleteDocumentationVersion',
  Call
> = {
  CreateDocumentationVersion: async ({ restApiId, documentationVersion: version, stageName, description }, call) => {
    await foundApi(call, restApiId)
    if (version === '') throw new BadRequestException('Documentation version cannot be empty')
    if ((await call.store.get('DocumentationVersion', [restApiId, version])) !== undefined) {
      throw new ConflictException(`Documentation version ${version} already exists`)
    }
    if (stageName !== undefined) {
      const stage = await foundStage(call, restApiId, stageName)
      call.store.put('Stage', [restApiId, stageName], { ...stage, documentationVersion: version })
    }
    const parts = (await call.store.list('DocumentationPart', [restApiId])).map(({ record }) => record)
    const record = { version, createdDate: nowSeconds(call), description: text(description), parts }
    call.store.put('DocumentationVersion', [restApiId, version], record)
    return shown(record)
  },

  GetDocumentationVersion: async ({ restApiId, documentationVersion: version }, call) =>
    shown(await foundVersion(call, restApiId, version)),

  GetDocumentationVersions: async (input, call) => {
    await foundApi(call, input.restApiId)
    const { items, position } = await pageOfRecords(call.store, 'DocumentationVersion', [input.restApiId], input)
    return { items: items.map(({ record }) => shown(record)), position }
  },

  UpdateDocumentationVersion: async ({ restApiId, documentationVersion: version, patchOperations }, call) => {
    const before = await foundVersion(call, restApiId, version)
    const rules = [
      { path: '/description', replace: setting<DocumentationVersionRecord, 'description'>('description', text) },
    ]
    const record = patched(before, patchOperations, rules, listingPaths)
    call.store.put('DocumentationVersion', [restApiId, version], record)
    return shown(record)
  },

  DeleteDocumentationVersion: async ({ restApiId, documentationVersion: version }, call) => {
    await foundVersion(call, restApiId, version)
    const stages = await call.store.list('Stage', [restApiId])
    const user = stages.find(({ record }) => record.documentationVersion === version)
    if (user !== undefined) {
      throw new BadRequestException(`Documentation version ${version} is used by stage ${user.record.stageName}`)
    }
    call.store.delete('DocumentationVersion', [restApiId, version])
  },
}

async function foundVersion(call: Call, restApiId: string, version: string): Promise<DocumentationVersionRecord> {
  return found(
    await call.store.get('DocumentationVersion', [restApiId, version]),
    'Invalid Documentation version specified',
  )
}

function shown({ parts: _parts, ...version }: DocumentationVersionRecord): DocumentationVersion {
  return version
}
