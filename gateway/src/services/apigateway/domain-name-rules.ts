// Custom domain names of the v1 service: finding one, and what its parts must be (REST 13.4–13.8).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { DomainName, MutualTlsAuthentication } from '@sluice/aws-protocol/apigateway'
import type { DomainNameRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { domainKey, isDomainName, isPrivate, type DomainAddress } from '../domains/record.ts'
import { found } from './found.ts'
import { checkSecurityPolicy } from './rest-api-rules.ts'

export async function foundDomain(call: Call, address: DomainAddress): Promise<DomainNameRecord> {
  return found(await call.store.get('DomainName', domainKey(address)), 'Invalid domain name identifier specified')
}

/** Throws BadRequestException for a name that is none or ends with a period; a wildcard stands for the first label only, and never for private names. */
export function checkDomainName(domain: DomainName): void {
  const { domainName = '' } = domain
  if (domainName.endsWith('.')) throw new BadRequestException('Trailing period should be omitted from domain name')
  if (isDomainName(domainName) && !(isPrivate(domain) && domainName.startsWith('*'))) return
  throw new BadRequestException(`Invalid domain name specified: ${domainName}`)
}

/** Throws BadRequestException for the first rule the domain, which is of `region`, breaks. */
export function checkDomain(domain: DomainName, region: string): void {
  checkCertificate(domain.certificateArn, isPrivate(domain) ? region : 'us-east-1')
  checkCertificate(domain.regionalCertificateArn, region)
  checkCertificate(domain.ownershipVerificationCertificateArn)
  checkSecurityPolicy(domain)
  // (?) The API reference says where these apply; the words are ours.
  if (!isPrivate(domain) && (domain.policy ?? domain.managementPolicy) !== undefined) {
    throw new BadRequestException('Policies are only supported for private domain names')
  }
  if (isPrivate(domain) && domain.endpointAccessMode !== undefined) {
    throw new BadRequestException('endpointAccessMode is only supported for public domain names')
  }
  if (domain.mutualTlsAuthentication !== undefined) checkMutualTls(domain, domain.mutualTlsAuthentication)
}

/** Throws BadRequestException for what is no ACM certificate, or one of another region: AWS's sentence, as users report it. */
function checkCertificate(arn: string | undefined, region?: string): void {
  if (arn === undefined) return
  const certificateRegion = /^arn:[^:]+:acm:([^:]*):\d{12}:certificate\/[^\s]+$/.exec(arn)?.[1]
  if (certificateRegion === undefined) throw new BadRequestException(`Invalid certificate ARN: ${arn}`)
  if (region !== undefined && certificateRegion !== region) {
    throw new BadRequestException(`Invalid certificate ARN: ${arn}. Certificate must be in '${region}'.`)
  }
}

/** A new name's certificate is of its endpoint type (observed). While a name moves from one type to the other it has both. */
export function checkCertificateKind({
  certificateArn,
  regionalCertificateArn,
  endpointConfiguration,
}: DomainName): void {
  const [type] = endpointConfiguration?.types ?? []
  if (type === 'REGIONAL' && certificateArn !== undefined) {
    throw new BadRequestException('Cannot import certificates for EDGE while REGIONAL is active.')
  }
  if (type === 'EDGE' && regionalCertificateArn !== undefined) {
    throw new BadRequestException('Cannot import certificates for REGIONAL while EDGE is active.')
  }
}

function checkMutualTls(domain: DomainName, { truststoreUri }: MutualTlsAuthentication): void {
  if (domain.endpointConfiguration?.types?.[0] !== 'REGIONAL') {
    throw new BadRequestException('Mutual TLS is only supported for REGIONAL domain names')
  }
  if (domain.securityPolicy === 'TLS_1_0') {
    throw new BadRequestException('Mutual TLS authentication is only supported with TLS 1.2.')
  }
  if (!/^s3:\/\/[^/]+\/[^]+$/.test(truststoreUri ?? '')) {
    throw new BadRequestException(`Invalid truststoreUri specified: ${truststoreUri ?? ''}`)
  }
}
