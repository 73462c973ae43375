// Finds the last line of a canonical request: the hash of the body, or a word in its place.
import { hash } from 'node:crypto'
import type { Claims } from './authorization.ts'
import { SignatureFault, type SignatureForm } from './fault.ts'
import { headerValue } from './headers.ts'
import { queryValue } from './query.ts'
import type { SignableRequest } from './request.ts'

/** The word for a body that the signature does not cover. */
export const unsignedPayload = 'UNSIGNED-PAYLOAD'

/**
 * What is known of the body once the signature is right.
 * `hashed`: its hash is the signed one. `declared`: the body was not at hand, its SHA-256 must be `sha256`.
 * `unsigned`: not covered. `chunked`: framed as `aws-chunked`, to be read with `decodeAwsChunked`.
 */
export type PayloadKind = 'hashed' | 'declared' | 'unsigned' | 'chunked'

/** The payload's line, and where it came from. */
export interface PayloadLine {
  readonly kind: PayloadKind
  /** The line itself: a hash in hex, or one of the words. */
  readonly line: string
  /** Whether the client named it: a hash that it named is still to be compared with the body. */
  readonly isDeclared: boolean
}

/** The words that the service accepts in place of a hash. */
export interface PayloadRules {
  readonly allowUnsignedPayload: boolean
  readonly allowChunkedPayload: boolean
}

/** The parts of a presented signature that matter for the payload. */
export interface PayloadSigner {
  readonly form: SignatureForm
  readonly claims: Pick<Claims, 'names' | 'scope'>
}

/** The words for bodies in signed, or merely framed, chunks. */
const chunkedPayloads: readonly string[] = [
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
]

/**
 * Finds the payload line. What the client declares in `X-Amz-Content-Sha256` counts when it is signed, and, if it is
 * a word rather than a hash, when the service takes it; otherwise the body's own hash is the line, and a client
 * that signed something else gets a mismatch.
 * @throws SignatureFault undeclared-payload, when the body is not at hand and nothing is declared for it
 */
export function payloadLine(request: SignableRequest, signer: PayloadSigner, rules: PayloadRules): PayloadLine {
  const declared = declaredPayload(request, signer)
  if (declared !== undefined && /^[0-9a-f]{64}$/.test(declared)) {
    return { kind: request.body === 'UNSIGNED' ? 'declared' : 'hashed', line: declared, isDeclared: true }
  }
  if (declared !== undefined && isTaken(declared, rules)) {
    return { kind: declared === unsignedPayload ? 'unsigned' : 'chunked', line: declared, isDeclared: true }
  }
  if (request.body === 'UNSIGNED') throw new SignatureFault({ reason: 'undeclared-payload' })
  return { kind: 'hashed', line: payloadHash(request.body), isDeclared: false }
}

function isTaken(declared: string, rules: PayloadRules): boolean {
  const chunked = chunkedPayloads.includes(declared)
  const unsigned = declared === unsignedPayload || declared === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
  return (chunked || unsigned) && (!chunked || rules.allowChunkedPayload) && (!unsigned || rules.allowUnsignedPayload)
}

/** The SHA-256 of a body in lower-case hex. */
export function payloadHash(body: Uint8Array): string {
  return body.length === 0 ? emptyHash : hash('sha256', body, 'hex')
}

const emptyHash = hash('sha256', '', 'hex')

function declaredPayload(request: SignableRequest, signer: PayloadSigner): string | undefined {
  const header = signer.claims.names.hasPayloadHash
    ? headerValue(request.rawHeaders, 'x-amz-content-sha256')
    : undefined
  if (header !== undefined || signer.form === 'header') return header
  const parameter = queryValue(request.query, 'X-Amz-Content-Sha256')
  // S3 alone: a presigned URL does not know what will be uploaded to it.
  return parameter ?? (signer.claims.scope.service === 's3' ? unsignedPayload : undefined)
}
