// Finds the certificate that an ACM call names, and the domain names that use it.
import { InvalidArnException, ResourceNotFoundException } from '@sluice/aws-protocol/acm'
import type { CertificateRecord } from '../../nouns/records.ts'
import type { Call } from '../call.ts'

const arnForm = /^arn:[\w-]+:acm:[\w-]*:\d{12}:certificate\/([\w-]+)$/

/**
 * The certificate's record. Throws InvalidArnException for a text that is no certificate's ARN, and
 * ResourceNotFoundException when there is no such certificate.
 */
export async function foundCertificate(call: Call, arn: string): Promise<CertificateRecord> {
  const id = arnForm.exec(arn)?.[1]
  if (id === undefined) throw new InvalidArnException(`arn: ${arn} is not a valid ARN`)
  const record = await call.store.get('Certificate', [id])
  if (record?.certificateArn === arn) return record
  throw new ResourceNotFoundException(`Could not find certificate ${arn}.`)
}

/** By certificate ARN, the ARNs of the domain names of this account and region that use it. */
export async function usersOf(call: Call): Promise<ReadonlyMap<string, readonly string[]>> {
  const users = new Map<string, string[]>()
  for (const { record } of await call.store.list('DomainName', [])) {
    const { certificateArn, regionalCertificateArn, ownershipVerificationCertificateArn, domainNameArn = '' } = record
    for (const arn of new Set([certificateArn, regionalCertificateArn, ownershipVerificationCertificateArn])) {
      if (arn === undefined) continue
      const known = users.get(arn)
      if (known === undefined) users.set(arn, [domainNameArn])
      else known.push(domainNameArn)
    }
  }
  return users
}
