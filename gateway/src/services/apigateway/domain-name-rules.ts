// Custom domain names of the v1 service: finding one, and what its parts must be (REST 13.4–13.8).
import { BadRequestException } from '@sluice/aws-protocol/apigateway'
import type { DomainName, MutualTlsAuthentication } from '@sluice/aws-protocol/apigateway'
import type { DomainNameRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'
import { domainKey, domainNameProblem, isPrivate, type DomainAddress } from '../domains/record.ts'
import { found } from './found.ts'
import { checkSecurityPolicy } from './rest-api-rules.ts'

export async function foundDomain(call: Call, address: DomainAddress): Promise<DomainNameRecord> {
  return found(await call.store.get('DomainName', domainKey(address)), 'Invalid domain name identifier specified')
}

/**
 * Throws BadRequestException for a text that is no host name or ends with a period. A wildcard may only be the first label,
 * and never in a private name.
 */
export function checkDomainName(domain: DomainName): void {
  const { domainName = '' } = domain
  const problem = domainNameProblem(domainName)
  if (problem !== undefined) throw new BadRequestException(problem)
  if (isPrivate(domain) && domainName.startsWith('*')) {
    throw new BadRequestException(`Invalid domain name specified: ${domainName}`)
  }
}

/** Throws BadRequestException for the first rule that the domain, which is in `region`, breaks. */
export function checkDomain(domain: DomainName, region: string): void {
  checkCertificate(domain.certificateArn, isPrivate(domain) ? region : 'us-east-1')
  checkCertificate(domain.regionalCertificateArn, region)
  checkCertificate(domain.ownershipVerificationCertificateArn)
  checkSecurityPolicy(domain)
  // (?) The API reference says which domains may have these; the wording of the refusals is ours.
  if (!isPrivate(domain) && (domain.policy ?? domain.managementPolicy) !== undefined) {
    throw new BadRequestException('Policies are only supported for private domain names')
  }
  if (isPrivate(domain) && domain.endpointAccessMode !== undefined) {
    throw new BadRequestException('endpointAccessMode is only supported for public domain names')
  }
  if (domain.mutualTlsAuthentication !== undefined) checkMutualTls(domain, domain.mutualTlsAuthentication)
}

/** Throws BadRequestException for an ARN of no ACM certificate, or of one in another region; the sentence is AWS's, as users report it. */
function checkCertificate(arn: string | undefined, region?: string): void {
  if (arn === undefined) return
  const certificateRegion = /^arn:[^:]+:acm:([^:]*):\d{12}:certificate\/[^\s]+$/.exec(arn)?.[1]
  if (certificateRegion === undefined) throw new BadRequestException(`Invalid certificate ARN: ${arn}`)
  if (region !== undefined && certificateRegion !== region) {
    throw new BadRequestException(`Invalid certificate ARN: ${arn}. Certificate must be in '${region}'.`)
  }
}

/** A new domain name needs the certificate of its endpoint type and no other (observed). One that is moving between the types has both. */
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
