// Reads the truststore of a domain name with mutual TLS when it is set; it is stored with the domain until it is set again (Security H.1).
import { X509Certificate } from 'node:crypto'
import { ServiceFault } from '@sluice/aws-protocol'
import type { DomainNameRecord } from '../../nouns/records.ts'
import { distinguishedName, pemCertificates } from '../../nouns/x509.ts'
import type { Call } from '../call.ts'

const mostCertificates = 1000
const mostBytes = 1024 * 1024

/**
 * The domain with its truststore's text. `before` is the stored domain: the same version of the same object is not read
 * again. Throws BadRequestException when the object does not exist or holds no certificate.
 */
export async function withTruststore(
  call: Call,
  domain: DomainNameRecord,
  before: DomainNameRecord | undefined,
): Promise<DomainNameRecord> {
  const { mutualTlsAuthentication: wanted, truststorePem: _truststorePem, ...rest } = domain
  if (wanted === undefined) return rest
  const known = before?.mutualTlsAuthentication
  const isKnown = wanted.truststoreUri === known?.truststoreUri && wanted.truststoreVersion === known?.truststoreVersion
  if (isKnown && before?.truststorePem !== undefined) return { ...domain, mutualTlsAuthentication: known }
  const { truststoreUri: uri = '', truststoreVersion } = wanted
  const truststorePem = await readTruststore(call, uri)
  const warnings = warningsOf(truststorePem, call.nowMs)
  const mutualTlsAuthentication = {
    truststoreUri: uri,
    ...(truststoreVersion !== undefined && { truststoreVersion }),
    ...(warnings.length > 0 && { truststoreWarnings: warnings }),
  }
  return { ...rest, mutualTlsAuthentication, truststorePem }
}

async function readTruststore(call: Call, uri: string): Promise<string> {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? []
  const bytes = await call.objects?.read(bucket, key)
  if (bytes === undefined) {
    throw badRequest(`The truststore ${uri} cannot be read. Buckets are folders in the folder that --buckets names.`)
  }
  const pem = Buffer.from(bytes).toString('latin1')
  const certificates = pemCertificates(pem)
  if (bytes.length > mostBytes || certificates.length > mostCertificates) {
    throw badRequest(`The truststore ${uri} is too large: at most 1,000 certificates and 1 MB`)
  }
  if (!certificates.some((text) => parsed(text) !== undefined)) {
    throw badRequest(`The truststore ${uri} holds no certificate`)
  }
  return pem
}

/** Warnings about a truststore that is used all the same. Open choice (?): the words of the first two. */
function warningsOf(pem: string, nowMs: number): string[] {
  const warnings: string[] = []
  const issuers = new Map<string, string>()
  for (const text of pemCertificates(pem)) {
    const certificate = parsed(text)
    if (certificate === undefined) {
      warnings.push('The truststore contains a certificate that cannot be parsed.')
      continue
    }
    const subject = distinguishedName(certificate.subject)
    if (certificate.validToDate.getTime() < nowMs) warnings.push(`The certificate ${subject} has expired.`)
    const issuer = issuers.get(subject)
    if (issuer !== undefined && issuer !== certificate.issuer) {
      warnings.push(
        `The certificate subject ${subject} conflicts with an existing certificate from a different issuer.`,
      )
    }
    issuers.set(subject, certificate.issuer)
  }
  return warnings
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function badRequest(message: string): ServiceFault {
  return new ServiceFault('BadRequestException', 400, message)
}
