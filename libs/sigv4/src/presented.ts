// Reads what a request says about its own signature, from the `Authorization` header or from a presigned query.
import {
  type Authorization,
  type Claims,
  knownClaims,
  readClaims,
  readComponents,
  splitCredential,
} from './authorization.ts'
import { algorithm } from './canonical.ts'
import { type Component, SignatureFault, type SignatureForm } from './fault.ts'
import { headerValue } from './headers.ts'
import { queryValue } from './query.ts'
import type { CredentialScope, SignableRequest } from './request.ts'
import { formatTimestamp, parseDateHeader, parseTimestamp } from './timestamp.ts'

/** A signature as presented: complete and well-formed, but not verified. */
export interface PresentedSignature {
  readonly form: SignatureForm
  readonly claims: Claims
  readonly signature: string
  readonly timestampMs: number
  /** The same as `20250115T120000Z`. */
  readonly timestamp: string
  readonly sessionToken: string | undefined
  /** Seconds of validity; a presigned query may leave them out. */
  readonly expiresSeconds: number | undefined
  /** The `Authorization` header when its claims are new: to be remembered once the signature is found right. */
  readonly newAuthorization: string | undefined
}

type SignedRequest = Pick<SignableRequest, 'query' | 'rawHeaders'>

/** The longest life of a presigned request: seven days. */
export const maxExpiresSeconds = 604_800

/**
 * Reads only the credential scope, without checking anything else: enough to tell for which service, region and
 * key a request is meant. Undefined when the request is not signed or its credential has not five parts.
 */
export function parseCredentialScope(request: SignedRequest): CredentialScope | undefined {
  const authorization = headerValue(request.rawHeaders, 'authorization')
  const credential = authorization?.startsWith(algorithm)
    ? /[ ,]Credential=([^,\s]*)/.exec(authorization)?.[1]
    : queryValue(request.query, 'X-Amz-Credential')
  return credential === undefined ? undefined : splitCredential(credential)?.scope
}

/**
 * Reads the signature of a request.
 * @throws SignatureFault missing, ambiguous, incomplete, malformed-pair, unsupported-algorithm, malformed-scope,
 * malformed-date or malformed-expiry
 */
export function readSignature({ query, rawHeaders }: SignedRequest): PresentedSignature {
  const headers = signatureHeaders(rawHeaders)
  if (!query.includes('X-Amz-') || !isPresigned(query)) return readHeaderForm(headers, rawHeaders)
  if (headers.authorization?.startsWith('AWS4-')) throw new SignatureFault({ reason: 'ambiguous' })
  return readQueryForm(query)
}

function isPresigned(query: string): boolean {
  return queryValue(query, 'X-Amz-Algorithm') !== undefined || queryValue(query, 'X-Amz-Signature') !== undefined
}

/** The headers about a signature; of repeated ones the first counts. */
interface SignatureHeaders {
  readonly authorization: string | undefined
  readonly amzDate: string | undefined
  readonly sessionToken: string | undefined
}

/** Finds all of them in one pass. */
function signatureHeaders(rawHeaders: readonly string[]): SignatureHeaders {
  let authorization: string | undefined
  let amzDate: string | undefined
  let sessionToken: string | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === 13 && name.toLowerCase() === 'authorization') authorization ??= rawHeaders[index + 1]
    else if (name.length === 10 && name.toLowerCase() === 'x-amz-date') amzDate ??= rawHeaders[index + 1]
    else if (name.length === 20 && name.toLowerCase() === 'x-amz-security-token') sessionToken ??= rawHeaders[index + 1]
  }
  return { authorization, amzDate, sessionToken }
}

function readHeaderForm(
  { authorization, amzDate, sessionToken }: SignatureHeaders,
  rawHeaders: readonly string[],
): PresentedSignature {
  if (authorization === undefined) throw new SignatureFault({ reason: 'missing' })
  const date = amzDate ?? headerValue(rawHeaders, 'date')
  const known = date === undefined ? undefined : knownClaims(authorization)
  const { claims, signature } = known ?? readAuthorization(authorization, date)
  const { timestamp, timestampMs } = readDate(date ?? '', amzDate === undefined ? parseDateHeader : parseTimestamp)
  const newAuthorization = known === undefined ? authorization : undefined
  return {
    form: 'header',
    claims,
    signature,
    timestampMs,
    timestamp,
    sessionToken,
    expiresSeconds: undefined,
    newAuthorization,
  }
}

function readAuthorization(authorization: string, date: string | undefined): Authorization {
  const components = readComponents(authorization)
  const { Credential: credential, Signature: signature, SignedHeaders: signedHeaders } = components
  if (!credential || !signature || !signedHeaders || date === undefined) {
    const lacks = lacking({ ...components, Date: date })
    throw new SignatureFault({ reason: 'incomplete', form: 'header', lacks, authorization })
  }
  return { claims: readClaims(credential, signedHeaders), signature }
}

function readDate(
  date: string,
  parse: (text: string) => number | undefined,
): Pick<PresentedSignature, 'timestampMs' | 'timestamp'> {
  const timestampMs = parse(date)
  if (timestampMs === undefined) throw new SignatureFault({ reason: 'malformed-date', date })
  return { timestampMs, timestamp: parse === parseTimestamp ? date : formatTimestamp(timestampMs) }
}

/** Which components have no value, in the order in which they are given. */
function lacking(components: { readonly [name in Component]?: string | undefined }): readonly Component[] {
  return (Object.keys(components) as Component[]).filter((name) => !components[name])
}

function readQueryForm(query: string): PresentedSignature {
  const named = queryValue(query, 'X-Amz-Algorithm')
  if (named !== undefined && named !== algorithm) {
    throw new SignatureFault({ reason: 'unsupported-algorithm', algorithm: named })
  }
  const credential = queryValue(query, 'X-Amz-Credential')
  const signature = queryValue(query, 'X-Amz-Signature')
  const signedHeaders = queryValue(query, 'X-Amz-SignedHeaders')
  const date = queryValue(query, 'X-Amz-Date')
  if (!named || !credential || !signature || !signedHeaders || !date) {
    const lacks = lacking({
      Algorithm: named,
      Credential: credential,
      Signature: signature,
      SignedHeaders: signedHeaders,
      Date: date,
    })
    throw new SignatureFault({ reason: 'incomplete', form: 'query', lacks, authorization: '' })
  }
  return {
    form: 'query',
    claims: readClaims(credential, signedHeaders),
    signature,
    ...readDate(date, parseTimestamp),
    sessionToken: queryValue(query, 'X-Amz-Security-Token'),
    expiresSeconds: readExpiry(queryValue(query, 'X-Amz-Expires')),
    newAuthorization: undefined,
  }
}

function readExpiry(expires: string | undefined): number | undefined {
  if (expires === undefined) return undefined
  const seconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0
  if (seconds < 1 || seconds > maxExpiresSeconds) throw new SignatureFault({ reason: 'malformed-expiry', expires })
  return seconds
}
