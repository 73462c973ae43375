// Custom domain names of the v1 service: finding one, and what its parts must be (R 13.4–13.8).
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

/** Throws BadRequestException for a name that is none; a wildcard stands for the first label only, and never for private names. */
export function checkDomainName(domain: DomainName): void {
  const { domainName = '' } = domain
  if (isDomainName(domainName) && !(isPrivate(domain) && domainName.startsWith('*'))) return
  throw new BadRequestException(`Invalid domain name specified: ${domainName}`)
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
