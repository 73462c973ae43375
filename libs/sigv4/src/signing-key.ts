// The chain of HMACs from a secret to a signature, with the keys of the day kept.
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { terminator } from './canonical.ts'
import type { Credentials, CredentialScope } from './request.ts'

/** How many signing keys are kept; each is good for one key pair, day, region and service. */
const keptKeys = 1_000

interface KeptKey {
  readonly secretAccessKey: string
  readonly key: KeyObject
}

// A memory of a pure function: it holds nothing that a caller could tell, but the time saved (five HMACs a request).
const kept = new Map<string, KeptKey>()

/**
 * The key that signs requests of one day for one region and service. A KeyObject, for an HMAC with a plain buffer
 * makes one first, at six times the cost.
 */
export function signingKey(
  credentials: Pick<Credentials, 'accessKeyId' | 'secretAccessKey'>,
  scope: Omit<CredentialScope, 'accessKeyId'>,
): KeyObject {
  const { secretAccessKey } = credentials
  const name = `${credentials.accessKeyId}\n${scope.date}\n${scope.region}\n${scope.service}`
  const known = kept.get(name)
  if (known?.secretAccessKey === secretAccessKey) {
    // Which was used last matters only when one has to go.
    if (kept.size > keptKeys / 2) {
      kept.delete(name)
      kept.set(name, known)
    }
    return known.key
  }
  const key = createSecretKey(deriveSigningKey(secretAccessKey, scope))
  kept.set(name, { secretAccessKey, key })
  if (kept.size > keptKeys) kept.delete(kept.keys().next().value ?? name)
  return key
}

function deriveSigningKey(secretAccessKey: string, scope: Omit<CredentialScope, 'accessKeyId'>): Buffer {
  const dateKey = hmac(`AWS4${secretAccessKey}`, scope.date)
  return hmac(hmac(hmac(dateKey, scope.region), scope.service), terminator)
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** The signature of a text, in lower-case hex. */
export function signature(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

/** Compares two texts without telling by its time how much of them is alike. */
export function sameText(one: string, other: string): boolean {
  const [oneBytes, otherBytes] = [Buffer.from(one), Buffer.from(other)]
  return oneBytes.length === otherBytes.length && timingSafeEqual(oneBytes, otherBytes)
}
