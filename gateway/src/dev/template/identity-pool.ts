// `AWS::Cognito::IdentityPool`, its roles and its principal tags.
import { entriesOf, member, textOf } from '@sluice/cloudformation'
import type { MapNode, Node } from '@sluice/cloudformation'
import { stableUuid } from '../stable-id.ts'
import { found } from './found.ts'
import { inputOf, textProperty, type Input } from './input.ts'
import type { ResourceKind, Wanted } from './resource-kind.ts'
import { quietly } from './row-kind.ts'

const service = 'cognito-identity'
/** Properties of Cognito Sync, which does not exist here. */
const except = ['CognitoEvents', 'CognitoStreams', 'PushSync']

export const identityPool: ResourceKind = {
  put: async (wanted, deployment) => {
    const { call, region, stackName } = deployment
    const given = inputOf(wanted, [service, 'CreateIdentityPool'], { except })
    const input: Input = { IdentityPoolName: wanted.logicalId, ...given }
    const IdentityPoolId = `${region}:${stableUuid(`${stackName}/${wanted.logicalId}`)}`
    const tags = { ...(input['IdentityPoolTags'] as object | undefined), _custom_id_: IdentityPoolId }
    const isThere = (await found(call(service, 'DescribeIdentityPool', { IdentityPoolId }))) !== undefined
    if (isThere) await call(service, 'UpdateIdentityPool', { ...input, IdentityPoolTags: tags, IdentityPoolId })
    else await call(service, 'CreateIdentityPool', { ...input, IdentityPoolTags: tags })
    return {
      physicalId: IdentityPoolId,
      ref: IdentityPoolId,
      attributes: { Id: IdentityPoolId, Name: String(input['IdentityPoolName']) },
      input,
      remove: async (call) => void (await call(service, 'DeleteIdentityPool', { IdentityPoolId })),
    }
  },
}

export const identityPoolRoles: ResourceKind = {
  put: async (wanted, { call }) => {
    const input = inputOf(withMappedProviders(wanted), [service, 'SetIdentityPoolRoles'])
    const IdentityPoolId = textProperty(wanted, 'IdentityPoolId')
    await call(service, 'SetIdentityPoolRoles', { Roles: {}, ...input })
    return {
      physicalId: IdentityPoolId,
      ref: IdentityPoolId,
      attributes: { Id: IdentityPoolId },
      input,
      remove: (call) => quietly(call(service, 'SetIdentityPoolRoles', { IdentityPoolId, Roles: {} })),
    }
  },
}

/** The mappings by provider. CloudFormation allows the provider's name as a property, too, because keys cannot be references. */
function withMappedProviders({ type, properties }: Wanted): Pick<Wanted, 'type' | 'properties'> {
  const mappings = [...entriesOf(member(properties, 'RoleMappings'))].map(([key, mapping]): [string, Node] => {
    const provider = textOf(member(mapping, 'IdentityProvider')) ?? key
    return [provider, mapping.kind === 'map' ? without(mapping, 'IdentityProvider') : mapping]
  })
  if (mappings.length === 0) return { type, properties }
  const { offset } = properties
  const RoleMappings: MapNode = { kind: 'map', entries: new Map(mappings), offset }
  return {
    type,
    properties: { kind: 'map', entries: new Map([...properties.entries, ['RoleMappings', RoleMappings]]), offset },
  }
}

function without(map: MapNode, name: string): MapNode {
  return { ...map, entries: new Map([...map.entries].filter(([key]) => key !== name)) }
}

export const identityPoolPrincipalTag: ResourceKind = {
  put: async (wanted, { call }) => {
    const input = inputOf(wanted, [service, 'SetPrincipalTagAttributeMap'])
    const { IdentityPoolId, IdentityProviderName } = input
    await call(service, 'SetPrincipalTagAttributeMap', input)
    const id = `${String(IdentityPoolId)}|${String(IdentityProviderName)}`
    return {
      physicalId: id,
      ref: id,
      attributes: {},
      input,
      remove: (call) => quietly(call(service, 'SetPrincipalTagAttributeMap', { IdentityPoolId, IdentityProviderName })),
    }
  },
}
