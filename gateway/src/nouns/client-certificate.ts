// The certificate that a client showed to a domain name with mutual TLS, as events and `$context.identity.clientCert` have it.
import type { X509Certificate } from 'node:crypto'
import { distinguishedName, serialText } from './x509.ts'

export interface ClientCertificate {
  readonly clientCertPem: string
  readonly subjectDN: string
  readonly issuerDN: string
  /** `a1:a1:a1` */
  readonly serialNumber: string
  /** `May 28 12:30:02 2019 GMT` */
  readonly validity: { readonly notBefore: string; readonly notAfter: string }
}

export function clientCertificateOf(certificate: X509Certificate): ClientCertificate {
  return {
    clientCertPem: certificate.toString(),
    subjectDN: distinguishedName(certificate.subject),
    issuerDN: distinguishedName(certificate.issuer),
    serialNumber: serialText(certificate),
    validity: { notBefore: certificate.validFrom, notAfter: certificate.validTo },
  }
}
