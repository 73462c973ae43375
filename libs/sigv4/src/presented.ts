// What a request says about its own signature, read from the `Authorization` header or from a presigned query.
import { algorithm, scopeText } from './canonical.ts'
import { type Component, SignatureFault, type SignatureForm } from './fault.ts'
import { headerValue, signedNames, type SignedNames } from './headers.ts'
import { queryValue } from './query.ts'
import type { CredentialScope, SignableRequest } from './request.ts'
import { formatTimestamp, parseDateHeader, parseTimestamp } from './timestamp.ts'

/** A signature as presented: complete and well-formed, but not verified. */
export interface PresentedSignature {
  readonly form: SignatureForm
  /** As it stands in the request: `scope` with its terminator. */
  readonly credential: string
  readonly scope: CredentialScope
  /** The scope without the key, with the terminator that it should have. */
  readonly scopeText: string
  readonly terminator: string
  readonly names: SignedNames
  readonly signature: string
  readonly timestampMs: number
  /** The same as `20250115T120000Z`. */
  readonly timestamp: string
  readonly sessionToken: string | undefined
  /** Seconds of validity; a presigned query may leave them out. */
  readonly expiresSeconds: number | undefined
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
export function readSignature(request: SignedRequest): PresentedSignature {
  const authorization = headerValue(request.rawHeaders, 'authorization')
  const presigned = queryValue(request.query, 'X-Amz-Algorithm') ?? queryValue(request.query, 'X-Amz-Signature')
  if (presigned === undefined) {
    if (authorization === undefined) throw new SignatureFault({ reason: 'missing' })
    return readHeaderForm(authorization, request.rawHeaders)
  }
  if (authorization?.startsWith('AWS4-')) throw new SignatureFault({ reason: 'ambiguous' })
  return readQueryForm(request.query)
}

function readHeaderForm(authorization: string, rawHeaders: readonly string[]): PresentedSignature {
  const pairs = readUsualPairs(authorization) ?? readPairs(authorization)
  const amzDate = headerValue(rawHeaders, 'x-amz-date')
  const date = amzDate ?? headerValue(rawHeaders, 'date')
  const { Credential: credential, Signature: signature, SignedHeaders: signedHeaders } = pairs
  if (!credential || !signature || !signedHeaders || date === undefined) {
    const lacks = lacking({ ...pairs, Date: date })
    throw new SignatureFault({ reason: 'incomplete', form: 'header', lacks, authorization })
  }
  const named = readCredential(credential)
  const { timestamp, timestampMs } = readDate(date, amzDate === undefined ? parseDateHeader : parseTimestamp)
  return {
    form: 'header',
    credential,
    scope: named.scope,
    scopeText: named.scopeText,
    terminator: named.terminator,
    names: signedNames(signedHeaders),
    signature,
    timestampMs,
    timestamp,
    sessionToken: headerValue(rawHeaders, 'x-amz-security-token'),
    expiresSeconds: undefined,
  }
}

function readDate(
  date: string,
  parse: (text: string) => number | undefined,
): Pick<PresentedSignature, 'timestampMs' | 'timestamp'> {
  const timestampMs = parse(date)
  if (timestampMs === undefined) throw new SignatureFault({ reason: 'malformed-date', date })
  return { timestampMs, timestamp: parse === parseTimestamp ? date : formatTimestamp(timestampMs) }
}

type Components<Name extends Component> = { readonly [name in Name]: string | undefined }

/** Which components have no value, in the order in which they are given. */
function lacking(components: Partial<Components<Component>>): readonly Component[] {
  return (Object.keys(components) as Component[]).filter((name) => !components[name])
}

type HeaderComponents = Components<'Credential' | 'Signature' | 'SignedHeaders'>

const opening = `${algorithm} Credential=`

/** The components as nearly all clients write them, in AWS's order: found without taking everything apart. */
function readUsualPairs(authorization: string): HeaderComponents | undefined {
  if (!authorization.startsWith(opening)) return undefined
  const scopeEnd = authorization.indexOf(',', opening.length)
  const names = startOf('SignedHeaders=', authorization, scopeEnd)
  const namesEnd = names < 0 ? -1 : authorization.indexOf(',', names)
  const signature = startOf('Signature=', authorization, namesEnd)
  if (signature < 0 || authorization.includes(',', signature)) return undefined
  return {
    Credential: authorization.slice(opening.length, scopeEnd).trimEnd(),
    Signature: authorization.slice(signature).trimEnd(),
    SignedHeaders: authorization.slice(names, namesEnd).trimEnd(),
  }
}

/** Where the value of a component begins that follows a comma, with a blank or without; -1 where something else does. */
function startOf(name: string, authorization: string, comma: number): number {
  if (comma < 0) return -1
  const start = authorization[comma + 1] === ' ' ? comma + 2 : comma + 1
  return authorization.startsWith(name, start) ? start + name.length : -1
}

/** The components behind the scheme. One that is named twice is as good as not there. */
function readPairs(authorization: string): HeaderComponents {
  const space = authorization.indexOf(' ')
  const scheme = space < 0 ? authorization : authorization.slice(0, space)
  if (scheme.startsWith('AWS4-') && scheme !== algorithm) {
    throw new SignatureFault({ reason: 'unsupported-algorithm', algorithm: scheme })
  }
  const pairs = new Map<string, string | undefined>()
  for (const piece of authorization.slice(scheme.length).split(',')) {
    const pair = piece.trim()
    if (pair === '') continue
    const equals = pair.indexOf('=')
    if (equals < 0) throw new SignatureFault({ reason: 'malformed-pair', pair, authorization })
    const name = pair.slice(0, equals)
    pairs.set(name, pairs.has(name) || scheme !== algorithm ? undefined : pair.slice(equals + 1))
  }
  return {
    Credential: pairs.get('Credential'),
    Signature: pairs.get('Signature'),
    SignedHeaders: pairs.get('SignedHeaders'),
  }
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
    credential,
    ...readCredential(credential),
    names: signedNames(signedHeaders),
    signature,
    ...readDate(date, parseTimestamp),
    sessionToken: queryValue(query, 'X-Amz-Security-Token'),
    expiresSeconds: readExpiry(queryValue(query, 'X-Amz-Expires')),
  }
}

function readExpiry(expires: string | undefined): number | undefined {
  if (expires === undefined) return undefined
  const seconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0
  if (seconds < 1 || seconds > maxExpiresSeconds) throw new SignatureFault({ reason: 'malformed-expiry', expires })
  return seconds
}

type Credential = Pick<PresentedSignature, 'scope' | 'scopeText' | 'terminator'>

/** A client presents one credential all day. Longer texts than usual are not kept, so that nobody fills memory. */
const keptCredentials = 1_000
const keptCharacters = 200
const kept = new Map<string, Credential>()

function readCredential(credential: string): Credential {
  const known = kept.get(credential)
  if (known !== undefined) return known
  const split = splitCredential(credential)
  if (split === undefined) throw new SignatureFault({ reason: 'malformed-scope', credential })
  if (credential.length > keptCharacters) return split
  if (kept.size >= keptCredentials) kept.clear()
  kept.set(credential, split)
  return split
}

function splitCredential(credential: string): Credential | undefined {
  const [accessKeyId, date, region, service, last, ...more] = credential.split('/', 6)
  if (!accessKeyId || date === undefined || region === undefined || service === undefined) return undefined
  if (last === undefined || more.length > 0) return undefined
  const scope = { accessKeyId, date, region, service }
  return { scope, scopeText: scopeText(scope), terminator: last }
}
