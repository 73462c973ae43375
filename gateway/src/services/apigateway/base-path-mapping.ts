// Base path mappings: the first segment of a custom domain's path leads to an API and a stage. Rules: REST 13.5.
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { BasePathMapping, Operations, PatchOperation } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { BasePathMappingRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { checkMapping, noBasePath } from '../domains/mapping.ts'
import { isPrivate, mappingDomain, type DomainAddress } from '../domains/record.ts'
import { foundDomain } from './domain-name-rules.ts'
import { found } from './found.ts'
import { listingPaths, patched, setting, text } from './patch.ts'
import type { PatchRule } from './patch.ts'

export const basePathMapping: Handlers<
  Operations,
  | 'CreateBasePathMapping'
  | 'GetBasePathMapping'
  | 'GetBasePathMappings'
  | 'UpdateBasePathMapping'
  | 'DeleteBasePathMapping',
  Call
> = {
  CreateBasePathMapping: async (input, call) => {
    const { restApiId } = input
    const basePath = basePathOf(input.basePath)
    const record = { apiMappingId: call.ids.short(6), basePath, restApiId, stage: text(input.stage) }
    await check(call, input, record)
    await refuseTaken(call, input, basePath)
    call.store.put('BasePathMapping', [mappingDomain(input), basePath], record)
    return shown(record)
  },

  GetBasePathMapping: async (input, call) => shown(await foundMapping(call, input, input.basePath)),

  GetBasePathMappings: async ({ limit, position, ...address }, call) => {
    await foundDomain(call, address)
    const page = await pageOfRecords(call.store, 'BasePathMapping', [mappingDomain(address)], { limit, position })
    return { items: page.items.map(({ record }) => shown(record)), position: page.position }
  },

  UpdateBasePathMapping: async ({ basePath, patchOperations, ...address }, call) => {
    const before = await foundMapping(call, address, basePath)
    const record = patched(before, patchOperations?.map(asListed), rules, listingPaths)
    await check(call, address, record)
    if (record.basePath !== before.basePath) {
      await refuseTaken(call, address, record.basePath ?? noBasePath)
      call.store.delete('BasePathMapping', [mappingDomain(address), before.basePath ?? noBasePath])
    }
    call.store.put('BasePathMapping', [mappingDomain(address), record.basePath ?? noBasePath], record)
    return shown(record)
  },

  DeleteBasePathMapping: async ({ basePath, ...address }, call) => {
    await foundMapping(call, address, basePath)
    call.store.delete('BasePathMapping', [mappingDomain(address), basePathOf(basePath)])
  },
}

async function foundMapping(call: Call, address: DomainAddress, basePath: string): Promise<BasePathMappingRecord> {
  await foundDomain(call, address)
  const mapping = await call.store.get('BasePathMapping', [mappingDomain(address), basePathOf(basePath)])
  return found(mapping, 'Invalid base path mapping identifier specified')
}

/** v1 names a mapping by its base path alone and does not show v2's id. */
function shown({ apiMappingId: _apiMappingId, ...mapping }: BasePathMappingRecord): BasePathMapping {
  return mapping
}

function basePathOf(given: string | undefined): string {
  return given === undefined || given === '' ? noBasePath : given
}

async function refuseTaken(call: Call, address: DomainAddress, basePath: string): Promise<void> {
  if ((await call.store.get('BasePathMapping', [mappingDomain(address), basePath])) === undefined) return
  throw new ConflictException('Base path already exists for this domain name')
}

/** Throws NotFoundException when the domain does not exist, and BadRequestException for the first wrong part of a mapping. */
async function check(call: Call, address: DomainAddress, mapping: BasePathMappingRecord): Promise<void> {
  const { basePath = noBasePath, restApiId, stage } = mapping
  const domain = await foundDomain(call, address)
  if (basePath.includes('/')) {
    const instead = 'To create a multi-level base path mapping, use API Gateway V2.'
    throw new BadRequestException(
      `API Gateway V1 doesn't support the slash character (/) in base path mappings. ${instead}`,
    )
  }
  if (!/^[a-zA-Z0-9$\-_.+!*'()]+$/.test(basePath)) throw new BadRequestException('Invalid base path specified')
  const api = await call.store.get('RestApi', [restApiId ?? ''])
  if (api === undefined) throw new BadRequestException('Invalid REST API identifier specified')
  if ((api.endpointConfiguration?.types?.[0] === 'PRIVATE') !== isPrivate(domain)) {
    throw new BadRequestException('Private APIs and private domain names can only be mapped to each other')
  }
  if (stage !== undefined && (await call.store.get('Stage', [restApiId ?? '', stage])) === undefined) {
    throw new BadRequestException('Invalid stage identifier specified')
  }
  await checkMapping(call, mappingDomain(address), mapping, 'REST')
}

const rules: readonly PatchRule<BasePathMappingRecord>[] = [
  { path: '/basePath', replace: setting('basePath', basePathOf) },
  { path: '/restapiId', replace: setting('restApiId', text) },
  { path: '/stage', replace: setting('stage', text) },
]

/**
 * Patch paths are matched without regard to case: the API reference writes `/basepath` and its examples `/basePath`, and
 * the API's id has two spellings in use as well.
 */
function asListed(operation: PatchOperation): PatchOperation {
  const rule = rules.find(({ path }) => path.toLowerCase() === operation.path?.toLowerCase())
  return rule === undefined ? operation : { ...operation, path: rule.path }
}
