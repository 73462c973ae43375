// API mappings: under a custom domain name, which first part of a path belongs to which API and stage (H 20.2, 34).
import type { Handlers } from '@sluice/aws-protocol'
import {
  BadRequestException,
  ConflictException,
  type ApiMapping,
  type Operations,
} from '@sluice/aws-protocol/apigatewayv2'
import type { Call } from '../call.ts'
import { found } from './found.ts'
import { page } from './page.ts'
import { mappedProtocol, protocolOf, type MappedProtocol } from './mapped-api.ts'

const longestKey = 300
const multiLevelPerDomain = 200

type Names = 'CreateApiMapping' | 'GetApiMapping' | 'GetApiMappings' | 'UpdateApiMapping' | 'DeleteApiMapping'

export const apiMapping: Handlers<Operations, Names, Call> = {
  CreateApiMapping: async (input, call) => {
    await found(call, 'V2DomainName', [input.DomainName])
    const { ApiId, Stage, ApiMappingKey = '' } = input
    const record: ApiMapping = { ApiId, ApiMappingId: call.ids.short(6), ApiMappingKey, Stage }
    await check(call, input.DomainName, record)
    return keep(call, input.DomainName, record)
  },

  GetApiMapping: (input, call) => found(call, 'V2ApiMapping', [input.DomainName, input.ApiMappingId]),

  GetApiMappings: async (input, call) => {
    await found(call, 'V2DomainName', [input.DomainName])
    return page(call, 'V2ApiMapping', [input.DomainName], input)
  },

  UpdateApiMapping: async (input, call) => {
    const stored = await found(call, 'V2ApiMapping', [input.DomainName, input.ApiMappingId])
    const { ApiId, Stage = stored.Stage, ApiMappingKey = stored.ApiMappingKey } = input
    const record: ApiMapping = { ...stored, ApiId, Stage, ApiMappingKey }
    await check(call, input.DomainName, record)
    return keep(call, input.DomainName, record)
  },

  DeleteApiMapping: async (input, call) => {
    const key = [input.DomainName, input.ApiMappingId]
    await found(call, 'V2ApiMapping', key)
    call.store.delete('V2ApiMapping', key)
  },
}

function keep(call: Call, domain: string, record: ApiMapping): ApiMapping {
  call.store.put('V2ApiMapping', [domain, record.ApiMappingId ?? ''], record)
  return record
}

async function check(call: Call, domain: string, record: ApiMapping): Promise<void> {
  const protocol = await mappedProtocol(call, record.ApiId, record.Stage)
  const { ApiMappingKey: key = '' } = record
  checkKey(key, protocol)
  const mappings = await call.store.list('V2ApiMapping', [domain])
  const others = mappings
    .map(({ record: other }) => other)
    .filter((other) => other.ApiMappingId !== record.ApiMappingId)
  if (others.some((other) => (other.ApiMappingKey ?? '') === key)) {
    throw new ConflictException('ApiMapping key already exists for this domain name')
  }
  const multiLevel = others.filter((other) => other.ApiMappingKey?.includes('/') === true)
  if (key.includes('/') && multiLevel.length >= multiLevelPerDomain) {
    throw new BadRequestException('Maximum number of multi-level ApiMappings for this domain name has been reached.')
  }
  for (const other of others) {
    const sibling = await protocolOf(call, other.ApiId)
    if (sibling !== undefined && (sibling === 'WEBSOCKET') !== (protocol === 'WEBSOCKET')) {
      throw new BadRequestException('WebSocket APIs cannot share a domain name with REST or HTTP APIs')
    }
  }
}

function checkKey(key: string, protocol: MappedProtocol): void {
  const parts = key === '' ? [] : key.split('/')
  const wrong = key.length > longestKey || parts.some((part) => !/^[A-Za-z0-9$\-_.+!*'()]+$/.test(part))
  if (wrong || (protocol === 'WEBSOCKET' && parts.length > 1)) {
    throw new BadRequestException("An ApiMapping key may contain only letters, numbers and one of $-_.+!*'(),")
  }
  // Health checks of the service answer there (H 34).
  if (key === 'ping' || key === 'sping') throw new BadRequestException(`The ApiMapping key ${key} is reserved`)
}
