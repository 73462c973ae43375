// The parameters of an import, and the API settings that a document makes for a new API or changes in an existing one (REST 14.1, 14.3).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { EndpointConfiguration, RestApi } from '@sluice/aws-protocol/apigateway'
import { DocumentFault } from '@sluice/openapi'
import type { BasePathMode } from '@sluice/openapi'
import type { RestDescription } from '../../ports/documents.ts'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { mergedTags } from '../tags.ts'
import { newEndpointConfiguration } from './endpoint-rules.ts'
import { entryOf } from './found.ts'
import {
  accessModeOf,
  apiKeySourceOf,
  apiPolicy,
  checkSecurityPolicy,
  checkedCompressionSize,
  securityPolicyOf,
} from './rest-api-rules.ts'

type Parameters = Readonly<Record<string, string>> | undefined

const basePathModes: readonly BasePathMode[] = ['ignore', 'prepend', 'split']

/** Reads a document. Throws BadRequestException with AWS's sentence for a text that is no API description. */
export async function readDescription(call: Call, body: Uint8Array, parameters: Parameters): Promise<RestDescription> {
  const basepath = (entryOf(parameters, 'basepath') ?? 'ignore') as BasePathMode
  if (!basePathModes.includes(basepath)) {
    throw new BadRequestException(`Invalid basepath specified. Valid options are ${basePathModes.join(',')}`)
  }
  const ignoreDocumentation = entryOf(parameters, 'ignore') === 'documentation'
  const options = { basepath, ignoreDocumentation, variables: variablesOf(call) }
  try {
    return await call.documents.read('RestApi', body, options)
  } catch (error) {
    if (error instanceof DocumentFault) throw refused(call, error)
    throw error
  }
}

/**
 * The exception with AWS's sentence for the caller. What is wrong, and where, is logged for the operator, because AWS's
 * sentences do not say it.
 */
export function refused({ warn, requestId }: Call, fault: DocumentFault, sentence: string = fault.message) {
  const { line, column, path, detail } = fault
  warn({ requestId, line, column, path, detail }, 'an imported document was refused')
  return new BadRequestException(sentence)
}

export function variablesOf({ scope }: Call): { accountId: string; partition: string; region: string } {
  return { accountId: scope.account, partition: 'aws', region: scope.region }
}

/** The settings of an API that is made from a document. Query parameters win over the document. */
export function importedSettings(
  call: Call,
  id: string,
  { restApi }: RestDescription,
  parameters: Parameters,
): RestApi {
  const settings: RestApi = {
    ...(restApi as RestApi),
    createdDate: nowSeconds(call),
    ...checkedWords(restApi),
    minimumCompressionSize: checkedCompressionSize(restApi.minimumCompressionSize),
    apiKeySource: apiKeySourceOf(restApi.apiKeySource ?? 'HEADER'),
    endpointConfiguration: newEndpointConfiguration(endpointOf(restApi, parameters)),
    policy: apiPolicy(call, id, restApi.policy),
    tags: mergedTags(undefined, restApi.tags),
    disableExecuteApiEndpoint: restApi.disableExecuteApiEndpoint ?? false,
  }
  if (!settings.name) throw new BadRequestException('API name cannot be an empty string')
  checkSecurityPolicy(settings)
  return settings
}

/**
 * An API's settings with those of a document over them; the endpoint's type and the tags stay (REST 14.3). Overwriting
 * removes what the document does not mention (observed: the notes of hashicorp/terraform-provider-aws in `rest_api.go`).
 */
export function mergedSettings(
  call: Call,
  before: RestApi,
  { restApi }: RestDescription,
  mode: 'merge' | 'overwrite',
): RestApi {
  const { endpointConfiguration, tags: _tags, binaryMediaTypes, policy, ...given } = restApi
  const kept = mode === 'merge' ? before : keptByOverwriting(before)
  const types = [...new Set([...(kept.binaryMediaTypes ?? []), ...(binaryMediaTypes ?? [])])]
  const vpcEndpointIds = endpointConfiguration?.vpcEndpointIds ?? kept.endpointConfiguration?.vpcEndpointIds
  const settings: RestApi = {
    ...kept,
    ...(given as RestApi),
    ...checkedWords(given),
    minimumCompressionSize: checkedCompressionSize(given.minimumCompressionSize ?? kept.minimumCompressionSize),
    binaryMediaTypes: types.length === 0 ? undefined : types,
    policy: policy === undefined ? kept.policy : apiPolicy(call, before.id ?? '', policy),
    endpointConfiguration: {
      ...kept.endpointConfiguration,
      ...(vpcEndpointIds === undefined ? {} : { vpcEndpointIds }),
    },
  }
  checkSecurityPolicy(settings)
  return settings
}

function keptByOverwriting(before: RestApi): RestApi {
  const { vpcEndpointIds: _vpcEndpointIds, ...endpointConfiguration } = before.endpointConfiguration ?? {}
  const gone = {
    description: undefined,
    minimumCompressionSize: undefined,
    binaryMediaTypes: undefined,
    policy: undefined,
  }
  return { ...before, ...gone, apiKeySource: 'HEADER', endpointConfiguration }
}

/** The settings of a document that take one of a fixed set of words; absent when it has none. Throws BadRequestException. */
function checkedWords({
  apiKeySource,
  securityPolicy,
  endpointAccessMode,
}: Pick<RestDescription['restApi'], 'apiKeySource' | 'securityPolicy' | 'endpointAccessMode'>): RestApi {
  return {
    ...(apiKeySource === undefined ? {} : { apiKeySource: apiKeySourceOf(apiKeySource) }),
    ...(securityPolicy === undefined ? {} : { securityPolicy: securityPolicyOf(securityPolicy) }),
    ...(endpointAccessMode === undefined ? {} : { endpointAccessMode: accessModeOf(endpointAccessMode) }),
  }
}

function endpointOf(
  { endpointConfiguration }: RestDescription['restApi'],
  parameters: Parameters,
): EndpointConfiguration {
  const types = entryOf(parameters, 'endpointConfigurationTypes')
  const ipAddressType = entryOf(parameters, 'ipAddressType')
  const vpcEndpointIds = entryOf(parameters, 'vpcEndpointIds')
  const configuration = {
    ...endpointConfiguration,
    ...(types === undefined ? {} : { types: types.split(',') }),
    ...(ipAddressType === undefined ? {} : { ipAddressType }),
    ...(vpcEndpointIds === undefined ? {} : { vpcEndpointIds: vpcEndpointIds.split(',') }),
  }
  const wrong = configuration.types?.find((type) => !['EDGE', 'REGIONAL', 'PRIVATE'].includes(type))
  if (wrong !== undefined) {
    throw new BadRequestException('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE')
  }
  if (configuration.ipAddressType !== undefined && !['ipv4', 'dualstack'].includes(configuration.ipAddressType)) {
    throw new BadRequestException('ipAddressType must be either ipv4 or dualstack.')
  }
  return configuration as EndpointConfiguration
}
