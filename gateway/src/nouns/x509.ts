// What X.509 certificates say of themselves, in the forms that AWS shows; what node does not tell is read from the DER.
import type { X509Certificate } from 'node:crypto'
import { element } from './der.ts'

/** `CN=api.example.com,O=Example,C=US`: RFC 2253's order, the most specific part first. (?) of Security H.1. */
export function distinguishedName(nodeName: string): string {
  return nodeName.split('\n').filter(Boolean).reverse().join(',')
}

/** `0a:1b:2c`. Security H.1. */
export function serialText({ serialNumber }: X509Certificate): string {
  return (serialNumber.toLowerCase().match(/../g) ?? []).join(':')
}

/** The certificates of a PEM text, one text each. */
export function pemCertificates(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
}

/** Dotted algorithm of the issuer's signature: `1.2.840.113549.1.1.11` is SHA-256 with RSA. */
export function signatureAlgorithmOid({ raw }: X509Certificate): string {
  const certificate = element(raw, 0)
  const toBeSigned = element(raw, certificate.start)
  const algorithm = element(raw, toBeSigned.end)
  const { start, end } = element(raw, algorithm.start)
  return dotted(raw.subarray(start, end))
}

/** Signature algorithms by OID, as ACM names them. */
export const signatureAlgorithms: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.4', 'MD5WITHRSA'],
  ['1.2.840.113549.1.1.5', 'SHA1WITHRSA'],
  ['1.2.840.113549.1.1.10', 'RSASSA-PSS'],
  ['1.2.840.113549.1.1.11', 'SHA256WITHRSA'],
  ['1.2.840.113549.1.1.12', 'SHA384WITHRSA'],
  ['1.2.840.113549.1.1.13', 'SHA512WITHRSA'],
  ['1.2.840.10045.4.1', 'SHA1WITHECDSA'],
  ['1.2.840.10045.4.3.2', 'SHA256WITHECDSA'],
  ['1.2.840.10045.4.3.3', 'SHA384WITHECDSA'],
  ['1.2.840.10045.4.3.4', 'SHA512WITHECDSA'],
])

/** The bits of the key usage extension (RFC 5280, 4.2.1.3) that are set, lowest first; none without the extension. */
export function keyUsageBits({ raw }: X509Certificate): readonly number[] {
  const at = raw.indexOf(keyUsageExtension)
  if (at < 0) return []
  let value = element(raw, at + keyUsageExtension.length)
  // `critical`, where it is said, stands before the value.
  if (raw[value.start - 2] === 0x01) value = element(raw, value.end)
  const bits = element(raw, value.start)
  const bytes = raw.subarray(bits.start + 1, bits.end)
  const set: number[] = []
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    if (((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) set.push(bit)
  }
  return set
}

/** The object identifier 2.5.29.15, as DER writes it. */
const keyUsageExtension = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x0f])

function dotted(oid: Uint8Array): string {
  const arcs: number[] = []
  let arc = 0
  for (const byte of oid) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  const [first = 0, ...rest] = arcs
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...rest].join('.')
}
