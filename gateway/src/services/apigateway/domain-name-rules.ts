// Custom domain names as records: where they are kept, the addresses they get, and what their parts must be (R 13.4–13.8).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { DomainName, MutualTlsAuthentication } from '@sluice/aws-protocol/apigateway'
import type { Key } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { found } from './found.ts'
import { checkSecurityPolicy } from './rest-api-rules.ts'

/** CloudFront's own zone, the same for everybody, and that of us-east-1; nothing here asks Route 53. */
const edgeHostedZoneId = 'Z2FDTNDATAQYW2'
const regionalHostedZoneId = 'Z1UJRXOUMOOFQ8'

/** Who a domain name belongs to: a public one to its name alone, a private one to its id too. */
export interface DomainAddress {
  readonly domainName: string
  readonly domainNameId?: string | undefined
}

export function domainKey({ domainName, domainNameId }: DomainAddress): Key {
  const name = domainName.toLowerCase()
  return domainNameId === undefined ? [name] : [name, domainNameId]
}

/** What the mappings of a domain are kept under. */
export function mappingDomain(address: DomainAddress): string {
  return domainKey(address).join('+')
}

export async function foundDomain(call: Call, address: DomainAddress): Promise<DomainName> {
  return found(await call.store.get('DomainName', domainKey(address)), 'Invalid domain name identifier specified')
}

export function isPrivate({ endpointConfiguration }: DomainName): boolean {
  return endpointConfiguration?.types?.[0] === 'PRIVATE'
}

/** Throws BadRequestException for a name that is none; a wildcard stands for the first label only. */
export function checkDomainName({ domainName = '', endpointConfiguration }: DomainName): void {
  const name = domainName.replace(/^\*\./, '')
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
  const isName = domainName.length <= 253 && new RegExp(`^${label}(?:\\.${label})+$`).test(name)
  if (!isName || (name !== domainName && isPrivate({ endpointConfiguration }))) {
    throw new BadRequestException(`Invalid domain name specified: ${domainName}`)
  }
}

/** Throws BadRequestException for the first rule the domain breaks. */
export function checkDomain(domain: DomainName): void {
  for (const arn of [
    domain.certificateArn,
    domain.regionalCertificateArn,
    domain.ownershipVerificationCertificateArn,
  ]) {
    if (arn !== undefined && !/^arn:[^:]+:acm:[^:]*:\d{12}:certificate\/[^\s]+$/.test(arn)) {
      throw new BadRequestException(`Invalid certificate ARN: ${arn}`)
    }
  }
  checkSecurityPolicy(domain)
  if (domain.mutualTlsAuthentication !== undefined) checkMutualTls(domain, domain.mutualTlsAuthentication)
}

function checkMutualTls(domain: DomainName, { truststoreUri }: MutualTlsAuthentication): void {
  if (domain.endpointConfiguration?.types?.[0] !== 'REGIONAL') {
    throw new BadRequestException('Mutual TLS is only supported for REGIONAL domain names')
  }
  if (domain.securityPolicy === 'TLS_1_0') {
    throw new BadRequestException('Mutual TLS requires the security policy TLS_1_2 or later')
  }
  if (!/^s3:\/\/[^/]+\/[^]+$/.test(truststoreUri ?? '')) {
    throw new BadRequestException(`Invalid truststoreUri specified: ${truststoreUri ?? ''}`)
  }
}

/** The domain with the addresses of its endpoint type: made once, kept while the type stays. */
export function withAddresses(call: Call, domain: DomainName): DomainName {
  const { region, account } = call.scope
  const type = domain.endpointConfiguration?.types?.[0]
  const name = domain.domainName ?? ''
  const edge = type === 'EDGE'
  const regional = type === 'REGIONAL'
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
    regionalHostedZoneId: regional ? regionalHostedZoneId : undefined,
  }
}
