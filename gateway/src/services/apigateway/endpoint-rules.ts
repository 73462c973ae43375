// The endpoint configuration of a REST API or a domain name: its defaults, its checks and its patch rules (recorded REST 2).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { EndpointConfiguration, EndpointType, IpAddressType } from '@sluice/aws-protocol/apigateway'
import { withMember } from './patch.ts'
import type { Edit, PatchRule } from './patch.ts'

const noType = 'REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.'

const endpointTypes: readonly EndpointType[] = ['REGIONAL', 'EDGE', 'PRIVATE']

/** A new API's or domain name's configuration with AWS's defaults: EDGE, and `dualstack` for private ones. Throws BadRequestException. */
export function newEndpointConfiguration(given: EndpointConfiguration | undefined): EndpointConfiguration {
  const types = given?.types ?? ['EDGE']
  if (types.length === 0) throw new BadRequestException(noType)
  if (types.length > 1) throw new BadRequestException('Cannot create an api with multiple Endpoint Types.')
  const configuration = {
    types,
    ipAddressType: given?.ipAddressType ?? defaultIpAddressType(types[0]),
    ...(given?.vpcEndpointIds?.length ? { vpcEndpointIds: given.vpcEndpointIds } : {}),
  }
  checkEndpointConfiguration(configuration)
  return configuration
}

function defaultIpAddressType(type: EndpointType | undefined): IpAddressType {
  return type === 'PRIVATE' ? 'dualstack' : 'ipv4'
}

/** Throws BadRequestException when the parts of a configuration do not go together. */
export function checkEndpointConfiguration({ types, ipAddressType, vpcEndpointIds }: EndpointConfiguration): void {
  const isPrivate = types?.[0] === 'PRIVATE'
  if (isPrivate && ipAddressType === 'ipv4') {
    throw new BadRequestException('Only dualstack ipAddressType is supported for Private APIs.')
  }
  if (!isPrivate && vpcEndpointIds !== undefined) {
    throw new BadRequestException('VPCEndpoints can only be specified with PRIVATE apis.')
  }
}

interface HasEndpoint {
  readonly endpointConfiguration?: EndpointConfiguration | undefined
}

/** The patchable paths below `/endpointConfiguration`. */
export function endpointRules<T extends HasEndpoint>(): readonly PatchRule<T>[] {
  const edited = (record: T, edit: (configuration: EndpointConfiguration) => EndpointConfiguration): T => ({
    ...record,
    endpointConfiguration: edit(record.endpointConfiguration ?? {}),
  })
  // The sentence is AWS's: it lists `remove` as supported although `remove` is what it refuses.
  const refuseType = (): never => {
    throw new BadRequestException("Invalid patch operation specified. Must be 'add'|'remove'|'replace'")
  }
  return [
    {
      // AWS: the segment is not used as an index; `/types/EDGE` replaces a REGIONAL type as well.
      path: '/endpointConfiguration/types/{type}',
      add: refuseType,
      replace: (record, edit) => edited(record, (configuration) => withType(configuration, edit)),
      remove: refuseType,
    },
    {
      path: '/endpointConfiguration/ipAddressType',
      replace: (record, { value }) => edited(record, (configuration) => withIpAddressType(configuration, value)),
    },
    {
      path: '/endpointConfiguration/vpcEndpointIds',
      add: (record, { value }) =>
        edited(record, (configuration) => {
          const ids = configuration.vpcEndpointIds ?? []
          if (value === undefined || ids.includes(value)) return configuration
          return { ...configuration, vpcEndpointIds: [...ids, value] }
        }),
      remove: (record, { value }) =>
        edited(record, (configuration) => {
          const left = (configuration.vpcEndpointIds ?? []).filter((id) => id !== value)
          return withMember(configuration, 'vpcEndpointIds', left.length === 0 ? undefined : left)
        }),
    },
  ]
}

/**
 * The patch rule by which a domain name moves between EDGE and REGIONAL without an interruption: the other type is added,
 * and the old one removed once DNS has followed. Source: developer guide, "Migrate a custom domain name to a different API
 * endpoint type".
 */
export function migratedTypes<T extends HasEndpoint>(): PatchRule<T> {
  const withTypes = (record: T, change: (types: readonly EndpointType[]) => readonly EndpointType[]): T => {
    const types = change(record.endpointConfiguration?.types ?? [])
    if (types.length === 0) throw new BadRequestException(noType)
    return { ...record, endpointConfiguration: { ...record.endpointConfiguration, types } }
  }
  return {
    path: '/endpointConfiguration/types',
    add: (record, { value }) => {
      const type = endpointTypeOf(value)
      return withTypes(record, (types) => {
        if (type !== types[0] && (type === 'PRIVATE' || types.includes('PRIVATE'))) {
          throw new BadRequestException('Cannot create an api with multiple Endpoint Types.')
        }
        return types.includes(type) ? types : [...types, type]
      })
    },
    remove: (record, { value }) => {
      const type = endpointTypeOf(value)
      return withTypes(record, (types) => types.filter((each) => each !== type))
    },
  }
}

function endpointTypeOf(value: string | undefined): EndpointType {
  const type = endpointTypes.find((each) => each === value)
  if (type !== undefined) return type
  throw new BadRequestException('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE')
}

function withType(configuration: EndpointConfiguration, { value }: Edit): EndpointConfiguration {
  const type = endpointTypeOf(value)
  if (type === 'EDGE' && configuration.types?.[0] === 'PRIVATE') {
    // (?) The refusal is documented, its words are not.
    throw new BadRequestException('Cannot update endpoint from PRIVATE to EDGE')
  }
  // AWS: an API that becomes private gets `dualstack` addresses without asking for them.
  return { ...configuration, types: [type], ...(type === 'PRIVATE' ? { ipAddressType: 'dualstack' } : {}) }
}

function withIpAddressType(configuration: EndpointConfiguration, value: string | undefined): EndpointConfiguration {
  if (value !== 'ipv4' && value !== 'dualstack') {
    throw new BadRequestException('ipAddressType must be either ipv4 or dualstack.')
  }
  return { ...configuration, ipAddressType: value }
}
