// Verifies signed requests: who signed it, when, for which service, and whether the signature is right.
import { type Claims, rememberClaims } from './authorization.ts'
import { canonicalHash, stringToSign, terminator } from './canonical.ts'
import type { ChunkSigning } from './chunked.ts'
import { SignatureFault, type SignatureForm } from './fault.ts'
import { type PayloadKind, type PayloadLine, payloadHash, payloadLine } from './payload.ts'
import { type PresentedSignature, readSignature } from './presented.ts'
import { readings, usualReading } from './readings.ts'
import type { CredentialScope, SignableRequest } from './request.ts'
import { sameSignature, sameText, type SigningKey, signingKey } from './signing-key.ts'
import { formatTimestamp } from './timestamp.ts'

/** An access key as its store knows it. It may have more members; {@link Verified} returns them. */
export interface KnownKey {
  readonly secretAccessKey: string
  /** The token that requests with a temporary key must bring. */
  readonly sessionToken?: string | undefined
  /** When the session ends, in milliseconds since 1970. */
  readonly expiresAtMs?: number | undefined
}

/** The rules, and the function that looks up keys. */
export interface VerifyOptions<Key extends KnownKey> extends VerifyRules {
  /** Looks a key up; undefined when it is unknown or inactive. */
  readonly secretFor: (
    accessKeyId: string,
    sessionToken: string | undefined,
  ) => Key | undefined | Promise<Key | undefined>
}

/** The rules that a signature is verified by. */
export interface VerifyRules {
  /** The time, in milliseconds since 1970. */
  readonly now: number
  /** The service that the signature must be for; any when absent. */
  readonly service?: string | undefined
  /** The regions that the signature may be for; any when absent. */
  readonly regions?: readonly string[] | undefined
  /** How far the client's clock may be off, either way; 300,000 (five minutes) when absent. */
  readonly skewMs?: number | undefined
  /** Whether a signature may leave the body out. Absent: for S3 only. */
  readonly allowUnsignedPayload?: boolean | undefined
  /** Whether a body may come in signed chunks. Absent: for S3 only. */
  readonly allowChunkedPayload?: boolean | undefined
}

/** A request whose signature is right. */
export interface Verified<Key extends KnownKey = KnownKey> {
  readonly key: Key
  readonly scope: CredentialScope
  readonly form: SignatureForm
  readonly timestampMs: number
  readonly sessionToken: string | undefined
  readonly signedHeaders: readonly string[]
  readonly payload: VerifiedPayload
}

/** How the body is covered; see {@link PayloadKind}. */
export interface VerifiedPayload {
  readonly kind: PayloadKind
  /** The signed hash, for `hashed` and `declared`. */
  readonly sha256: string | undefined
  /** The input of `decodeAwsChunked`, for `chunked`. */
  readonly chunks: ChunkSigning | undefined
}

/**
 * Verifies the signature of a request, in the header or in the query.
 * @throws SignatureFault with the reason; `describeFailure` gives AWS's words for it
 */
export async function verify<Key extends KnownKey>(
  request: SignableRequest,
  options: VerifyOptions<Key>,
): Promise<Verified<Key>> {
  const presented = readSignature(request)
  checkClaims(presented, options)
  const found = options.secretFor(presented.claims.scope.accessKeyId, presented.sessionToken)
  const key = found instanceof Promise ? await found : found
  return verified(request, presented, { key, rules: options })
}

/** A signature that was read from a request, and the key that it names: undefined when that is unknown or inactive. */
export interface KeyedSignature<Key extends KnownKey> {
  readonly presented: PresentedSignature
  readonly key: Key | undefined
}

/**
 * Verifies the signature of a request, as {@link verify} does, when it has been read and its key is at hand.
 * @throws SignatureFault with the reason
 */
export function verifyRead<Key extends KnownKey>(
  request: SignableRequest,
  { presented, key }: KeyedSignature<Key>,
  rules: VerifyRules,
): Verified<Key> {
  checkClaims(presented, rules)
  return verified(request, presented, { key, rules })
}

/** Checks everything that does not need the key. */
function checkClaims(presented: PresentedSignature, rules: VerifyRules): void {
  checkScope(presented, rules)
  checkSignedHeaders(presented)
  checkTime(presented, rules)
}

function verified<Key extends KnownKey>(
  request: SignableRequest,
  presented: PresentedSignature,
  { key, rules }: { readonly key: Key | undefined; readonly rules: VerifyRules },
): Verified<Key> {
  const { credential, scope, names } = presented.claims
  const { accessKeyId } = scope
  if (key === undefined) throw new SignatureFault({ reason: 'unknown-key', accessKeyId })
  checkToken(presented, key, rules.now)
  const payload = payloadLine(request, presented, payloadRules(presented, rules))
  const derivedKey = signingKey({ accessKeyId, secretAccessKey: key.secretAccessKey }, scope, credential)
  checkSignature(request, presented, payload.line, derivedKey)
  checkPayload(request, payload)
  if (presented.newAuthorization !== undefined) rememberClaims(presented.newAuthorization, presented.claims)
  return {
    key,
    scope,
    form: presented.form,
    timestampMs: presented.timestampMs,
    sessionToken: presented.sessionToken,
    signedHeaders: names.listed,
    payload: verifiedPayload(payload, presented, derivedKey),
  }
}

function checkScope({ claims, timestamp }: PresentedSignature, rules: Pick<VerifyRules, 'service' | 'regions'>): void {
  const { scope } = claims
  const isService = rules.service === undefined || rules.service === scope.service
  const isRegion = rules.regions === undefined || rules.regions.includes(scope.region)
  if (!isService || !isRegion || claims.terminator !== terminator) throw wrongScope(claims, rules)
  if (scope.date !== timestamp.slice(0, 8)) {
    throw new SignatureFault({ reason: 'wrong-date', scopeDate: scope.date, timestamp })
  }
}

function wrongScope(claims: Claims, { service, regions }: Pick<VerifyRules, 'service' | 'regions'>): SignatureFault {
  const { scope } = claims
  const wrong: ('service' | 'region' | 'terminator')[] = []
  if (service !== undefined && service !== scope.service) wrong.push('service')
  if (regions !== undefined && !regions.includes(scope.region)) wrong.push('region')
  if (claims.terminator !== terminator) wrong.push('terminator')
  return new SignatureFault({
    reason: 'wrong-scope',
    wrong,
    scope,
    terminator: claims.terminator,
    expectedService: service,
  })
}

// A presigned request carries its date in the query, which is signed as a whole.
function checkSignedHeaders({ form, claims: { names } }: PresentedSignature): void {
  if (!names.hasHost) throw new SignatureFault({ reason: 'unsigned-header', header: 'host' })
  if (form === 'header' && !names.hasDate) {
    throw new SignatureFault({ reason: 'unsigned-header', header: 'x-amz-date' })
  }
}

function checkTime(presented: PresentedSignature, options: Pick<VerifyRules, 'now' | 'skewMs'>): void {
  const { now, skewMs = 300_000 } = options
  const { timestampMs, timestamp } = presented
  const lifeMs = presented.expiresSeconds === undefined ? skewMs : presented.expiresSeconds * 1_000
  const isExpired = timestampMs < now - lifeMs
  if (!isExpired && timestampMs <= now + skewMs) return
  throw new SignatureFault({
    reason: isExpired ? 'expired' : 'skew',
    timestamp,
    serverTime: formatTimestamp(now),
    limit: formatTimestamp(isExpired ? now - lifeMs : now + skewMs),
    toleranceSeconds: (isExpired ? lifeMs : skewMs) / 1_000,
  })
}

function checkToken({ claims, sessionToken }: PresentedSignature, key: KnownKey, now: number): void {
  const { accessKeyId } = claims.scope
  const isExpected = key.sessionToken === undefined ? !sessionToken : sameText(key.sessionToken, sessionToken ?? '')
  if (!isExpected) throw new SignatureFault({ reason: 'bad-token', accessKeyId })
  if (key.expiresAtMs !== undefined && key.expiresAtMs <= now) {
    throw new SignatureFault({ reason: 'expired-token', accessKeyId })
  }
}

function payloadRules(
  { claims }: PresentedSignature,
  options: Pick<VerifyRules, 'allowUnsignedPayload' | 'allowChunkedPayload'>,
): { allowUnsignedPayload: boolean; allowChunkedPayload: boolean } {
  const isS3 = claims.scope.service === 's3'
  return {
    allowUnsignedPayload: options.allowUnsignedPayload ?? isS3,
    allowChunkedPayload: options.allowChunkedPayload ?? isS3,
  }
}

function checkSignature(
  request: SignableRequest,
  presented: PresentedSignature,
  payload: string,
  key: SigningKey,
): void {
  const { timestamp, signature, claims } = presented
  const usual = usualReading(request, presented, payload)
  const usualHash = canonicalHash(usual)
  if (sameSignature(key.signRequest(timestamp, usualHash), signature)) return
  for (const { canonical, encoding } of readings(request, presented, payload)) {
    if (sameSignature(key.signRequest(timestamp, canonicalHash(canonical, encoding)), signature)) return
  }
  const usualText = stringToSign(timestamp, claims.scopeText, usualHash)
  throw new SignatureFault({ reason: 'bad-signature', canonicalRequest: usual, stringToSign: usualText })
}

function checkPayload(request: SignableRequest, payload: PayloadLine): void {
  if (payload.kind !== 'hashed' || !payload.isDeclared || request.body === 'UNSIGNED') return
  const computed = payloadHash(request.body)
  if (computed !== payload.line) {
    throw new SignatureFault({ reason: 'payload-mismatch', declared: payload.line, computed })
  }
}

function verifiedPayload(payload: PayloadLine, presented: PresentedSignature, key: SigningKey): VerifiedPayload {
  const { kind, line } = payload
  if (kind === 'unsigned') return { kind, sha256: undefined, chunks: undefined }
  if (kind !== 'chunked') return { kind, sha256: line, chunks: undefined }
  const chunks: ChunkSigning = {
    payload: line,
    key,
    timestamp: presented.timestamp,
    scope: presented.claims.scopeText,
    seedSignature: presented.signature,
  }
  return { kind, sha256: undefined, chunks }
}
