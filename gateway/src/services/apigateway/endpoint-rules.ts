// Endpoint configuration of a REST API or a domain name: defaults, what excludes what, and how it is patched (recorded, RR 2).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { EndpointConfiguration, EndpointType, IpAddressType } from '@sluice/aws-protocol/apigateway'
import { withMember } from './patch.ts'
import type { Edit, PatchRule } from './patch.ts'

const endpointTypes: readonly EndpointType[] = ['REGIONAL', 'EDGE', 'PRIVATE']

/** A new resource's configuration with AWS's defaults: EDGE, and `dualstack` for private ones. Throws BadRequestException. */
export function newEndpointConfiguration(given: EndpointConfiguration | undefined): EndpointConfiguration {
  const types = given?.types ?? ['EDGE']
  if (types.length === 0) {
    throw new BadRequestException('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.')
  }
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
  // Sic: the sentence lists remove although the op was remove.
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

function withType(configuration: EndpointConfiguration, { value }: Edit): EndpointConfiguration {
  const type = endpointTypes.find((each) => each === value)
  if (type === undefined) {
    throw new BadRequestException('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE')
  }
  if (type === 'EDGE' && configuration.types?.[0] === 'PRIVATE') {
    // (?) The refusal is documented, its words are not.
    throw new BadRequestException('Cannot update endpoint from PRIVATE to EDGE')
  }
  // AWS: turning private turns the addresses to dualstack by itself.
  return { ...configuration, types: [type], ...(type === 'PRIVATE' ? { ipAddressType: 'dualstack' } : {}) }
}

function withIpAddressType(configuration: EndpointConfiguration, value: string | undefined): EndpointConfiguration {
  if (value !== 'ipv4' && value !== 'dualstack') {
    throw new BadRequestException('ipAddressType must be either ipv4 or dualstack.')
  }
  return { ...configuration, ipAddressType: value }
}
