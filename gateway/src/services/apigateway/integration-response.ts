// Integration responses, which turn a backend's answer into a method response; stored inside their integration. Rules: recorded REST 7.
import type { Integration, IntegrationResponse, Method, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { entryOf, found, foundIntegration, methodKey } from './found.ts'
import type { MethodAddress } from './found.ts'
import { checkIntegrationResponse } from './integration-rules.ts'
import { listingOps, mapEntries, oneOf, patched, setting, withMember } from './patch.ts'
import type { PatchRule } from './patch.ts'
import { shownIntegrationResponse } from './shown-method.ts'

interface ResponseAddress extends MethodAddress {
  readonly statusCode: string
}

export const integrationResponse: Handlers<
  Operations,
  'PutIntegrationResponse' | 'GetIntegrationResponse' | 'UpdateIntegrationResponse' | 'DeleteIntegrationResponse',
  Call
> = {
  PutIntegrationResponse: async (input, call) => {
    const { method, integration } = await foundIntegration(call, input)
    return put(
      call,
      input,
      { method, integration },
      {
        statusCode: input.statusCode,
        selectionPattern: input.selectionPattern,
        responseParameters: input.responseParameters,
        responseTemplates: input.responseTemplates,
        contentHandling: input.contentHandling,
      },
    )
  },

  GetIntegrationResponse: async (input, call) => shownIntegrationResponse((await foundResponse(call, input)).response),

  UpdateIntegrationResponse: async (input, call) => {
    const { method, integration, response } = await foundResponse(call, input)
    return put(call, input, { method, integration }, patched(response, input.patchOperations, rules, listingOps))
  },

  DeleteIntegrationResponse: async (input, call) => {
    const { method, integration } = await foundResponse(call, input)
    const left = Object.entries(integration.integrationResponses ?? {}).filter(
      ([status]) => status !== input.statusCode,
    )
    const responses = left.length === 0 ? undefined : Object.fromEntries(left)
    const methodIntegration = withMember(integration, 'integrationResponses', responses)
    call.store.put('Method', methodKey(input), { ...method, methodIntegration })
  },
}

async function foundResponse(call: Call, address: ResponseAddress) {
  const { method, integration } = await foundIntegration(call, address)
  const response = entryOf(integration.integrationResponses, address.statusCode)
  return { method, integration, response: found(response, 'Invalid Response status code specified') }
}

function put(
  call: Call,
  address: ResponseAddress,
  { method, integration }: { readonly method: Method; readonly integration: Integration },
  response: IntegrationResponse,
): IntegrationResponse {
  checkIntegrationResponse(method, response)
  const integrationResponses = { ...integration.integrationResponses, [address.statusCode]: response }
  const methodIntegration = { ...integration, integrationResponses }
  call.store.put('Method', methodKey(address), { ...method, methodIntegration })
  return shownIntegrationResponse(response)
}

const rules: readonly PatchRule<IntegrationResponse>[] = [
  // AWS: an empty pattern is kept, as Put keeps it (recorded).
  { path: '/selectionPattern', replace: setting('selectionPattern', (value) => value) },
  {
    path: '/contentHandling',
    replace: setting('contentHandling', oneOf('content handling', ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'])),
  },
  mapEntries('/responseParameters/{name}', 'responseParameters', {
    read: (value) => value ?? '',
    absent: 'Invalid parameter name specified',
  }),
  mapEntries('/responseTemplates/{contentType}', 'responseTemplates', {
    read: (value) => value ?? '',
    absent: 'Content-Type specified was not found',
  }),
]
