// A self-signed X.509 certificate over a new RSA key, the one form that client certificates need.
import { generateKeyPair, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { integer, oid, pem, sequence, time, tlv } from '../../nouns/der.ts'

export interface SelfSigned {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** What AWS's client certificates say of themselves (REST 13.9), as attribute OIDs and values. */
const subject: readonly (readonly [oid: string, value: string])[] = [
  ['2.5.4.6', 'US'],
  ['2.5.4.8', 'Washington'],
  ['2.5.4.7', 'Seattle'],
  ['2.5.4.10', 'Amazon.com'],
  ['2.5.4.3', 'ApiGateway'],
]

const sha256WithRsa = '1.2.840.113549.1.1.11'

/** X.509 wants a country as PrintableString; the other attributes may be it too. */
const printableString = 0x13

/** RSA-2048, SHA-256, valid between two times in epoch milliseconds. */
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

/** Positive, and never with a leading zero byte to trim. */
function serialNumber(): Buffer {
  const bytes = randomBytes(8)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}
