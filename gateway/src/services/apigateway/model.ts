// Models: JSON schemas that methods validate and document their bodies with. Rules: recorded REST 8, REST 2.3.
import { ConflictException } from '@sluice/aws-protocol/apigateway'
import type { Model, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { putModel } from './api-parts.ts'
import { found, foundApi } from './found.ts'
import { checkModelName, checkSchema, flattened } from './model-rules.ts'
import { modelTemplate } from './model-template.ts'
import { listingPaths, patched, setting, text } from './patch.ts'
import type { PatchRule } from './patch.ts'
import { checkQuota } from './quotas.ts'
import { refuseUsedModel } from './references.ts'

export const model: Handlers<
  Operations,
  'CreateModel' | 'GetModel' | 'GetModels' | 'GetModelTemplate' | 'UpdateModel' | 'DeleteModel',
  Call
> = {
  CreateModel: async (input, call) => {
    await foundApi(call, input.restApiId)
    const { name, contentType, schema } = input
    checkModelName(name)
    if ((await call.store.get('Model', [input.restApiId, name])) !== undefined) {
      throw new ConflictException('Model name already exists for this REST API')
    }
    const record = { id: call.ids.short(6), name, description: text(input.description), schema, contentType }
    await checkSchema(call, input.restApiId, record)
    await checkQuota(call, 'Model', input.restApiId)
    putModel(call, input.restApiId, record)
    return record
  },

  GetModel: async ({ restApiId, modelName, flatten }, call) => {
    const record = await foundModel(call, restApiId, modelName)
    if (flatten !== true || record.schema === undefined) return record
    return { ...record, schema: await flattened(call, restApiId, record.schema) }
  },

  GetModels: async (input, call) => {
    await foundApi(call, input.restApiId)
    const { items, position } = await pageOfRecords(call.store, 'Model', [input.restApiId], input)
    return { items: items.map(({ record }) => record), position }
  },

  GetModelTemplate: async ({ restApiId, modelName }, call) => {
    const record = await foundModel(call, restApiId, modelName)
    return { value: modelTemplate(await flattened(call, restApiId, record.schema ?? '{}')) }
  },

  UpdateModel: async ({ restApiId, modelName, patchOperations }, call) => {
    const record = patched(await foundModel(call, restApiId, modelName), patchOperations, rules, listingPaths)
    await checkSchema(call, restApiId, record)
    putModel(call, restApiId, record)
    return record
  },

  DeleteModel: async ({ restApiId, modelName }, call) => {
    await foundModel(call, restApiId, modelName)
    await refuseUsedModel(call, restApiId, modelName)
    call.store.delete('Model', [restApiId, modelName])
  },
}

async function foundModel(call: Call, restApiId: string, name: string): Promise<Model> {
  return found(await call.store.get('Model', [restApiId, name]), `Invalid model name specified: ${name}`)
}

const rules: readonly PatchRule<Model>[] = [
  { path: '/description', replace: setting('description', text) },
  { path: '/schema', replace: setting('schema', (value) => value) },
]
