// A JWT taken apart: header, claims and signature, or the reason why it is none. RFC 7519, HTTP 11.2.

export interface ParsedToken {
  readonly algorithm: string
  readonly keyId: string
  readonly claims: Readonly<Record<string, unknown>>
  /** What is signed: the first two parts. */
  readonly signed: string
  readonly signature: Uint8Array
}

/** The claim that a token is refused for: what it was to be, and what it is. */
export interface ClaimFinding {
  readonly claim: string
  readonly expected: unknown
  readonly found: unknown
}

/** Why a token is refused: the `error_description` of the answer. */
export class TokenFault extends Error {
  /** Undefined where it is not about a claim. */
  readonly finding: ClaimFinding | undefined

  constructor(description: string, finding?: ClaimFinding) {
    super(description)
    this.name = 'TokenFault'
    this.finding = finding
  }
}

/** A request's headers are bounded by 10,240 bytes, so no token that came this far is longer. */
export const maximumTokenCharacters = 10_240

const malformed = 'the token is malformed'
const base64url = /^[A-Za-z0-9_-]+$/
const algorithmName = /^[A-Za-z0-9+_-]{1,32}$/

/** AWS: RSA only. HTTP 11.2. */
export const supportedAlgorithms: ReadonlyMap<string, string> = new Map([
  ['RS256', 'RSA-SHA256'],
  ['RS384', 'RSA-SHA384'],
  ['RS512', 'RSA-SHA512'],
])

/** Takes a token apart without trusting it. Throws TokenFault. */
export function parseToken(token: string): ParsedToken {
  if (token.length > maximumTokenCharacters) throw new TokenFault(malformed)
  const parts = token.split('.', 4)
  const [head = '', payload = '', signature = ''] = parts
  if (parts.length !== 3 || !parts.every((part) => base64url.test(part))) throw new TokenFault(malformed)
  const { alg, kid, crit } = objectOf(head)
  if (typeof alg !== 'string' || !algorithmName.test(alg)) throw new TokenFault(malformed)
  if (!supportedAlgorithms.has(alg)) throw new TokenFault(`signing method ${alg} is invalid`)
  // RFC 7515 4.1.11: who does not understand a critical extension must refuse; no extension is understood here.
  if (crit !== undefined) throw new TokenFault(malformed)
  if (typeof kid !== 'string') throw new TokenFault('signature mismatch')
  return {
    algorithm: alg,
    keyId: kid,
    claims: objectOf(payload),
    signed: token.slice(0, head.length + 1 + payload.length),
    signature: Buffer.from(signature, 'base64url'),
  }
}

function objectOf(part: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    throw new TokenFault(malformed)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TokenFault(malformed)
  return value as Readonly<Record<string, unknown>>
}
