// Models: JSON schemas by which a WebSocket API's routes check their messages (HTTP 3.7, WebSocket 28.1).
import type { Handlers } from '@sluice/aws-protocol'
import { BadRequestException, ConflictException, type Model, type Operations } from '@sluice/aws-protocol/apigatewayv2'
import { modelTemplate } from '../apigateway/model-template.ts'
import type { Call } from '../call.ts'
import { autoDeploy } from './auto-deploy.ts'
import { found } from './found.ts'
import { checkLengths } from './lengths.ts'
import { page } from './page.ts'
import { patched, pick } from './patch.ts'
import { webSocketApi } from './protocol.ts'
import { checkQuota } from './quotas.ts'

const settable = ['ContentType', 'Description', 'Name', 'Schema'] as const

type Names = 'CreateModel' | 'GetModel' | 'GetModels' | 'GetModelTemplate' | 'UpdateModel' | 'DeleteModel'

export const model: Handlers<Operations, Names, Call> = {
  CreateModel: async (input, call) => {
    webSocketApi(await found(call, 'V2Api', [input.ApiId]), 'models')
    const blank: Model = { ModelId: call.ids.short(6), Name: '', ContentType: 'application/json' }
    const record = { ...patched(blank, pick(input, settable)), Name: input.Name, Schema: input.Schema }
    await check(call, input.ApiId, record)
    await checkQuota(call, 'V2Model', input.ApiId)
    return keep(call, input.ApiId, record)
  },

  GetModel: (input, call) => found(call, 'V2Model', [input.ApiId, input.ModelId]),

  GetModels: async (input, call) => {
    await found(call, 'V2Api', [input.ApiId])
    return page(call, 'V2Model', [input.ApiId], input)
  },

  GetModelTemplate: async (input, call) => {
    const { Schema = '{}' } = await found(call, 'V2Model', [input.ApiId, input.ModelId])
    return { Value: modelTemplate(Schema) }
  },

  UpdateModel: async (input, call) => {
    const stored = await found(call, 'V2Model', [input.ApiId, input.ModelId])
    const record = { ...patched(stored, pick(input, settable)), Name: input.Name ?? stored.Name }
    await check(call, input.ApiId, { ...record, Schema: input.Schema ?? stored.Schema })
    return keep(call, input.ApiId, record)
  },

  DeleteModel: async (input, call) => {
    const key = [input.ApiId, input.ModelId]
    const { Name } = await found(call, 'V2Model', key)
    const routes = await call.store.list('V2Route', [input.ApiId])
    const using = routes.filter(({ record }) => Object.values(record.RequestModels ?? {}).includes(Name))
    if (using.length > 0) {
      const ids = using.map(({ record }) => record.RouteId).join(', ')
      throw new ConflictException(
        `Cannot delete Model because it is referenced by the following Routes with Ids: [${ids}]`,
      )
    }
    call.store.delete('V2Model', key)
    await autoDeploy(call, input.ApiId)
  },
}

async function keep(call: Call, apiId: string, record: Model): Promise<Model> {
  call.store.put('V2Model', [apiId, record.ModelId ?? ''], record)
  await autoDeploy(call, apiId)
  return record
}

async function check(call: Call, apiId: string, record: Model): Promise<void> {
  if (!/^[A-Za-z0-9]+$/.test(record.Name)) {
    // As a stack shows it.
    throw new BadRequestException(`Model name must be alphanumeric: ${record.Name}`)
  }
  checkLengths(record, { Name: [1, 128], ContentType: [1, 256], Description: [0, 1024], Schema: [1, 32_768] })
  if (!isSchema(record.Schema ?? '')) throw new BadRequestException('Invalid model schema specified')
  const models = await call.store.list('V2Model', [apiId])
  if (models.some(({ record: other }) => other.Name === record.Name && other.ModelId !== record.ModelId)) {
    throw new ConflictException(`Model with name ${record.Name} already exists for this API`)
  }
}

function isSchema(text: string): boolean {
  try {
    const schema: unknown = JSON.parse(text)
    return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
  } catch {
    return false
  }
}
