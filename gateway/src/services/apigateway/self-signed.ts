// Makes self-signed X.509 certificates over a new RSA key, the only form that client certificates have.
import { generateKeyPair, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { integer, oid, pem, sequence, time, tlv } from '../../nouns/der.ts'

export interface SelfSigned {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** The subject of AWS's client certificates (REST 13.9), as attribute OIDs and values. */
const subject: readonly (readonly [oid: string, value: string])[] = [
  ['2.5.4.6', 'US'],
  ['2.5.4.8', 'Washington'],
  ['2.5.4.7', 'Seattle'],
  ['2.5.4.10', 'Amazon.com'],
  ['2.5.4.3', 'ApiGateway'],
]

const sha256WithRsa = '1.2.840.113549.1.1.11'

/** The ASN.1 tag of PrintableString, which X.509 demands for a country and allows for the other attributes. */
const printableString = 0x13

/** Makes an RSA-2048 key and a certificate signed with SHA-256. Both times are epoch milliseconds. */
export async function selfSigned(notBeforeMs: number, notAfterMs: number): Promise<SelfSigned> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const algorithm = sequence(oid(sha256WithRsa), tlv(0x05))
  const name = sequence(
    ...subject.map(([attribute, value]) =>
      tlv(0x31, sequence(oid(attribute), tlv(printableString, Buffer.from(value)))),
    ),
  )
  const toBeSigned = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    algorithm,
    name,
    sequence(time(notBeforeMs), time(notAfterMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  const certificate = sequence(toBeSigned, algorithm, tlv(0x03, Buffer.from([0]), signature))
  return {
    certificatePem: pem('CERTIFICATE', certificate),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** A random serial number: positive, and without a leading zero byte that DER would have to drop. */
function serialNumber(): Buffer {
  const bytes = randomBytes(8)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}
