// Checks the settings of a REST API; shared by creating, patching and importing one.
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { ApiKeySourceType, EndpointAccessMode, RestApi, SecurityPolicy } from '@sluice/aws-protocol/apigateway'
import type { Call } from '../call.ts'
import { checkApiCount } from './quotas.ts'
import { shownPolicy, storedPolicy } from './resource-policy.ts'

const largestCompressionSize = 10_485_760

/** A compression threshold in bytes, 0–10 MB. Throws BadRequestException. */
export function checkedCompressionSize(bytes: number | undefined): number | undefined {
  if (bytes !== undefined && !(Number.isInteger(bytes) && bytes >= 0 && bytes <= largestCompressionSize)) {
    throw new BadRequestException('Invalid minimum compression size, must be between 0 and 10485760')
  }
  return bytes
}

/** The API key source that a word names. Throws BadRequestException. */
export function apiKeySourceOf(value: string | undefined): ApiKeySourceType {
  if (value === 'HEADER' || value === 'AUTHORIZER') return value
  throw new BadRequestException('Invalid API key source specified. Valid options are HEADER,AUTHORIZER')
}

const securityPolicies: Readonly<Record<SecurityPolicy, true>> = {
  TLS_1_0: true,
  TLS_1_2: true,
  SecurityPolicy_TLS13_1_3_2025_09: true,
  SecurityPolicy_TLS13_1_3_FIPS_2025_09: true,
  SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09: true,
  SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09: true,
  SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09: true,
  SecurityPolicy_TLS13_1_2_PQ_2025_09: true,
  SecurityPolicy_TLS13_1_2_2021_06: true,
  SecurityPolicy_TLS13_2025_EDGE: true,
  SecurityPolicy_TLS12_PFS_2025_EDGE: true,
  SecurityPolicy_TLS12_2018_EDGE: true,
}

/** The security policy that a patch value names; an empty value removes it. Throws BadRequestException. */
export function securityPolicyOf(value: string | undefined): SecurityPolicy | undefined {
  if (value === undefined || value === '') return undefined
  if (!Object.hasOwn(securityPolicies, value)) throw new BadRequestException('Invalid security policy specified')
  return value as SecurityPolicy
}

/** The endpoint access mode that a patch value names; an empty value removes it. Throws BadRequestException. */
export function accessModeOf(value: string | undefined): EndpointAccessMode | undefined {
  if (value === undefined || value === '') return undefined
  if (value !== 'BASIC' && value !== 'STRICT') {
    throw new BadRequestException('Invalid endpoint access mode specified. Valid options are BASIC,STRICT')
  }
  return value
}

/** Refuses an enhanced TLS policy without an access mode. Its name tells it from a legacy policy (REST 13.8). */
export function checkSecurityPolicy({
  securityPolicy,
  endpointAccessMode,
}: Pick<RestApi, 'securityPolicy' | 'endpointAccessMode'>): void {
  const enhanced = securityPolicy?.startsWith('SecurityPolicy_') === true
  if (enhanced && endpointAccessMode === undefined) {
    throw new BadRequestException('endpointAccessMode is required for enhanced security policies')
  }
  if (!enhanced && endpointAccessMode === 'STRICT') {
    throw new BadRequestException('endpointAccessMode STRICT requires an enhanced security policy')
  }
}

export function apiPolicy(call: Call, apiId: string, policy: string | undefined): string | undefined {
  return storedPolicy(policy, { ...call.scope, apiId })
}

/** An API as it is shown. Get and Update always show `tags`, lists and Create only when there are any; the policy is escaped once more. */
export function shownApi(record: RestApi, always: { readonly tags: boolean }): RestApi {
  return {
    ...record,
    policy: shownPolicy(record.policy),
    tags: always.tags ? (record.tags ?? {}) : record.tags,
  }
}

/** Reserves the API's id, which is unique over all accounts. Returns false when it is taken; throws when there are too many APIs. */
export async function claimApi(call: Call, id: string): Promise<boolean> {
  await checkApiCount(call)
  return call.store.claim('api', id, JSON.stringify({ ...call.scope, kind: 'RestApi' }))
}
