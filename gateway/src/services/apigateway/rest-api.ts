// REST APIs: creates them (also as a clone), reads, patches and deletes them. Rules: recorded REST 2, and the API reference's patch table.
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { CreateRestApiRequest, Operations, RestApi } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { domainsMappedTo, refuseMapped } from '../domains/mapping.ts'
import { isPrivate } from '../domains/record.ts'
import { pageOfRecords } from '../page.ts'
import { mergedTags, newId } from '../tags.ts'
import { copyParts } from './api-copy.ts'
import { deleteParts, putModel } from './api-parts.ts'
import { defaultModels } from './default-models.ts'
import { checkEndpointConfiguration, endpointRules, newEndpointConfiguration } from './endpoint-rules.ts'
import { foundApi } from './found.ts'
import { flag, integerOr, listingOps, patched, removing, setting, text } from './patch.ts'
import type { PatchRule } from './patch.ts'
import {
  accessModeOf,
  apiKeySourceOf,
  apiPolicy,
  checkSecurityPolicy,
  checkedCompressionSize,
  claimApi,
  securityPolicyOf,
  shownApi,
} from './rest-api-rules.ts'

const noDescription = 'Description cannot be an empty string'
const badCompressionSize = 'Invalid minimum compression size, must be between 0 and 10485760'

export const restApi: Handlers<
  Operations,
  'CreateRestApi' | 'GetRestApi' | 'GetRestApis' | 'UpdateRestApi' | 'DeleteRestApi',
  Call
> = {
  CreateRestApi: async (input, call) => {
    const source = input.cloneFrom === undefined ? undefined : await foundApi(call, input.cloneFrom)
    const id = newId(call, input.tags, 10)
    const settings = newSettings(call, id, input, source)
    if (!(await claimApi(call, id))) throw new ConflictException(`An API with the id ${id} already exists`)
    const rootResourceId = await createParts(call, id, source)
    const record = { id, ...settings, rootResourceId }
    call.store.put('RestApi', [id], record)
    return shownApi(record, { tags: false })
  },

  GetRestApi: async ({ restApiId }, call) => shownApi(await foundApi(call, restApiId), { tags: true }),

  GetRestApis: async (input, call) => {
    const { items, position } = await pageOfRecords(call.store, 'RestApi', [], input)
    return { items: items.map(({ record }) => shownApi(record, { tags: false })), position }
  },

  UpdateRestApi: async ({ restApiId, patchOperations }, call) => {
    const before = await foundApi(call, restApiId)
    const record = patched(before, patchOperations, rulesOf(call, restApiId), listingOps)
    checkEndpointConfiguration(record.endpointConfiguration ?? {})
    if (isPrivate(before) && !isPrivate(record)) await refuseMappedPrivately(call, restApiId)
    checkSecurityPolicy(record)
    call.store.put('RestApi', [restApiId], record)
    return shownApi(record, { tags: true })
  },

  DeleteRestApi: async ({ restApiId }, call) => {
    await foundApi(call, restApiId)
    await refuseMapped(call, restApiId)
    await deleteParts(call, restApiId)
    call.store.delete('RestApi', [restApiId])
    call.store.release('api', restApiId)
  },
}

/** The settings of a new API: AWS's defaults, overlaid with those of the API that is cloned, then with the given ones. */
function newSettings(call: Call, id: string, input: CreateRestApiRequest, source: RestApi | undefined): RestApi {
  if (input.name === '') throw new BadRequestException('API name cannot be an empty string')
  if (input.description === '') throw new BadRequestException(noDescription)
  const given: RestApi = {
    ...source,
    ...Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)),
  }
  const settings: RestApi = {
    name: given.name,
    description: given.description,
    createdDate: nowSeconds(call),
    version: given.version,
    binaryMediaTypes: given.binaryMediaTypes?.length === 0 ? undefined : given.binaryMediaTypes,
    minimumCompressionSize: checkedCompressionSize(given.minimumCompressionSize),
    apiKeySource: given.apiKeySource ?? 'HEADER',
    endpointConfiguration: newEndpointConfiguration(given.endpointConfiguration),
    // A policy names its API, and tags belong to the owner: neither is cloned.
    policy: apiPolicy(call, id, input.policy),
    tags: mergedTags(undefined, input.tags),
    disableExecuteApiEndpoint: given.disableExecuteApiEndpoint ?? false,
    securityPolicy: given.securityPolicy,
    endpointAccessMode: given.endpointAccessMode,
  }
  checkSecurityPolicy(settings)
  return settings
}

/** Makes the parts of a new API: a copy of another's, or the root resource and the two default models. Returns the root's id. */
async function createParts(call: Call, id: string, source: RestApi | undefined): Promise<string> {
  const copied = source?.id === undefined ? undefined : await copyParts(call, source.id, id)
  if (copied !== undefined) return copied
  const rootResourceId = call.ids.short(10)
  call.store.put('Resource', [id, rootResourceId], { id: rootResourceId, path: '/' })
  for (const model of defaultModels) putModel(call, id, { id: call.ids.short(6), ...model })
  return rootResourceId
}

/** Refuses to make an API public that a private custom domain name leads to, as AWS does. (?) The words are ours. */
async function refuseMappedPrivately(call: Call, restApiId: string): Promise<void> {
  const domains = (await domainsMappedTo(call, restApiId)).filter((domain) => domain.includes('+'))
  if (domains.length === 0) return
  throw new BadRequestException(
    `The API is mapped to private domain names and has to stay private: ${domains.join(', ')}`,
  )
}

/** The patchable paths of a REST API, with the ops that each takes. */
function rulesOf(call: Call, restApiId: string): readonly PatchRule<RestApi>[] {
  return [
    { path: '/name', replace: setting('name', (value) => required(value, 'API name cannot be an empty string')) },
    {
      path: '/description',
      add: setting('description', text),
      // Clients remove the description by sending an empty one, which only CreateRestApi refuses.
      replace: setting('description', text),
      remove: removing('description'),
    },
    { path: '/apiKeySource', replace: setting('apiKeySource', apiKeySourceOf) },
    { path: '/disableExecuteApiEndpoint', replace: setting('disableExecuteApiEndpoint', flag) },
    {
      path: '/minimumCompressionSize',
      replace: setting('minimumCompressionSize', (value) =>
        text(value) === undefined ? undefined : checkedCompressionSize(integerOr(badCompressionSize)(value)),
      ),
    },
    { path: '/policy', replace: setting('policy', (value) => apiPolicy(call, restApiId, value)) },
    { path: '/securityPolicy', replace: setting('securityPolicy', securityPolicyOf) },
    { path: '/endpointAccessMode', replace: setting('endpointAccessMode', accessModeOf) },
    binaryMediaTypes,
    ...endpointRules<RestApi>(),
  ]
}

/** AWS: replacing a type removes it and appends the new one at the end. */
const binaryMediaTypes: PatchRule<RestApi> = {
  path: '/binaryMediaTypes/{mediaType}',
  add: (record, { names }) => withTypes(record, [...without(record, names[0]), names[0] ?? '']),
  replace: (record, { names, value }) => withTypes(record, [...without(record, names[0]), value ?? names[0] ?? '']),
  remove: (record, { names }) => withTypes(record, without(record, names[0])),
}

function without(record: RestApi, mediaType: string | undefined): readonly string[] {
  return (record.binaryMediaTypes ?? []).filter((each) => each !== mediaType)
}

function withTypes(record: RestApi, types: readonly string[]): RestApi {
  return { ...record, binaryMediaTypes: types.length === 0 ? undefined : types }
}

function required(value: string | undefined, sentence: string): string {
  if (value === undefined || value === '') throw new BadRequestException(sentence)
  return value
}
