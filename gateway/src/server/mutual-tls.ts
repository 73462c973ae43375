// Whether a domain name's truststore vouches for the certificate that a client showed. Security H.1.
import type { X509Certificate } from 'node:crypto'
import { clientCertificateOf, type ClientCertificate } from '../nouns/client-certificate.ts'
import { signatureAlgorithmOid, signatureAlgorithms } from '../nouns/x509.ts'
import type { TlsConnection } from './tls-connection.ts'

/** How many certificates a chain may have, the client's and the trusted one included. */
const longestChain = 4
const shortestRsaBits = 2048
const strongCurves = new Set(['prime256v1', 'secp384r1', 'secp521r1'])

/** The certificates of a truststore; it stays the same object while the domain's truststore does. */
export type Truststore = readonly X509Certificate[]

export type Verdict =
  | { readonly isTrusted: true; readonly certificate: ClientCertificate }
  | { readonly isTrusted: false; readonly reason: string }

const verdicts = new WeakMap<TlsConnection, WeakMap<Truststore, Verdict>>()

/** The verdict about a connection, which stands as long as the connection does. Without TLS there is no certificate. */
export function clientVerdict(connection: TlsConnection | undefined, truststore: Truststore, nowMs: number): Verdict {
  if (connection === undefined) return refused('no client certificate')
  let known = verdicts.get(connection)
  if (known === undefined) verdicts.set(connection, (known = new WeakMap()))
  let verdict = known.get(truststore)
  if (verdict === undefined) known.set(truststore, (verdict = judge(connection.clientChain, truststore, nowMs)))
  return verdict
}

/** There is no revocation check, as on AWS. */
export function judge(chain: readonly X509Certificate[], truststore: Truststore, nowMs: number): Verdict {
  const [leaf] = chain
  if (leaf === undefined) return refused('no client certificate')
  let current = leaf
  for (let depth = 1; depth <= longestChain; depth++) {
    const weakness = weaknessOf(current, nowMs)
    if (weakness !== undefined) return refused(weakness)
    if (truststore.some(({ fingerprint256 }) => fingerprint256 === current.fingerprint256)) return trusted(leaf)
    const anchor = depth < longestChain ? issuerIn(truststore, current, nowMs) : undefined
    if (anchor !== undefined) return trusted(leaf)
    const issuer = issuerIn(chain, current, nowMs)
    if (issuer === undefined) {
      return refused(isSelfSigned(current) ? 'self signed certificate' : 'Could not find issuer for certificate')
    }
    if (issuer === current) return refused('self signed certificate')
    current = issuer
  }
  return refused('The certificate chain is too long')
}

function weaknessOf(certificate: X509Certificate, nowMs: number): string | undefined {
  if (!isValidAt(certificate, nowMs)) return 'The certificate has expired or is not yet valid'
  const algorithm = signatureAlgorithms.get(signatureAlgorithmOid(certificate)) ?? ''
  if (!/^(?:SHA(?:256|384|512)|RSASSA-PSS)/.test(algorithm)) return 'Client cert using an insecure Signature Algorithm'
  const { asymmetricKeyType, asymmetricKeyDetails: { modulusLength = 0, namedCurve = '' } = {} } = certificate.publicKey
  const isStrong =
    asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss'
      ? modulusLength >= shortestRsaBits
      : asymmetricKeyType === 'ec' && strongCurves.has(namedCurve)
  return isStrong ? undefined : 'Client cert using an insecure key'
}

/** An authority among the candidates whose key signed the certificate. */
function issuerIn(
  candidates: readonly X509Certificate[],
  certificate: X509Certificate,
  nowMs: number,
): X509Certificate | undefined {
  return candidates.find(
    (candidate) =>
      candidate.ca &&
      isValidAt(candidate, nowMs) &&
      certificate.checkIssued(candidate) &&
      certificate.verify(candidate.publicKey),
  )
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer
}

function isValidAt({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime()
}

function trusted(leaf: X509Certificate): Verdict {
  return { isTrusted: true, certificate: clientCertificateOf(leaf) }
}

function refused(reason: string): Verdict {
  return { isTrusted: false, reason }
}
