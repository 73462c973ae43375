// The records of custom domain names, which both API Gateway services share: keys, addresses, claiming and deleting.
import type { DomainName, DomainNameAccessAssociation } from '@sluice/aws-protocol/apigateway'
import type { DomainNameRecord, Key } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { edgeHostedZoneId, regionalHostedZoneId } from './hosted-zones.ts'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const hostName = new RegExp(`^(?:\\*\\.)?(?:${label}\\.)+${label}$`)

/** The identity of a domain name: the name of a public one, name and id of a private one. */
export interface DomainAddress {
  readonly domainName: string
  readonly domainNameId?: string | undefined
}

/** Whether a text is a host name of two labels or more in lower case, `*.` in front allowed; IP addresses are not. */
export function isDomainName(name: string): boolean {
  return name.length <= 253 && hostName.test(name) && !/\.\d+$/.test(name)
}

/** AWS's sentence for a name that no domain can have, of both services; undefined for one that can be. Observed but the last. */
export function domainNameProblem(name: string): string | undefined {
  if (name.endsWith('.')) return 'Trailing period should be omitted from domain name'
  if (name.includes('_')) return 'Domain names cannot contain an underscore character'
  return isDomainName(name) ? undefined : `Invalid domain name specified: ${name}`
}

export function domainKey({ domainName, domainNameId }: DomainAddress): Key {
  const name = domainName.toLowerCase()
  return domainNameId === undefined ? [name] : [name, domainNameId]
}

/** The key that a domain's mappings are stored under. */
export function mappingDomain(address: DomainAddress): string {
  return domainKey(address).join('+')
}

export function isPrivate({ endpointConfiguration }: Pick<DomainName, 'endpointConfiguration'>): boolean {
  return endpointConfiguration?.types?.[0] === 'PRIVATE'
}

/** The domain with an address for each endpoint type, which is made once and kept while the domain has that type. */
export function withAddresses<Domain extends DomainName>(call: Call, domain: Domain): Domain {
  const { region, account } = call.scope
  const types = domain.endpointConfiguration?.types ?? []
  const name = domain.domainName ?? ''
  const edge = types.includes('EDGE')
  const regional = types.includes('REGIONAL')
  return {
    ...domain,
    domainNameArn: isPrivate(domain)
      ? `arn:aws:apigateway:${region}:${account}:/domainnames/${name}+${domain.domainNameId}`
      : `arn:aws:apigateway:${region}::/domainnames/${name}`,
    distributionDomainName: edge
      ? (domain.distributionDomainName ?? `${call.ids.short(14)}.cloudfront.net`)
      : undefined,
    distributionHostedZoneId: edge ? edgeHostedZoneId : undefined,
    regionalDomainName: regional
      ? (domain.regionalDomainName ?? `d-${call.ids.short(10)}.execute-api.${region}.amazonaws.com`)
      : undefined,
    regionalHostedZoneId: regional ? regionalHostedZoneId(region) : undefined,
  }
}

/** Reserves a public name, which is unique over all accounts and regions. Returns false when it is taken. */
export function claimDomain(call: Call, name: string): Promise<boolean> {
  return call.store.claim('domain', name, JSON.stringify(call.scope))
}

/** Reserves a name at a VPC endpoint for one private domain. Returns false when another domain has it. */
export function claimAssociation(call: Call, association: DomainNameAccessAssociation): Promise<boolean> {
  const { domainNameAccessAssociationArn = '' } = association
  return call.store.claim('private-domain', placeOf(association), domainNameAccessAssociationArn)
}

export function deleteAssociation(call: Call, association: DomainNameAccessAssociation): void {
  call.store.delete('DomainNameAccessAssociation', [association.domainNameAccessAssociationArn ?? ''])
  call.store.release('private-domain', placeOf(association))
}

function placeOf({ accessAssociationSource, domainNameArn = '' }: DomainNameAccessAssociation): string {
  const [name = ''] = domainNameArn.slice(domainNameArn.lastIndexOf('/') + 1).split('+')
  return `${accessAssociationSource} ${name}`
}

/** Deletes a domain name with all that belongs to it. */
export async function deleteDomain(call: Call, record: DomainNameRecord): Promise<void> {
  const { domainName = '', domainNameId } = record
  const address = { domainName, domainNameId: isPrivate(record) ? domainNameId : undefined }
  for (const kind of ['BasePathMapping', 'V2RoutingRule'] as const) {
    for (const { key } of await call.store.list(kind, [mappingDomain(address)])) call.store.delete(kind, key)
  }
  for (const { record: association } of await call.store.list('DomainNameAccessAssociation', [])) {
    if (association.domainNameArn === record.domainNameArn) deleteAssociation(call, association)
  }
  call.store.delete('DomainName', domainKey(address))
  if (!isPrivate(record)) call.store.release('domain', domainName)
}
