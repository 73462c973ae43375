// A self-signed X.509 certificate over a new RSA key, written in DER by hand: the one form that client certificates need.
import { generateKeyPair, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'

export interface SelfSigned {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

/** What AWS's client certificates say of themselves (R 13.9), as attribute OIDs and values. */
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

/** Tag, length, value. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tlv(0x30, ...parts)
}

function integer(bytes: Uint8Array): Buffer {
  return tlv(0x02, bytes)
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tlv(0x06, Buffer.from(bytes))
}

/** RFC 5280: two-digit years until 2049, four digits from 2050. */
function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  return digits < '2050' ? tlv(0x17, Buffer.from(`${digits.slice(2)}Z`)) : tlv(0x18, Buffer.from(`${digits}Z`))
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
