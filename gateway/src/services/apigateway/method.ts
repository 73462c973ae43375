// Methods: verbs on resources, with their integration and responses inside. Rules: recorded REST 4, REST 2.1.
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { Method, Operations, PutMethodRequest } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { foundMethod, foundResource, methodKey } from './found.ts'
import { knownCacheKeys } from './mapping-rules.ts'
import { authorizationTypeOf, checkedMethod, checkedVerb } from './method-rules.ts'
import { flag, listValues, listingOps, mapEntries, patched, setting, text } from './patch.ts'
import type { PatchRule } from './patch.ts'
import { shownMethod } from './shown-method.ts'

export const method: Handlers<Operations, 'PutMethod' | 'GetMethod' | 'UpdateMethod' | 'DeleteMethod', Call> = {
  PutMethod: async (input, call) => {
    await foundResource(call, input.restApiId, input.resourceId)
    checkedVerb(input.httpMethod)
    checkScopes(authorizationTypeOf(input.authorizationType), input.authorizationScopes)
    if ((await call.store.get('Method', methodKey(input))) !== undefined) {
      throw new ConflictException('Method already exists for this resource')
    }
    const record = await checkedMethod(call, input.restApiId, newMethod(input))
    call.store.put('Method', methodKey(input), record)
    return record
  },

  GetMethod: async (input, call) => shownMethod(await foundMethod(call, input)),

  UpdateMethod: async (input, call) => {
    const edited = patched(await foundMethod(call, input), input.patchOperations, rules, listingOps)
    const added = input.patchOperations?.filter(({ op, path }) => op === 'add' && path === '/authorizationScopes')
    checkScopes(edited.authorizationType, added)
    const record = withKnownCacheKeys(await checkedMethod(call, input.restApiId, edited))
    call.store.put('Method', methodKey(input), record)
    return shownMethod(record)
  },

  DeleteMethod: async (input, call) => {
    await foundMethod(call, input)
    call.store.delete('Method', methodKey(input))
  },
}

/** Throws BadRequestException for scopes on a method whose authorization type does not check them (observed). */
function checkScopes(authorizationType: string | undefined, given: readonly unknown[] = []): void {
  if (given.length === 0 || authorizationType === 'COGNITO_USER_POOLS') return
  const rule = 'Authorization Scopes are only valid for COGNITO_USER_POOLS authorization type'
  throw new BadRequestException(`Invalid Method authorization type specified. ${rule}`)
}

/**
 * The method without the cache keys of its integration that it no longer declares, so that tools can remove a parameter
 * from both one after the other (observed: hashicorp/terraform-provider-aws issue 39801).
 */
function withKnownCacheKeys(record: Method): Method {
  const { methodIntegration, requestParameters = {} } = record
  const keys = methodIntegration?.cacheKeyParameters
  if (keys === undefined) return record
  const cacheKeyParameters = knownCacheKeys(keys, requestParameters, methodIntegration?.requestParameters)
  return { ...record, methodIntegration: { ...methodIntegration, cacheKeyParameters: [...cacheKeyParameters] } }
}

function newMethod(input: PutMethodRequest): Method {
  return {
    httpMethod: input.httpMethod,
    authorizationType: authorizationTypeOf(input.authorizationType),
    authorizerId: input.authorizerId,
    apiKeyRequired: input.apiKeyRequired ?? false,
    requestValidatorId: input.requestValidatorId,
    operationName: input.operationName,
    requestParameters: input.requestParameters,
    requestModels: input.requestModels,
    authorizationScopes: input.authorizationScopes?.length ? input.authorizationScopes : undefined,
  }
}

const rules: readonly PatchRule<Method>[] = [
  { path: '/apiKeyRequired', replace: setting('apiKeyRequired', flag) },
  { path: '/authorizationType', replace: setting('authorizationType', authorizationTypeOf) },
  { path: '/authorizerId', replace: setting('authorizerId', text) },
  { path: '/operationName', replace: setting('operationName', text) },
  { path: '/requestValidatorId', replace: setting('requestValidatorId', text) },
  listValues('/authorizationScopes', 'authorizationScopes'),
  mapEntries('/requestParameters/{name}', 'requestParameters', {
    read: flag,
    absent: 'Invalid parameter name specified',
  }),
  mapEntries('/requestModels/{contentType}', 'requestModels', {
    read: (value) => value ?? '',
    absent: 'Content-Type specified was not found',
  }),
]
