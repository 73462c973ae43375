// What a REST API makes of a Lambda proxy function's answer. Recorded: REST 32.2, 32.3; REST 5.3.
import { fromBase64, utf8 } from '../../nouns/bytes.ts'
import type { Answer } from '../../nouns/exchange.ts'
import { fault, type GatewayFault } from '../../nouns/faults.ts'
import { headerValues } from '../../nouns/headers.ts'
import { headerValue } from './hop-headers.ts'
import { appendRemapped } from './proxy-headers.ts'

const known = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded', 'cookies'])

interface ProxyAnswer {
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly multiValueHeaders?: unknown
  readonly body?: unknown
  readonly isBase64Encoded?: unknown
  readonly cookies?: unknown
}

/** `decodesBinary`: whether the first media type that the client accepts is one of the API's binary types. Throws GatewayFault. */
export function lambdaProxyAnswer(payload: Uint8Array, decodesBinary: () => boolean): Answer {
  const delimiterAt = Buffer.from(payload.buffer, payload.byteOffset, payload.length).indexOf(preludeDelimiter)
  // AWS: a streaming function that is invoked without streaming gives its status and headers, and no body — REST 3.10
  if (delimiterAt >= 0) return { ...preludeHead(payload.subarray(0, delimiterAt)), body: '' }
  const answer = parse(payload, known)
  const headers = mergedHeaders(answer)
  if (!hasHeader(headers, 'content-type')) headers.push('Content-Type', 'application/json')
  return { status: statusOf(answer.statusCode), headers, body: bodyOf(answer, decodesBinary) }
}

/** What stands between the prelude of a streamed answer and its body. */
export const preludeDelimiter: Buffer = Buffer.alloc(8)

/** Names that a streamed answer's prelude may have. REST 3.10. */
const preludeKeys = new Set(['statusCode', 'headers', 'multiValueHeaders', 'cookies'])

/** Status and headers of a streamed answer, from the JSON before its delimiter. Throws GatewayFault. */
export function streamedProxyHead(prelude: Uint8Array): ProxyHead {
  const { status, headers } = preludeHead(prelude)
  const lengths = headerValues(headers, remappedLength)
  // `Content-Length` frames a streamed answer only where it is one number; any other keeps the remapped name, as in other answers.
  if (lengths.length !== 1 || !/^\d{1,15}$/.test(lengths[0] ?? '')) return { status, headers }
  const restored = headers.map((part, index) =>
    index % 2 === 0 && part.toLowerCase() === remappedLength ? 'Content-Length' : part,
  )
  return { status, headers: restored }
}

interface ProxyHead {
  readonly status: number
  readonly headers: string[]
}

const remappedLength = 'x-amzn-remapped-content-length'

/** Each cookie is a `Set-Cookie` header. */
function preludeHead(prelude: Uint8Array): ProxyHead {
  const answer = parse(prelude, preludeKeys)
  const headers = mergedHeaders(answer)
  const { cookies = [] } = answer
  if (!Array.isArray(cookies)) throw malformedProxyAnswer()
  for (const cookie of cookies) headers.push('Set-Cookie', headerValue(scalar(cookie)))
  if (!hasHeader(headers, 'content-type')) headers.push('Content-Type', 'application/json')
  return { status: statusOf(answer.statusCode), headers }
}

export function malformedProxyAnswer(): GatewayFault {
  return fault('DEFAULT_5XX', {
    status: 502,
    log: 'Execution failed due to configuration error: Malformed Lambda proxy response',
  })
}

function parse(payload: Uint8Array, keys: ReadonlySet<string>): ProxyAnswer {
  let value: unknown
  try {
    value = JSON.parse(utf8(payload))
  } catch {
    throw malformedProxyAnswer()
  }
  if (!isObject(value) || !Object.keys(value).every((key) => keys.has(key))) throw malformedProxyAnswer()
  return value
}

/** An integer or numeric string that HTTP can carry; 200 when absent. */
function statusOf(value: unknown): number {
  if (value === undefined || value === null) return 200
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 100 || status > 999)
    throw malformedProxyAnswer()
  // A 1xx would leave the client waiting for the final answer.
  if (status < 200) throw malformedProxyAnswer()
  return status
}

/** `multiValueHeaders` first, in their case; then what `headers` says otherwise of the same names; then the rest. */
function mergedHeaders(answer: ProxyAnswer): string[] {
  const merged: string[] = []
  const seen = new Map<string, { readonly name: string; readonly values: Set<string> }>()
  const add = (name: string, value: string): void => {
    const lower = name.toLowerCase()
    let entry = seen.get(lower)
    if (entry === undefined) seen.set(lower, (entry = { name, values: new Set() }))
    if (entry.values.has(value)) return
    entry.values.add(value)
    appendRemapped(merged, entry.name, value)
  }
  for (const [name, values] of entriesOf(answer.multiValueHeaders)) {
    if (!Array.isArray(values)) throw malformedProxyAnswer()
    for (const value of values) add(name, scalar(value))
  }
  for (const [name, value] of entriesOf(answer.headers)) add(name, scalar(value))
  return merged
}

function entriesOf(value: unknown): [string, unknown][] {
  if (value === undefined || value === null) return []
  if (!isObject(value)) throw malformedProxyAnswer()
  return Object.entries(value)
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null) return ''
  throw malformedProxyAnswer()
}

function bodyOf(answer: ProxyAnswer, decodesBinary: () => boolean): string | Uint8Array {
  const { body } = answer
  const isBase64Encoded = flagOf(answer.isBase64Encoded)
  if (body === undefined || body === null) return ''
  if (typeof body !== 'string') throw malformedProxyAnswer()
  if (!isBase64Encoded || !decodesBinary()) return body
  const bytes = fromBase64(body)
  if (bytes === undefined)
    throw fault('API_CONFIGURATION_ERROR', {
      log: 'Execution failed due to configuration error: Unable to base64 decode the body.',
    })
  return bytes
}

/** AWS: a boolean; as text it is tolerated (?). REST 5.3. */
function flagOf(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 'false') return false
  if (value === true || value === 'true') return true
  throw malformedProxyAnswer()
}

function hasHeader(headers: readonly string[], lower: string): boolean {
  return headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === lower)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
