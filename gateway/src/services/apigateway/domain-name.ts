// Custom domain names, which stand in front of APIs. Public names are unique over all accounts. Rules: REST 13.4–13.8.
import { BadRequestException, ConflictException } from '@sluice/aws-protocol/apigateway'
import type { CreateDomainNameRequest, DomainName, Operations } from '@sluice/aws-protocol/apigateway'
import type { Handlers } from '@sluice/aws-protocol'
import type { DomainNameRecord } from '../../nouns/records.ts'
import { nowSeconds } from '../call.ts'
import type { Call } from '../call.ts'
import { pageOfRecords } from '../page.ts'
import { mergedTags } from '../tags.ts'
import { claimDomain, deleteDomain, domainKey, isPrivate, withAddresses } from '../domains/record.ts'
import { withTruststore } from '../domains/truststore.ts'
import { checkCertificateKind, checkDomain, checkDomainName, foundDomain } from './domain-name-rules.ts'
import { checkEndpointConfiguration, endpointRules, migratedTypes, newEndpointConfiguration } from './endpoint-rules.ts'
import { listingPaths, oneOf, patched, removing, setting, text } from './patch.ts'
import type { Change, PatchRule } from './patch.ts'
import { storedPolicy } from './resource-policy.ts'
import { accessModeOf, securityPolicyOf } from './rest-api-rules.ts'

export const domainName: Handlers<
  Operations,
  'CreateDomainName' | 'GetDomainName' | 'GetDomainNames' | 'UpdateDomainName' | 'DeleteDomainName',
  Call
> = {
  CreateDomainName: async (input, call) => {
    const given = newDomain(call, input)
    checkDomainName(given)
    checkCertificateKind(given)
    checkDomain(given, call.scope.region)
    const record = await withTruststore(call, given, undefined)
    await claim(call, record)
    call.store.put('DomainName', keyOf(record), record)
    return shown(record)
  },

  GetDomainName: async (input, call) => shown(await foundDomain(call, input)),

  GetDomainNames: async ({ resourceOwner, ...page }, call) => {
    // Domain names are not shared between accounts here.
    if (resourceOwner === 'OTHER_ACCOUNTS') return { items: [] }
    const { items, position } = await pageOfRecords(call.store, 'DomainName', [], page)
    return { items: items.map(({ record }) => shown(record)), position }
  },

  UpdateDomainName: async ({ patchOperations, ...address }, call) => {
    const before = await foundDomain(call, address)
    const edited = patched(before, patchOperations, rules, listingPaths)
    if (isPrivate(edited) !== isPrivate(before)) {
      // (?) Private names are stored by name and id, public ones are claimed over all accounts, so neither can become the
      // other. The words are ours.
      throw new BadRequestException('The endpoint type of a domain name cannot be changed to or from PRIVATE')
    }
    checkEndpointConfiguration(edited.endpointConfiguration ?? {})
    checkDomain(edited, call.scope.region)
    const record = withAddresses(call, await withTruststore(call, edited, before))
    call.store.put('DomainName', keyOf(record), record)
    return shown(record)
  },

  DeleteDomainName: async (address, call) => deleteDomain(call, await foundDomain(call, address)),
}

function newDomain(call: Call, input: CreateDomainNameRequest): DomainName {
  if (input.certificateBody ?? input.certificatePrivateKey ?? input.certificateChain) {
    throw new BadRequestException('Certificates are not uploaded here: import them to ACM and give their ARN')
  }
  const endpointConfiguration = newEndpointConfiguration(input.endpointConfiguration)
  const hidden = endpointConfiguration.types?.[0] === 'PRIVATE'
  const certificate = input.certificateArn ?? input.regionalCertificateArn
  return withAddresses(call, {
    domainName: input.domainName.toLowerCase(),
    domainNameId: hidden ? call.ids.short(10) : undefined,
    certificateName: input.certificateName,
    certificateArn: input.certificateArn,
    certificateUploadDate: certificate === undefined ? undefined : nowSeconds(call),
    regionalCertificateName: input.regionalCertificateName,
    regionalCertificateArn: input.regionalCertificateArn,
    endpointConfiguration,
    domainNameStatus: 'AVAILABLE',
    securityPolicy: input.securityPolicy ?? 'TLS_1_2',
    endpointAccessMode: input.endpointAccessMode,
    mutualTlsAuthentication: input.mutualTlsAuthentication,
    ownershipVerificationCertificateArn: input.ownershipVerificationCertificateArn,
    policy: storedPolicy(input.policy),
    routingMode: input.routingMode ?? 'BASE_PATH_MAPPING_ONLY',
    tags: mergedTags(undefined, input.tags),
  })
}

function keyOf(record: DomainName) {
  return domainKey({ domainName: record.domainName ?? '', domainNameId: record.domainNameId })
}

/** Claims a public name; private ones need not be unique, because their id tells them apart. */
async function claim(call: Call, record: DomainName): Promise<void> {
  if (isPrivate(record)) return
  if (await claimDomain(call, record.domainName ?? '')) return
  throw new ConflictException('The domain name you provided already exists.')
}

/**
 * The domain without its trust store's text. Its policy is shown unescaped, unlike a REST API's: Terraform's provider
 * compares it as JSON.
 */
function shown({ truststorePem: _truststorePem, ...record }: DomainNameRecord): DomainName {
  return record
}

const routingModes = ['BASE_PATH_MAPPING_ONLY', 'ROUTING_RULE_ONLY', 'ROUTING_RULE_THEN_BASE_PATH_MAPPING'] as const

type CertificateMember =
  | 'certificateName'
  | 'certificateArn'
  | 'regionalCertificateName'
  | 'regionalCertificateArn'
  | 'ownershipVerificationCertificateArn'

/** The patch rule of one certificate member: certificates are added and removed while a name moves from one endpoint type to the other. */
function certificate(name: CertificateMember): PatchRule<DomainNameRecord> {
  const set = setting<DomainNameRecord, typeof name>(name, text)
  return { path: `/${name}`, add: set, replace: set, remove: removing(name) }
}

/** The patch rule of a trust store's member. AWS: an empty or removed trust store turns mutual TLS off. */
function truststore(member: 'truststoreUri' | 'truststoreVersion'): PatchRule<DomainNameRecord> {
  const put = (record: DomainNameRecord, value: string | undefined): DomainNameRecord => {
    const isOff = member === 'truststoreUri' && value === undefined
    const mutualTlsAuthentication = isOff ? undefined : { ...record.mutualTlsAuthentication, [member]: value }
    return { ...record, mutualTlsAuthentication }
  }
  const set: Change<DomainNameRecord> = (record, { value }) => put(record, text(value))
  const remove: Change<DomainNameRecord> = (record) => put(record, undefined)
  return { path: `/mutualTlsAuthentication/${member}`, add: set, replace: set, remove }
}

const rules: readonly PatchRule<DomainNameRecord>[] = [
  certificate('certificateName'),
  certificate('certificateArn'),
  certificate('regionalCertificateName'),
  certificate('regionalCertificateArn'),
  migratedTypes<DomainNameRecord>(),
  certificate('ownershipVerificationCertificateArn'),
  { path: '/securityPolicy', replace: setting('securityPolicy', securityPolicyOf) },
  { path: '/endpointAccessMode', replace: setting('endpointAccessMode', accessModeOf) },
  { path: '/policy', replace: setting('policy', (value) => storedPolicy(value)) },
  { path: '/managementPolicy', replace: setting('managementPolicy', (value) => storedPolicy(value)) },
  { path: '/routingMode', replace: setting('routingMode', oneOf('routing mode', routingModes)) },
  truststore('truststoreUri'),
  truststore('truststoreVersion'),
  ...endpointRules<DomainNameRecord>(),
]
