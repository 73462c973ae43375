// Route responses: a WebSocket route with one, under the key `$default`, answers its caller (WebSocket 24.5).
import type { Handlers } from '@sluice/aws-protocol'
import {
  BadRequestException,
  ConflictException,
  type Operations,
  type RouteResponse,
} from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { autoDeploy } from './auto-deploy.ts'
import { found } from './found.ts'
import { checkLengths } from './lengths.ts'
import { page } from './page.ts'
import { mergedMap, patched, pick, replacedMap, type Changes } from './patch.ts'
import { webSocketApi } from './protocol.ts'

const settable = ['ModelSelectionExpression', 'ResponseModels', 'ResponseParameters', 'RouteResponseKey'] as const

type Names =
  | 'CreateRouteResponse'
  | 'GetRouteResponse'
  | 'GetRouteResponses'
  | 'UpdateRouteResponse'
  | 'DeleteRouteResponse'

export const routeResponse: Handlers<Operations, Names, Call> = {
  CreateRouteResponse: async (input, call) => {
    webSocketApi(await found(call, 'V2Api', [input.ApiId]), 'routeResponses')
    const parent = [input.ApiId, input.RouteId]
    await found(call, 'V2Route', parent)
    const RouteResponseId = call.ids.short(6)
    const record = changed({ RouteResponseId, RouteResponseKey: '' }, pick(input, settable))
    if ((await call.store.list('V2RouteResponse', parent)).length > 0) {
      throw new ConflictException(`Route response with key ${record.RouteResponseKey} already exists for this route`)
    }
    return keep(call, [...parent, RouteResponseId], record)
  },

  GetRouteResponse: (input, call) =>
    found(call, 'V2RouteResponse', [input.ApiId, input.RouteId, input.RouteResponseId]),

  GetRouteResponses: async (input, call) => {
    await found(call, 'V2Route', [input.ApiId, input.RouteId])
    return page(call, 'V2RouteResponse', [input.ApiId, input.RouteId], input)
  },

  UpdateRouteResponse: async (input, call) => {
    const key = [input.ApiId, input.RouteId, input.RouteResponseId]
    return keep(call, key, changed(await found(call, 'V2RouteResponse', key), pick(input, settable)))
  },

  DeleteRouteResponse: async (input, call) => {
    const key = [input.ApiId, input.RouteId, input.RouteResponseId]
    await found(call, 'V2RouteResponse', key)
    call.store.delete('V2RouteResponse', key)
    await autoDeploy(call, input.ApiId)
  },
}

/** The response with the changes. `$default` is the only key, so a route has at most one response. */
function changed(stored: RouteResponse, changes: Changes<RouteResponse>): RouteResponse {
  const record = patched(stored, {
    ...changes,
    ResponseModels: replacedMap(stored.ResponseModels, changes.ResponseModels),
    ResponseParameters: mergedMap(stored.ResponseParameters, changes.ResponseParameters, () => false),
  })
  if (record.RouteResponseKey !== '$default') {
    // As a stack shows it.
    const twoWay = 'will indicate to API Gateway that this Route is intended to handle two-way communication.'
    throw new BadRequestException(
      `Currently, only $default is supported as a RouteResponseKey. The creation of the RouteResponse with a key of $default ${twoWay}`,
    )
  }
  checkLengths(record, { ModelSelectionExpression: [1, 128] })
  return record
}

async function keep(call: Call, key: readonly string[], record: RouteResponse): Promise<RouteResponse> {
  call.store.put('V2RouteResponse', key, record)
  await autoDeploy(call, key[0] ?? '')
  return record
}
