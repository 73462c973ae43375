// HTTP and WebSocket APIs: the root that routes, integrations, authorizers, stages and deployments hang below.
import type { Handlers } from '@sluice/aws-protocol'
import {
  BadRequestException,
  type Api,
  type Operations,
  type UpdateApiRequest,
} from '@sluice/aws-protocol/apigatewayv2'
import type { Kind } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { refuseMapped } from '../domains/mapping.ts'
import { shownApi, startApi } from './api-record.ts'
import { checkApi, checkProtocol } from './api-rules.ts'
import { autoDeploy } from './auto-deploy.ts'
import { dropDeployments } from './deploy.ts'
import { found } from './found.ts'
import { page } from './page.ts'
import { patched, pick } from './patch.ts'
import { asksForQuickCreate, changeQuickCreate, quickCreate } from './quick-create.ts'

const settable = [
  'ApiKeySelectionExpression',
  'CorsConfiguration',
  'Description',
  'DisableExecuteApiEndpoint',
  'DisableSchemaValidation',
  'IpAddressType',
  'Name',
  'RouteSelectionExpression',
  'Version',
] as const satisfies readonly (keyof UpdateApiRequest)[]

/** The kinds of records that are deleted with their API, besides deployments. */
const children: readonly Kind[] = [
  'V2Stage',
  'V2Route',
  'V2RouteResponse',
  'V2Integration',
  'V2IntegrationResponse',
  'V2Authorizer',
  'V2Model',
]

type Names = 'CreateApi' | 'GetApi' | 'GetApis' | 'UpdateApi' | 'DeleteApi' | 'DeleteCorsConfiguration'

export const api: Handlers<Operations, Names, Call> = {
  CreateApi: async (input, call) => {
    checkProtocol(input.ProtocolType)
    const { ApiId, record } = await startApi(call, {
      ...pick(input, settable),
      ProtocolType: input.ProtocolType,
      Tags: input.Tags,
    })
    checkApi(record)
    if (asksForQuickCreate(input)) {
      if (input.ProtocolType !== 'HTTP') throw new BadRequestException('Target is not supported for WebSocket APIs')
      quickCreate(call, ApiId, input)
    }
    return keep(call, ApiId, record)
  },

  GetApi: async (input, call) => shownApi(call, await found(call, 'V2Api', [input.ApiId])),

  GetApis: async (input, call) => {
    const { Items, ...token } = await page(call, 'V2Api', [], input)
    return { Items: Items.map((record) => shownApi(call, record)), ...token }
  },

  UpdateApi: async (input, call) => {
    const stored = await found(call, 'V2Api', [input.ApiId])
    const record = { ...patched(stored, pick(input, settable)), Name: input.Name ?? stored.Name }
    checkApi(record)
    if (asksForQuickCreate(input)) await changeQuickCreate(call, input.ApiId, input)
    return keep(call, input.ApiId, record)
  },

  DeleteApi: async (input, call) => {
    await found(call, 'V2Api', [input.ApiId])
    await refuseMapped(call, input.ApiId)
    const deployments = await call.store.list('V2Deployment', [input.ApiId])
    await dropDeployments(
      call,
      input.ApiId,
      deployments.map(({ key }) => key),
    )
    for (const kind of children) {
      for (const { key } of await call.store.list(kind, [input.ApiId])) call.store.delete(kind, key)
    }
    call.store.delete('V2Api', [input.ApiId])
    call.store.release('api', input.ApiId)
  },

  DeleteCorsConfiguration: async (input, call) => {
    const { CorsConfiguration: _removed, ...record } = await found(call, 'V2Api', [input.ApiId])
    await keep(call, input.ApiId, record)
  },
}

async function keep(call: Call, apiId: string, record: Api): Promise<Api> {
  call.store.put('V2Api', [apiId], record)
  await autoDeploy(call, apiId)
  return shownApi(call, record)
}
