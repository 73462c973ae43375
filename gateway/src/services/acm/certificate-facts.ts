// Reads the facts that ACM shows about a certificate from its text: names, dates, key, usages. Security H.4.
import { X509Certificate } from 'node:crypto'
import type {
  CertificateDetail,
  CertificateSummary,
  ExtendedKeyUsage,
  KeyAlgorithm,
  KeyUsageName,
} from '@sluice/aws-protocol/acm'
import type { CertificateRecord } from '../../nouns/records.ts'
import {
  distinguishedName,
  keyUsageBits,
  serialText,
  signatureAlgorithmOid,
  signatureAlgorithms,
} from '../../nouns/x509.ts'

/** The names of a certificate's key usages, in the order of the extension's bits (RFC 5280, 4.2.1.3). */
const keyUsages: readonly KeyUsageName[] = [
  'DIGITAL_SIGNATURE',
  'NON_REPUDIATION',
  'KEY_ENCIPHERMENT',
  'DATA_ENCIPHERMENT',
  'KEY_AGREEMENT',
  'CERTIFICATE_SIGNING',
  'CRL_SIGNING',
  'ENCIPHER_ONLY',
  'DECIPHER_ONLY',
]

const extendedKeyUsages: Readonly<Record<string, ExtendedKeyUsage['Name']>> = {
  '1.3.6.1.5.5.7.3.1': 'TLS_WEB_SERVER_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.2': 'TLS_WEB_CLIENT_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.3': 'CODE_SIGNING',
  '1.3.6.1.5.5.7.3.4': 'EMAIL_PROTECTION',
  '1.3.6.1.5.5.7.3.8': 'TIME_STAMPING',
  '1.3.6.1.5.5.7.3.9': 'OCSP_SIGNING',
  '2.5.29.37.0': 'ANY',
}

const curves: Readonly<Record<string, KeyAlgorithm>> = {
  prime256v1: 'EC_prime256v1',
  secp384r1: 'EC_secp384r1',
  secp521r1: 'EC_secp521r1',
}

const rsaLengths: Readonly<Record<number, KeyAlgorithm>> = {
  1024: 'RSA_1024',
  2048: 'RSA_2048',
  3072: 'RSA_3072',
  4096: 'RSA_4096',
}

/** The algorithm of a certificate's key; undefined for one that ACM does not take. */
export function keyAlgorithmOf({ publicKey }: X509Certificate): KeyAlgorithm | undefined {
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {}
  return publicKey.asymmetricKeyType === 'rsa' ? rsaLengths[modulusLength] : curves[namedCurve]
}

/** DescribeCertificate's answer without `InUseBy`, which depends on other records. */
export function detailOf(record: CertificateRecord): CertificateDetail {
  const certificate = new X509Certificate(record.certificatePem)
  const names = namesOf(certificate)
  const { certificateArn, createdAt, importedAt } = record
  const algorithm = signatureAlgorithmOid(certificate)
  return {
    CertificateArn: certificateArn,
    CreatedAt: createdAt,
    DomainName: names[0],
    DomainValidationOptions: [],
    ExtendedKeyUsages: (certificate.keyUsage ?? []).map((OID) => ({ Name: extendedKeyUsages[OID] ?? 'CUSTOM', OID })),
    ImportedAt: importedAt,
    Issuer: attribute(certificate.issuer, 'O') ?? attribute(certificate.issuer, 'CN') ?? '',
    KeyAlgorithm: keyAlgorithmOf(certificate),
    KeyUsages: keyUsageBits(certificate).map((bit) => ({ Name: keyUsages[bit] ?? 'CUSTOM' })),
    NotAfter: certificate.validToDate.getTime() / 1000,
    NotBefore: certificate.validFromDate.getTime() / 1000,
    Options: { CertificateTransparencyLoggingPreference: 'DISABLED' },
    RenewalEligibility: 'INELIGIBLE',
    Serial: serialText(certificate),
    SignatureAlgorithm: signatureAlgorithms.get(algorithm) ?? algorithm,
    Status: 'ISSUED',
    Subject: distinguishedName(certificate.subject),
    SubjectAlternativeNames: names,
    Type: 'IMPORTED',
  }
}

/** A certificate as ListCertificates shows it, made from its detail. At most 100 names, as on AWS. */
export function summaryOf(detail: CertificateDetail): CertificateSummary {
  const { SubjectAlternativeNames: names = [], KeyUsages = [], ExtendedKeyUsages = [], InUseBy = [] } = detail
  return {
    CertificateArn: detail.CertificateArn,
    CreatedAt: detail.CreatedAt,
    DomainName: detail.DomainName,
    ExtendedKeyUsages: ExtendedKeyUsages.map(({ Name = 'CUSTOM' }) => Name),
    HasAdditionalSubjectAlternativeNames: names.length > 100,
    ImportedAt: detail.ImportedAt,
    InUse: InUseBy.length > 0,
    KeyAlgorithm: detail.KeyAlgorithm,
    KeyUsages: KeyUsages.map(({ Name = 'CUSTOM' }) => Name),
    NotAfter: detail.NotAfter,
    NotBefore: detail.NotBefore,
    RenewalEligibility: detail.RenewalEligibility,
    Status: detail.Status,
    SubjectAlternativeNameSummaries: names.slice(0, 100),
    Type: detail.Type,
  }
}

/** The names of a certificate, each once: the subject's common name first, then the alternative names. */
function namesOf({ subject, subjectAltName = '' }: X509Certificate): readonly string[] {
  const alternatives = [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name = '']) => name)
  const common = attribute(subject, 'CN')
  return [...new Set(common === undefined ? alternatives : [common, ...alternatives])]
}

function attribute(nodeName: string, type: string): string | undefined {
  const line = nodeName.split('\n').find((part) => part.startsWith(`${type}=`))
  return line?.slice(type.length + 1)
}
