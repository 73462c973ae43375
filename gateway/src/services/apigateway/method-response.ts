// Method responses: the statuses that a method may answer with; stored inside their method. Rules: recorded REST 5.
import { ConflictException } from '@sluice/aws-protocol/apigateway'
import type { Method, MethodResponse, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { entryOf, found, foundMethod, methodKey } from './found.ts'
import type { MethodAddress } from './found.ts'
import { checkContentTypes, checkResponseHeaders } from './mapping-rules.ts'
import { checkModels } from './method-rules.ts'
import { flag, listingOps, mapEntries, patched, withMember } from './patch.ts'
import type { PatchRule } from './patch.ts'

interface ResponseAddress extends MethodAddress {
  readonly statusCode: string
}

export const methodResponse: Handlers<
  Operations,
  'PutMethodResponse' | 'GetMethodResponse' | 'UpdateMethodResponse' | 'DeleteMethodResponse',
  Call
> = {
  PutMethodResponse: async (input, call) => {
    const method = await foundMethod(call, input)
    if (entryOf(method.methodResponses, input.statusCode) !== undefined) {
      throw new ConflictException('Response already exists for this resource')
    }
    const { statusCode, responseParameters, responseModels } = input
    return put(call, input, method, { statusCode, responseParameters, responseModels })
  },

  GetMethodResponse: async (input, call) => (await foundResponse(call, input)).response,

  UpdateMethodResponse: async (input, call) => {
    const { method, response } = await foundResponse(call, input)
    return put(call, input, method, patched(response, input.patchOperations, rules, listingOps))
  },

  DeleteMethodResponse: async (input, call) => {
    const { method } = await foundResponse(call, input)
    const left = Object.entries(method.methodResponses ?? {}).filter(([status]) => status !== input.statusCode)
    const responses = left.length === 0 ? undefined : Object.fromEntries(left)
    call.store.put('Method', methodKey(input), withMember(method, 'methodResponses', responses))
  },
}

async function foundResponse(call: Call, address: ResponseAddress) {
  const method = await foundMethod(call, address)
  const response = entryOf(method.methodResponses, address.statusCode)
  return { method, response: found(response, 'Invalid Response status code specified') }
}

async function put(
  call: Call,
  address: ResponseAddress,
  method: Method,
  response: MethodResponse,
): Promise<MethodResponse> {
  await checkModels(call, address.restApiId, response.responseModels)
  checkContentTypes(response.responseModels)
  checkResponseHeaders(response.responseParameters)
  const methodResponses = { ...method.methodResponses, [address.statusCode]: response }
  call.store.put('Method', methodKey(address), { ...method, methodResponses })
  return response
}

const rules: readonly PatchRule<MethodResponse>[] = [
  mapEntries('/responseParameters/{name}', 'responseParameters', {
    read: flag,
    absent: 'Invalid parameter name specified',
    strict: true,
  }),
  mapEntries('/responseModels/{contentType}', 'responseModels', {
    read: (value) => value ?? '',
    absent: 'Content-Type specified was not found',
    strict: true,
  }),
]
