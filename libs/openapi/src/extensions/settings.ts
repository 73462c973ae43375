// Reads what the document says about the API as a whole: media types, compression, key source, policy, endpoint, tags.
import { compactJson } from '../json-text.ts'
import { booleanOf, entriesOf, integerOf, itemsOf, member, textOf, textsOf } from '../node.ts'
import type { Node } from '../node.ts'
import type { Reading } from '../reading.ts'
import { present, recordOf } from '../record.ts'
import type { EndpointConfiguration, RestApi } from '../rest-description.ts'

/** The `restApi` of the description: `info` and the extensions of the document's root. */
export function readSettings(reading: Reading): RestApi {
  const { root } = reading
  const info = member(root, 'info')
  const endpoint = endpointExtension(reading)
  const compression = member(root, 'x-amazon-apigateway-minimum-compression-size')
  if (compression !== undefined && integerOf(compression) === undefined) {
    reading.warn('The minimum compression size is a number of bytes. Ignoring.', compression)
  }
  const cors = member(root, 'x-amazon-apigateway-cors')
  // AWS: for HTTP APIs only (rest.md 9); the words are ours.
  if (cors !== undefined)
    reading.warn("Unsupported extension 'x-amazon-apigateway-cors' for REST APIs. Ignoring.", cors)
  const binaryMediaTypes = textsOf(member(root, 'x-amazon-apigateway-binary-media-types'))
  return present<RestApi>({
    name: textOf(member(info, 'title')),
    description: textOf(member(info, 'description')),
    version: textOf(member(info, 'version')),
    apiKeySource: textOf(member(root, 'x-amazon-apigateway-api-key-source'))?.toUpperCase(),
    binaryMediaTypes: binaryMediaTypes.length === 0 ? undefined : binaryMediaTypes,
    minimumCompressionSize: integerOf(compression),
    policy: readPolicy(member(root, 'x-amazon-apigateway-policy')),
    disableExecuteApiEndpoint: booleanOf(member(endpoint, 'disableExecuteApiEndpoint')),
    endpointConfiguration: readEndpointConfiguration(endpoint),
    securityPolicy: textOf(member(root, 'x-amazon-apigateway-security-policy')),
    endpointAccessMode: textOf(member(root, 'x-amazon-apigateway-endpoint-access-mode')),
    tags: readTags(root, undefined),
  })
}

function readPolicy(policy: Node | undefined): string | undefined {
  return policy?.kind === 'scalar' ? textOf(policy) : policy && compactJson(policy)
}

/** `x-amazon-apigateway-endpoint-configuration`: on the root, or on the first server of an OpenAPI 3 document. */
export function endpointExtension(reading: Reading): Node | undefined {
  const [server, second] = itemsOf(member(reading.root, 'servers'))
  if (second !== undefined) {
    reading.warn(
      'More than one server provided. Ignoring all but the first for defining endpoint configuration',
      second,
    )
  }
  const name = 'x-amazon-apigateway-endpoint-configuration'
  return member(server, name) ?? member(reading.root, name)
}

function readEndpointConfiguration(node: Node | undefined): EndpointConfiguration | undefined {
  const types = textsOf(member(node, 'types')).map((type) => type.toUpperCase())
  const vpcEndpointIds = textsOf(member(node, 'vpcEndpointIds'))
  const configuration = present<EndpointConfiguration>({
    types: types.length === 0 ? undefined : types,
    ipAddressType: textOf(member(node, 'ipAddressType')),
    vpcEndpointIds: vpcEndpointIds.length === 0 ? undefined : vpcEndpointIds,
  })
  return Object.keys(configuration).length === 0 ? undefined : configuration
}

/**
 * Tags of the API from the document's `tags`. One without `x-amazon-apigateway-tag-value` takes `missing`, or is an
 * ordinary OpenAPI tag when `missing` is undefined. `undefined` when there are none.
 */
export function readTags(root: Node, missing: string | undefined): Record<string, string> | undefined {
  const tags = new Map<string, string>()
  for (const tag of itemsOf(member(root, 'tags'))) {
    const name = textOf(member(tag, 'name'))
    const value = textOf(entriesOf(tag).get('x-amazon-apigateway-tag-value')) ?? missing
    if (name !== undefined && value !== undefined) tags.set(name, value)
  }
  return tags.size === 0 ? undefined : recordOf(tags)
}
