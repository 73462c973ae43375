// API keys, which tell callers apart so that usage plans can count and limit each. Rules: recorded REST 15, Security D.2.
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { ApiKey, Operations, StageKey } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { pageOfList, pageOfRecords } from '../page.ts'
import { mergedTags, newId } from '../tags.ts'
import { checkedKeyName, deleteKey, keyValue, putNewKey } from './api-key-rules.ts'
import { found } from './found.ts'
import { flag, listValues, listingPaths, patched, setting, text, withMember } from './patch.ts'
import type { PatchRule } from './patch.ts'

export const apiKey: Handlers<
  Operations,
  'CreateApiKey' | 'GetApiKey' | 'GetApiKeys' | 'UpdateApiKey' | 'DeleteApiKey',
  Call
> = {
  CreateApiKey: async (input, call) => {
    const id = newId(call, input.tags, 10)
    if ((await call.store.get('ApiKey', [id])) !== undefined) throw new ConflictException('API Key already exists')
    const seconds = nowSeconds(call)
    const name = checkedKeyName(input.name)
    // AWS: without a value, and with `generateDistinctId: false`, the value is the id.
    const value = !input.value && input.generateDistinctId === false ? id : keyValue(call, input.value)
    const record: ApiKey = {
      id,
      value,
      name,
      customerId: text(input.customerId),
      description: text(input.description),
      enabled: input.enabled ?? false,
      createdDate: seconds,
      lastUpdatedDate: seconds,
      stageKeys: await stageKeysOf(call, input.stageKeys ?? []),
      tags: mergedTags(undefined, input.tags),
    }
    await putNewKey(call, record)
    return record
  },

  GetApiKey: async ({ apiKey: id, includeValue }, call) => shown(await foundKey(call, id), includeValue),

  GetApiKeys: async ({ customerId, nameQuery, includeValues, ...page }, call) => {
    if (customerId === undefined && nameQuery === undefined) {
      const { items, position } = await pageOfRecords(call.store, 'ApiKey', [], page)
      return { items: items.map(({ record }) => shown(record, includeValues)), position }
    }
    const keys = (await call.store.list('ApiKey', [])).map(({ record }) => record)
    // AWS: `nameQuery` matches as a case-sensitive prefix (recorded).
    const asked = keys.filter(
      (key) =>
        (nameQuery === undefined || key.name?.startsWith(nameQuery) === true) &&
        (customerId === undefined || key.customerId === customerId),
    )
    const { items, position } = pageOfList(asked, page)
    return { items: items.map((key) => shown(key, includeValues)), position }
  },

  UpdateApiKey: async ({ apiKey: id, patchOperations }, call) => {
    const before = await foundKey(call, id)
    const { stageKeys = [], ...edited } = patched(before, patchOperations, rules, listingPaths)
    await checkStages(
      call,
      stageKeys.filter((key) => before.stageKeys?.includes(key) !== true),
    )
    const record = { ...edited, stageKeys, lastUpdatedDate: nowSeconds(call) }
    call.store.put('ApiKey', [id], record)
    return shown(record, false)
  },

  DeleteApiKey: async ({ apiKey: id }, call) => deleteKey(call, await foundKey(call, id)),
}

async function foundKey(call: Call, id: string): Promise<ApiKey> {
  return found(await call.store.get('ApiKey', [id]), 'Invalid API Key identifier specified')
}

function shown(key: ApiKey, includeValue: boolean | undefined): ApiKey {
  return includeValue === true ? key : withMember(key, 'value', undefined)
}

/** The stages given with a key, as `api/stage`: a form older than usage plans, which is stored and shown but authorises nothing. */
async function stageKeysOf(call: Call, given: readonly StageKey[]): Promise<readonly string[]> {
  const keys = given.map(({ restApiId, stageName }) => `${restApiId}/${stageName}`)
  await checkStages(call, keys)
  return keys
}

async function checkStages(call: Call, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    if ((await call.store.get('Stage', key.split('/'))) === undefined) {
      throw new BadRequestException('Invalid stage identifier specified')
    }
  }
}

const rules: readonly PatchRule<ApiKey>[] = [
  { path: '/description', replace: setting('description', text) },
  { path: '/enabled', replace: setting('enabled', flag) },
  { path: '/name', replace: setting('name', checkedKeyName) },
  { path: '/customerId', replace: setting('customerId', text) },
  listValues('/stages', 'stageKeys'),
]
