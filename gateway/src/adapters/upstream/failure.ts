// Why a connection to a backend failed, with the words that AWS's execution logs have for it: those of Java's classes.
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls'
import { UpstreamFault } from '../../ports/upstream.ts'

/** Node's errors about a certificate. `host` and `cert` come with the one about names. */
interface Failure {
  readonly code?: string
  readonly host?: string
  readonly cert?: PeerCertificate
}

const untrusted =
  'PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target'
const outOfDate = 'PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed'

/** Code → AWS's words. Source: knowledge centre, api-gateway-ssl-certificate-errors. */
const certificateCodes: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  INVALID_CA: untrusted,
  CERT_HAS_EXPIRED: outOfDate,
  CERT_NOT_YET_VALID: outOfDate,
}

/** `isOpen`: whether the connection was there when it failed. */
export function faultOf(error: unknown, isOpen: boolean): UpstreamFault {
  if (error instanceof UpstreamFault) return error
  if (!(error instanceof Error)) return new UpstreamFault(isOpen ? 'broken' : 'refused', String(error), error)
  const { code = '', host, cert } = error as Error & Failure
  const certificate =
    code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? misnamed(host ?? '', cert?.subject) : certificateCodes[code]
  if (certificate !== undefined) return new UpstreamFault('certificate', error.message, error, certificate)
  const logged = isOpen && code === 'ECONNRESET' ? 'Connection reset by peer' : undefined
  return new UpstreamFault(isOpen ? 'broken' : 'refused', error.message, error, logged)
}

/** `tlsConfig.insecureSkipVerification` lets any authority pass, but neither another name nor another time. REST 3.9. */
export function unfitCertificate(socket: TLSSocket, name: string): Error | undefined {
  const certificate = socket.getPeerCertificate()
  const now = Date.now()
  if (now < Date.parse(certificate.valid_from) || now > Date.parse(certificate.valid_to)) {
    return Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' })
  }
  return checkServerIdentity(name, certificate)
}

/** The subject as Java prints it: the most specific attribute first. */
function misnamed(host: string, subject: PeerCertificate['subject'] | undefined): string {
  const attributes = Object.entries(subject ?? {}).reverse()
  const name = attributes.map(([type, value]) => `${type}=${String(value)}`).join(', ')
  return `Host name '${host}' does not match the certificate subject provided by the peer (${name})`
}
