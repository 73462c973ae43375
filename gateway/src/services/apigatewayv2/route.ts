// Routes: the requests or messages that an API answers, with their authorization and their integration.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations, Route, UpdateRouteRequest } from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { autoDeploy } from './auto-deploy.ts'
import { found } from './found.ts'
import { refuseManaged } from './managed.ts'
import { page } from './page.ts'
import { pick, withoutKey } from './patch.ts'
import { checkQuota } from './quotas.ts'
import { refuseTakenKey } from './route-key.ts'
import { changedRoute, checkRoute } from './route-rules.ts'

const settable = [
  'ApiKeyRequired',
  'AuthorizationScopes',
  'AuthorizationType',
  'AuthorizerId',
  'ModelSelectionExpression',
  'OperationName',
  'RequestModels',
  'RequestParameters',
  'RouteKey',
  'RouteResponseSelectionExpression',
  'Target',
] as const satisfies readonly (keyof UpdateRouteRequest)[]

type Names = 'CreateRoute' | 'GetRoute' | 'GetRoutes' | 'UpdateRoute' | 'DeleteRoute' | 'DeleteRouteRequestParameter'

export const route: Handlers<Operations, Names, Call> = {
  CreateRoute: async (input, call) => {
    const api = await found(call, 'V2Api', [input.ApiId])
    const RouteId = call.ids.short(7)
    const defaults: Route = { RouteId, RouteKey: '', ApiKeyRequired: false, AuthorizationType: 'NONE' }
    const record = changedRoute(defaults, pick(input, settable))
    await checkRoute(call, api, input.ApiId, record)
    await refuseTakenKey(call, input.ApiId, { protocol: api.ProtocolType, key: record.RouteKey })
    await checkQuota(call, 'V2Route', input.ApiId)
    return keep(call, input.ApiId, record)
  },

  GetRoute: (input, call) => found(call, 'V2Route', [input.ApiId, input.RouteId]),

  GetRoutes: async (input, call) => {
    await found(call, 'V2Api', [input.ApiId])
    return page(call, 'V2Route', [input.ApiId], input)
  },

  UpdateRoute: async (input, call) => {
    const stored = await found(call, 'V2Route', [input.ApiId, input.RouteId])
    const api = await found(call, 'V2Api', [input.ApiId])
    const record = changedRoute(stored, pick(input, settable))
    if (record.RouteKey !== stored.RouteKey) refuseManaged(stored, 'update', 'Route')
    await checkRoute(call, api, input.ApiId, record)
    const { RouteKey: key, RouteId: routeId } = record
    await refuseTakenKey(call, input.ApiId, { protocol: api.ProtocolType, key, routeId })
    return keep(call, input.ApiId, record)
  },

  DeleteRoute: async (input, call) => {
    const key = [input.ApiId, input.RouteId]
    refuseManaged(await found(call, 'V2Route', key), 'delete', 'Route')
    for (const response of await call.store.list('V2RouteResponse', key)) {
      call.store.delete('V2RouteResponse', response.key)
    }
    call.store.delete('V2Route', key)
    await autoDeploy(call, input.ApiId)
  },

  DeleteRouteRequestParameter: async (input, call) => {
    const stored = await found(call, 'V2Route', [input.ApiId, input.RouteId])
    const RequestParameters = withoutKey(stored.RequestParameters, input.RequestParameterKey)
    await keep(call, input.ApiId, { ...stored, RequestParameters })
  },
}

async function keep(call: Call, apiId: string, record: Route): Promise<Route> {
  call.store.put('V2Route', [apiId, record.RouteId ?? ''], record)
  await autoDeploy(call, apiId)
  return record
}
