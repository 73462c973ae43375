// Request validators: which parts of a request a method checks. Rules: recorded REST 9.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { Operations, RequestValidator } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { found, foundApi } from './found.ts'
import { flag, listingPaths, patched, setting } from './patch.ts'
import type { PatchRule } from './patch.ts'
import { refuseUsedValidator } from './references.ts'

export const requestValidator: Handlers<
  Operations,
  | 'CreateRequestValidator'
  | 'GetRequestValidator'
  | 'GetRequestValidators'
  | 'UpdateRequestValidator'
  | 'DeleteRequestValidator',
  Call
> = {
  CreateRequestValidator: async (input, call) => {
    // AWS: this is the only operation that answers 400 for an unknown API.
    if ((await call.store.get('RestApi', [input.restApiId])) === undefined) {
      throw new BadRequestException('Invalid REST API identifier specified')
    }
    const record = {
      id: call.ids.short(6),
      name: checkedName(input.name),
      validateRequestBody: input.validateRequestBody ?? false,
      validateRequestParameters: input.validateRequestParameters ?? false,
    }
    await put(call, input.restApiId, record)
    return record
  },

  GetRequestValidator: ({ restApiId, requestValidatorId }, call) => foundValidator(call, restApiId, requestValidatorId),

  GetRequestValidators: async (input, call) => {
    await foundApi(call, input.restApiId)
    const { items, position } = await pageOfRecords(call.store, 'RequestValidator', [input.restApiId], input)
    return { items: items.map(({ record }) => record), position }
  },

  UpdateRequestValidator: async ({ restApiId, requestValidatorId, patchOperations }, call) => {
    const before = await foundValidator(call, restApiId, requestValidatorId)
    const record = patched(before, patchOperations, rules, listingPaths)
    await put(call, restApiId, record)
    return record
  },

  DeleteRequestValidator: async ({ restApiId, requestValidatorId }, call) => {
    const { name = '' } = await foundValidator(call, restApiId, requestValidatorId)
    await refuseUsedValidator(call, restApiId, requestValidatorId, name)
    call.store.delete('RequestValidator', [restApiId, requestValidatorId])
  },
}

async function foundValidator(call: Call, restApiId: string, id: string): Promise<RequestValidator> {
  return found(
    await call.store.get('RequestValidator', [restApiId, id]),
    'Invalid Request Validator identifier specified',
  )
}

async function put(call: Call, restApiId: string, record: RequestValidator): Promise<void> {
  const all = await call.store.list('RequestValidator', [restApiId])
  if (all.some(({ record: other }) => other.id !== record.id && other.name === record.name)) {
    throw new BadRequestException('Request Validator name must be unique')
  }
  call.store.put('RequestValidator', [restApiId, record.id ?? ''], record)
}

function checkedName(name: string | undefined): string {
  if (name === undefined || name.trim() === '') {
    throw new BadRequestException('Request Validator name cannot be blank')
  }
  return name
}

const rules: readonly PatchRule<RequestValidator>[] = [
  { path: '/name', replace: setting('name', checkedName) },
  { path: '/validateRequestParameters', replace: setting('validateRequestParameters', flag) },
  { path: '/validateRequestBody', replace: setting('validateRequestBody', flag) },
]
