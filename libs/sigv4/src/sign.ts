// Signing a request, in headers or in the query.
import { algorithm, canonicalHash, canonicalPath, canonicalRequest, scopeText } from './canonical.ts'
import { canonicalHeaders, headerValue, signedNames } from './headers.ts'
import { payloadHash, unsignedPayload } from './payload.ts'
import { percentEncode } from './percent-encoding.ts'
import { maxExpiresSeconds } from './presented.ts'
import { canonicalQuery } from './query.ts'
import type { Credentials, SignableRequest } from './request.ts'
import { signingKey } from './signing-key.ts'
import { formatTimestamp } from './timestamp.ts'

/** Options for signing. */
export interface SignOptions {
  readonly region: string
  readonly service: string
  /** The time of signing, in milliseconds since 1970. */
  readonly date: number
  /** Which of the request's headers to sign, in lower case; all but those that change on the way when absent. */
  readonly signedHeaders?: readonly string[] | undefined
}

/** The options for signing a URL, with its life. */
export interface PresignOptions extends SignOptions {
  /** Seconds of validity, 1 to 604,800. */
  readonly expiresSeconds: number
}

/** Headers that intermediaries change or drop: signing them would break the request on its way. */
const unsignableHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
])

/**
 * Signs a request and gives the headers to add to it, as a flat list of names and values. The request has its `host`
 * header already. A body that is not at hand is sent as `UNSIGNED-PAYLOAD`, which few services take.
 * @throws TypeError without a host header
 */
export function sign(request: SignableRequest, credentials: Credentials, options: SignOptions): readonly string[] {
  const timestamp = formatTimestamp(options.date)
  const { sessionToken } = credentials
  const hashLine = request.body === 'UNSIGNED' ? unsignedPayload : payloadHash(request.body)
  const added = ['x-amz-date', timestamp]
  if (sessionToken !== undefined) added.push('x-amz-security-token', sessionToken)
  if (options.service === 's3' || request.body === 'UNSIGNED') added.push('x-amz-content-sha256', hashLine)
  const rawHeaders = [...withoutHeaders(request.rawHeaders, added), ...added]
  const signed = signatureOf({ ...request, rawHeaders }, hashLine, credentials, { ...options, timestamp })
  const credential = `${credentials.accessKeyId}/${signed.scope}`
  added.push(
    'authorization',
    `${algorithm} Credential=${credential}, SignedHeaders=${signed.signedHeaders}, Signature=${signed.signature}`,
  )
  return added
}

/**
 * Signs a request so that its URL alone carries the signature, and gives the whole query to send. Headers that
 * the request has must be sent with it.
 * @throws TypeError without a host header; RangeError when `expiresSeconds` is out of bounds
 */
export function presign(request: SignableRequest, credentials: Credentials, options: PresignOptions): string {
  const { expiresSeconds, service } = options
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > maxExpiresSeconds) {
    throw new RangeError(`expiresSeconds must be a whole number from 1 to ${maxExpiresSeconds}, not ${expiresSeconds}`)
  }
  const timestamp = formatTimestamp(options.date)
  const scope = scopeText({ date: timestamp.slice(0, 8), region: options.region, service })
  const names = namesToSign(request.rawHeaders, options.signedHeaders)
  const parameters: (readonly [name: string, value: string])[] = [
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${scope}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(expiresSeconds)],
  ]
  if (credentials.sessionToken !== undefined) parameters.push(['X-Amz-Security-Token', credentials.sessionToken])
  parameters.push(['X-Amz-SignedHeaders', names.join(';')])
  const added = parameters.map(([name, value]) => `${name}=${percentEncode(value)}`).join('&')
  const query = request.query === '' ? added : `${request.query}&${added}`
  const hashLine = service === 's3' || request.body === 'UNSIGNED' ? unsignedPayload : payloadHash(request.body)
  const signed = signatureOf({ ...request, query }, hashLine, credentials, { ...options, timestamp })
  return `${query}&X-Amz-Signature=${signed.signature}`
}

interface Signature {
  readonly signature: string
  readonly signedHeaders: string
  readonly scope: string
}

function signatureOf(
  request: SignableRequest,
  hashLine: string,
  credentials: Credentials,
  options: SignOptions & { readonly timestamp: string },
): Signature {
  const { service, timestamp } = options
  const signedHeaders = namesToSign(request.rawHeaders, options.signedHeaders).join(';')
  const canonical = canonicalRequest({
    method: request.method,
    path: canonicalPath(request.path, service),
    query: canonicalQuery(request.query, { omit: [], plusIsSpace: false }),
    headers: canonicalHeaders(request.rawHeaders, signedNames(signedHeaders)),
    signedHeaders,
    payloadHash: hashLine,
  })
  const scope = { date: timestamp.slice(0, 8), region: options.region, service }
  const signature = signingKey(credentials, scope).signRequest(timestamp, canonicalHash(canonical))
  return { signature, signedHeaders, scope: scopeText(scope) }
}

/** Sorted names of the headers to sign: the chosen ones, and always `host` and what AWS's own headers say. */
function namesToSign(rawHeaders: readonly string[], chosen: readonly string[] | undefined): readonly string[] {
  const names = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    const isChosen = chosen === undefined ? !unsignableHeaders.has(name) : chosen.includes(name)
    if (isChosen || name === 'host' || name.startsWith('x-amz-')) names.add(name)
  }
  if (headerValue(rawHeaders, 'host') === undefined) throw new TypeError('a request needs a host header to be signed')
  return [...names].sort()
}

function withoutHeaders(rawHeaders: readonly string[], replaced: readonly string[]): readonly string[] {
  const names = new Set(replaced.filter((_, index) => index % 2 === 0))
  return rawHeaders.filter((_, index) => !names.has((rawHeaders[index - (index % 2)] ?? '').toLowerCase()))
}
