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
const maximumTokenCharacters = 10_240

const malformed = 'the token is malformed'
const beyondLatin1 = /[^\0-\xff]/
const algorithmName = /^[A-Za-z0-9+_-]{1,32}$/

/** AWS: RSA only. HTTP 11.2. */
export const supportedAlgorithms: ReadonlyMap<string, string> = new Map([
  ['RS256', 'RSA-SHA256'],
  ['RS384', 'RSA-SHA384'],
  ['RS512', 'RSA-SHA512'],
])

/** Takes a token apart without trusting it. Throws TokenFault. */
export function parseToken(token: string): ParsedToken {
  if (token.length > maximumTokenCharacters || isOfOtherLetters(token)) throw new TokenFault(malformed)
  const headEnd = token.indexOf('.')
  const signedEnd = token.indexOf('.', headEnd + 1)
  if (headEnd < 0 || signedEnd < 0) throw new TokenFault(malformed)
  const payload = decoded(token.slice(headEnd + 1, signedEnd))
  const signature = decoded(token.slice(signedEnd + 1))
  const { algorithm, keyId } = readHead(token.slice(0, headEnd))
  return { algorithm, keyId, claims: objectOf(payload), signed: token.slice(0, signedEnd), signature }
}

/** Whether the token has characters that base64url lacks and node's decoder takes: `+`, `/`, and those of which it takes the lower byte. */
function isOfOtherLetters(token: string): boolean {
  return token.includes('+') || token.includes('/') || beyondLatin1.test(token)
}

/** The claims of what `parseToken` found to be signed. */
export function claimsOf(signed: string): ParsedToken['claims'] {
  return objectOf(decoded(signed.slice(signed.indexOf('.') + 1)))
}

type Head = Pick<ParsedToken, 'algorithm' | 'keyId'>

/** How many heads are remembered: all tokens of one key have the same head, and those of strangers must not fill the memory. */
const maximumHeads = 100
const maximumHeadCharacters = 512
const heads = new Map<string, Head>()

function readHead(text: string): Head {
  const known = heads.get(text)
  if (known !== undefined) return known
  const { alg, kid, crit } = objectOf(decoded(text))
  if (typeof alg !== 'string' || !algorithmName.test(alg)) throw new TokenFault(malformed)
  if (!supportedAlgorithms.has(alg)) throw new TokenFault(`signing method ${alg} is invalid`)
  // RFC 7515 4.1.11: who does not understand a critical extension must refuse; no extension is understood here.
  if (crit !== undefined) throw new TokenFault(malformed)
  if (typeof kid !== 'string') throw new TokenFault('signature mismatch')
  const head = { algorithm: alg, keyId: kid }
  if (text.length > maximumHeadCharacters) return head
  if (heads.size >= maximumHeads) heads.clear()
  heads.set(text, head)
  return head
}

/** The bytes of a part. Node's decoder passes over what is no base64: then there are fewer than there should be. */
function decoded(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (part === '' || part.length % 4 === 1 || bytes.length !== Math.floor((part.length * 3) / 4)) {
    throw new TokenFault(malformed)
  }
  return bytes
}

function objectOf(bytes: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new TokenFault(malformed)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TokenFault(malformed)
  return value as Readonly<Record<string, unknown>>
}
