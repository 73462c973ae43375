// Gateway responses: the answers of requests that the gateway itself refuses or fails. Rules: recorded REST 12, REST 7.3.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { GatewayResponse, GatewayResponseType, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfList } from '../page.ts'
import { found, foundApi } from './found.ts'
import {
  checkGatewayResponse,
  customised,
  gatewayResponseTypes,
  parentType,
  uncustomised,
} from './gateway-response-table.ts'
import { mapEntries, namingPath, patched, setting } from './patch.ts'
import type { PatchRule } from './patch.ts'

export const gatewayResponse: Handlers<
  Operations,
  | 'PutGatewayResponse'
  | 'GetGatewayResponse'
  | 'GetGatewayResponses'
  | 'UpdateGatewayResponse'
  | 'DeleteGatewayResponse',
  Call
> = {
  PutGatewayResponse: async ({ restApiId, responseType, ...given }, call) => {
    await foundApi(call, restApiId)
    return put(call, restApiId, customised(responseType, given))
  },

  GetGatewayResponse: async ({ restApiId, responseType }, call) => {
    await foundApi(call, restApiId)
    return shown(call, restApiId, responseType)
  },

  GetGatewayResponses: async (input, call) => {
    await foundApi(call, input.restApiId)
    const { items, position } = pageOfList(gatewayResponseTypes, input)
    return { items: await Promise.all(items.map((type) => shown(call, input.restApiId, type))), position }
  },

  UpdateGatewayResponse: async ({ restApiId, responseType, patchOperations }, call) => {
    await foundApi(call, restApiId)
    // A customised type takes nothing from a DEFAULT type, so the patch starts from AWS's own defaults.
    const own = await call.store.get('GatewayResponse', [restApiId, responseType])
    const edited = patched(own ?? uncustomised(responseType, undefined), patchOperations, rules, namingPath)
    return put(call, restApiId, customised(responseType, edited))
  },

  DeleteGatewayResponse: async ({ restApiId, responseType }, call) => {
    await foundApi(call, restApiId)
    found(
      await call.store.get('GatewayResponse', [restApiId, responseType]),
      'Gateway response type not defined on api',
    )
    call.store.delete('GatewayResponse', [restApiId, responseType])
  },
}

async function shown(call: Call, restApiId: string, type: GatewayResponseType): Promise<GatewayResponse> {
  const own = await call.store.get('GatewayResponse', [restApiId, type])
  if (own !== undefined) return own
  const parent = parentType(type)
  return uncustomised(type, parent && (await call.store.get('GatewayResponse', [restApiId, parent])))
}

function put(call: Call, restApiId: string, record: GatewayResponse): GatewayResponse {
  checkGatewayResponse(record)
  call.store.put('GatewayResponse', [restApiId, record.responseType ?? ''], record)
  return record
}

function required(member: string): (value: string | undefined) => string {
  return (value) => {
    if (value !== undefined && value !== '') return value
    throw new BadRequestException(`Invalid null or empty value in ${member}`)
  }
}

const rules: readonly PatchRule<GatewayResponse>[] = [
  { path: '/statusCode', replace: setting('statusCode', required('statusCode')) },
  mapEntries('/responseParameters/{name}', 'responseParameters', {
    read: required('responseParameters'),
    absent: 'Invalid parameter name specified',
    strict: true,
  }),
  mapEntries('/responseTemplates/{contentType}', 'responseTemplates', {
    read: required('responseTemplates'),
    absent: 'Content-Type specified was not found',
    strict: true,
  }),
]
