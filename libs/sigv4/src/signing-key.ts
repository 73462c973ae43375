// Derives signing keys by the chain of HMACs, signs with them, and keeps those of the day.
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { algorithm, credentialText, scopeText, stringToSign, terminator } from './canonical.ts'
import type { Credentials, CredentialScope } from './request.ts'

const blockBytes = 64
const hashBytes = 32
const timestampBytes = 16
const timestampStart = blockBytes + algorithm.length + 1

/**
 * A key that signs texts. HMAC-SHA256 by its definition (RFC 2104), as two one-shot hashes: an `Hmac` object costs as much
 * again as the hashing it does.
 */
export class SigningKey {
  /** The key's inner block, and behind it room for a text: those of one day, region and service are equally long. */
  #inner: Buffer
  /** The key's inner block, and behind it a string to sign, in which a timestamp and a hash are still to be written. */
  readonly #request: Buffer
  /** The key's outer block, and behind it room for the hash of the inner one. */
  readonly #outer: Buffer

  /**
   * @param key at most 64 bytes
   * @param scope what the key is bound to, as a string to sign names it
   */
  constructor(key: Uint8Array, scope = '') {
    this.#inner = Buffer.alloc(blockBytes, 0x36)
    this.#outer = Buffer.alloc(blockBytes + hashBytes, 0x5c)
    for (const [at, byte] of key.entries()) {
      this.#inner[at] = byte ^ 0x36
      this.#outer[at] = byte ^ 0x5c
    }
    const text = stringToSign(' '.repeat(timestampBytes), scope, ' '.repeat(2 * hashBytes))
    this.#request = Buffer.concat([this.#inner, Buffer.from(text)])
  }

  /** The signature of a text, in lower-case hex. */
  sign(text: string): string {
    const bytes = blockBytes + Buffer.byteLength(text)
    if (this.#inner.length !== bytes) this.#inner = resized(this.#inner, bytes)
    this.#inner.write(text, blockBytes)
    return this.#finish(this.#inner)
  }

  /** The signature of a request that was signed at `timestamp` (16 characters), by the hash of its canonical form in hex. */
  signRequest(timestamp: string, canonicalHash: string): string {
    this.#request.write(timestamp, timestampStart, timestampBytes, 'latin1')
    this.#request.write(canonicalHash, this.#request.length - 2 * hashBytes, 'latin1')
    return this.#finish(this.#request)
  }

  #finish(inner: Buffer): string {
    this.#outer.write(hash('sha256', inner, 'binary'), blockBytes, 'latin1')
    return hash('sha256', this.#outer, 'hex')
  }
}

/** A buffer with the same first block. */
function resized(inner: Buffer, bytes: number): Buffer {
  const other = Buffer.alloc(bytes)
  inner.copy(other, 0, 0, blockBytes)
  return other
}

/** How many signing keys are kept; each is good for one key pair, day, region and service. */
const keptKeys = 1_000

interface KeptKey {
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
  readonly key: SigningKey
}

// A memory of a pure function: it holds nothing that a caller could tell, but the time saved (five HMACs a request).
const kept = new Map<string, KeptKey>()

/**
 * The key that signs requests of one day for one region and service.
 * @param credential the scope's text with the key id in front, where it is at hand
 */
export function signingKey(
  { accessKeyId, secretAccessKey }: Pick<Credentials, 'accessKeyId' | 'secretAccessKey'>,
  scope: Omit<CredentialScope, 'accessKeyId'>,
  credential: string = credentialText(accessKeyId, scope),
): SigningKey {
  const { region, service } = scope
  const known = kept.get(credential)
  // Region and service are compared too: written by hand they may have slashes, and the text is the same for several.
  if (known?.secretAccessKey === secretAccessKey && known.region === region && known.service === service) {
    // The order of use matters only when one has to be dropped.
    if (kept.size > keptKeys / 2) {
      kept.delete(credential)
      kept.set(credential, known)
    }
    return known.key
  }
  const key = new SigningKey(deriveSigningKey(secretAccessKey, scope), scopeText(scope))
  kept.set(credential, { secretAccessKey, region, service, key })
  if (kept.size > keptKeys) kept.delete(kept.keys().next().value ?? credential)
  return key
}

function deriveSigningKey(secretAccessKey: string, scope: Omit<CredentialScope, 'accessKeyId'>): Buffer {
  const dateKey = hmac(`AWS4${secretAccessKey}`, scope.date)
  return hmac(hmac(hmac(dateKey, scope.region), scope.service), terminator)
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

const one = Buffer.alloc(2 * hashBytes)
const other = Buffer.alloc(2 * hashBytes)

/** Compares two signatures in hex without telling by its time how much of them is alike. */
export function sameSignature(computed: string, presented: string): boolean {
  if (presented.length !== one.length || one.write(presented) !== one.length) return false
  return other.write(computed, 'latin1') === other.length && timingSafeEqual(one, other)
}

/** Compares two texts without telling by its time how much of them is alike. */
export function sameText(text: string, another: string): boolean {
  const [bytes, otherBytes] = [Buffer.from(text), Buffer.from(another)]
  return bytes.length === otherBytes.length && timingSafeEqual(bytes, otherBytes)
}
