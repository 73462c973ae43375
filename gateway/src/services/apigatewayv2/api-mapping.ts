// API mappings: the first part of a path under a custom domain name leads to an API and a stage (HTTP 20.2, WebSocket 34).
import type { Handlers } from '@sluice/aws-protocol'
import {
  BadRequestException,
  ConflictException,
  NotFoundException,
  type ApiMapping,
  type Operations,
} from '@sluice/aws-protocol/apigatewayv2'
import type { BasePathMappingRecord } from '../../nouns/records.ts'
import type { Entry } from '../../ports/store.ts'
import type { Call } from '../call.ts'
import { checkMapping, noBasePath, type MappedProtocol } from '../domains/mapping.ts'
import { found } from './found.ts'
import { mappedProtocol } from './mapped-api.ts'
import { pageOfEntries } from './page.ts'

const longestKey = 300
const multiLevelPerDomain = 200

type Names = 'CreateApiMapping' | 'GetApiMapping' | 'GetApiMappings' | 'UpdateApiMapping' | 'DeleteApiMapping'

export const apiMapping: Handlers<Operations, Names, Call> = {
  CreateApiMapping: async (input, call) => {
    const { DomainName, ApiId, Stage, ApiMappingKey } = input
    await found(call, 'DomainName', [DomainName])
    const record = recordOf(call.ids.short(6), { ApiId, Stage, ApiMappingKey })
    await check(call, DomainName, record)
    return keep(call, DomainName, record)
  },

  GetApiMapping: async (input, call) => shown((await foundMapping(call, input)).record),

  GetApiMappings: async (input, call) => {
    await found(call, 'DomainName', [input.DomainName])
    const { entries, next } = await pageOfEntries(call, 'BasePathMapping', [input.DomainName], input)
    return { Items: entries.map(({ record }) => shown(record)), ...next }
  },

  UpdateApiMapping: async (input, call) => {
    const { key, record: stored } = await foundMapping(call, input)
    const before = shown(stored)
    const { ApiId, Stage = before.Stage, ApiMappingKey = before.ApiMappingKey } = input
    const record = recordOf(stored.apiMappingId, { ApiId, Stage, ApiMappingKey })
    await check(call, input.DomainName, record)
    call.store.delete('BasePathMapping', key)
    return keep(call, input.DomainName, record)
  },

  DeleteApiMapping: async (input, call) => {
    const { key } = await foundMapping(call, input)
    call.store.delete('BasePathMapping', key)
  },
}

function recordOf(apiMappingId: string, mapping: ApiMapping): BasePathMappingRecord {
  const { ApiId: restApiId, Stage: stage, ApiMappingKey: key = '' } = mapping
  return { apiMappingId, basePath: key === '' ? noBasePath : key, restApiId, stage }
}

/** The mapping as v2 shows it; one that v1 made for every stage has no stage. */
function shown({ apiMappingId, basePath, restApiId = '', stage = '' }: BasePathMappingRecord): ApiMapping {
  return { ApiId: restApiId, ApiMappingId: apiMappingId, ApiMappingKey: keyOf(basePath), Stage: stage }
}

function keyOf(basePath = noBasePath): string {
  return basePath === noBasePath ? '' : basePath
}

interface Named {
  readonly DomainName: string
  readonly ApiMappingId: string
}

async function foundMapping(call: Call, { DomainName, ApiMappingId }: Named): Promise<Entry<'BasePathMapping'>> {
  await found(call, 'DomainName', [DomainName])
  const mappings = await call.store.list('BasePathMapping', [DomainName])
  const mapping = mappings.find(({ record }) => record.apiMappingId === ApiMappingId)
  if (mapping !== undefined) return mapping
  throw new NotFoundException('The api mapping resource specified in the request was not found.')
}

function keep(call: Call, domain: string, record: BasePathMappingRecord): ApiMapping {
  call.store.put('BasePathMapping', [domain, record.basePath ?? noBasePath], record)
  return shown(record)
}

async function check(call: Call, domain: string, record: BasePathMappingRecord): Promise<void> {
  const protocol = await mappedProtocol(call, record.restApiId ?? '', record.stage ?? '')
  const { basePath = noBasePath, apiMappingId } = record
  checkKey(keyOf(basePath), protocol)
  const mappings = await call.store.list('BasePathMapping', [domain])
  const others = mappings.map(({ record: other }) => other).filter((other) => other.apiMappingId !== apiMappingId)
  if (others.some((other) => other.basePath === basePath)) {
    throw new ConflictException('ApiMapping key already exists for this domain name')
  }
  const multiLevel = others.filter((other) => other.basePath?.includes('/') === true)
  if (basePath.includes('/') && multiLevel.length >= multiLevelPerDomain) {
    throw new BadRequestException('Maximum number of multi-level ApiMappings for this domain name has been reached.')
  }
  await checkMapping(call, domain, record, protocol)
}

function checkKey(key: string, protocol: MappedProtocol): void {
  const parts = key === '' ? [] : key.split('/')
  const wrong = key.length > longestKey || parts.some((part) => !/^[A-Za-z0-9$\-_.+!*'()]+$/.test(part))
  if (wrong || (protocol === 'WEBSOCKET' && parts.length > 1)) {
    throw new BadRequestException("An ApiMapping key may contain only letters, numbers and one of $-_.+!*'(),")
  }
}
