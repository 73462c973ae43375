// Integrations: the backend that a route calls. The two protocols share almost no rules here, so each has its own.
import type { Handlers } from '@sluice/aws-protocol'
import {
  ConflictException,
  type Integration,
  type Operations,
  type UpdateIntegrationRequest,
} from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { autoDeploy } from './auto-deploy.ts'
import { found } from './found.ts'
import { changedIntegration, checkIntegration, settledIntegration } from './integration-rules.ts'
import { refuseManaged } from './managed.ts'
import { page } from './page.ts'
import { patched, pick } from './patch.ts'
import { checkQuota } from './quotas.ts'

const settable = [
  'ConnectionId',
  'ConnectionType',
  'ContentHandlingStrategy',
  'CredentialsArn',
  'Description',
  'IntegrationMethod',
  'IntegrationSubtype',
  'IntegrationType',
  'IntegrationUri',
  'PassthroughBehavior',
  'PayloadFormatVersion',
  'RequestParameters',
  'RequestTemplates',
  'ResponseParameters',
  'TemplateSelectionExpression',
  'TimeoutInMillis',
  'TlsConfig',
] as const satisfies readonly (keyof UpdateIntegrationRequest)[]

type Names = 'CreateIntegration' | 'GetIntegration' | 'GetIntegrations' | 'UpdateIntegration' | 'DeleteIntegration'

export const integration: Handlers<Operations, Names, Call> = {
  CreateIntegration: async (input, call) => {
    const api = await found(call, 'V2Api', [input.ApiId])
    const record = settledIntegration(
      api,
      patched<Integration>({ IntegrationId: call.ids.short(7) }, pick(input, settable)),
    )
    await checkIntegration(call, api, record)
    await checkQuota(call, 'V2Integration', input.ApiId)
    return keep(call, input.ApiId, record)
  },

  GetIntegration: (input, call) => found(call, 'V2Integration', [input.ApiId, input.IntegrationId]),

  GetIntegrations: async (input, call) => {
    await found(call, 'V2Api', [input.ApiId])
    return page(call, 'V2Integration', [input.ApiId], input)
  },

  UpdateIntegration: async (input, call) => {
    const stored = await found(call, 'V2Integration', [input.ApiId, input.IntegrationId])
    const api = await found(call, 'V2Api', [input.ApiId])
    const record = settledIntegration(api, changedIntegration(stored, pick(input, settable)))
    await checkIntegration(call, api, record, stored)
    return keep(call, input.ApiId, record)
  },

  DeleteIntegration: async (input, call) => {
    const key = [input.ApiId, input.IntegrationId]
    refuseManaged(await found(call, 'V2Integration', key), 'delete', 'Integration')
    const routes = await call.store.list('V2Route', [input.ApiId])
    const using = routes.filter(({ record }) => record.Target === `integrations/${input.IntegrationId}`)
    if (using.length > 0) {
      const ids = using.map(({ record }) => record.RouteId).join(', ')
      throw new ConflictException(
        `Cannot delete Integration because it is referenced by the following Routes with Ids: [${ids}]`,
      )
    }
    for (const response of await call.store.list('V2IntegrationResponse', key)) {
      call.store.delete('V2IntegrationResponse', response.key)
    }
    call.store.delete('V2Integration', key)
    await autoDeploy(call, input.ApiId)
  },
}

async function keep(call: Call, apiId: string, record: Integration): Promise<Integration> {
  call.store.put('V2Integration', [apiId, record.IntegrationId ?? ''], record)
  await autoDeploy(call, apiId)
  return record
}
