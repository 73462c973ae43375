// A request as the bytes that a backend gets: the head is written here, once, and nothing in it can end a line early.
import { byHeaderName } from '../../nouns/header-names.ts'
import { UpstreamFault, type UpstreamRequest } from '../../ports/upstream.ts'

/** Up to here the head and the body are written as one piece. */
const onePieceBytes = 32_768

/** That there is no body is said for these, and where the body is an empty one: RFC 9110, 8.6. */
const bodyVerbs = new Set(['POST', 'PUT', 'PATCH'])

const isToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const invalidValue = /[^\t\x20-\x7e\x80-\xff]/
const invalidTarget = /[^\x21-\xff]/

/** Framing is this connection's, not the request's. */
const connectionNames = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

type NameKind = 'sent' | 'host' | 'connection' | 'invalid'

const nameKind = byHeaderName((name, lower): NameKind => {
  if (!isToken.test(name)) return 'invalid'
  if (lower === 'host') return 'host'
  return connectionNames.has(lower) ? 'connection' : 'sent'
})

/** The request's parts in the order in which they are written. Throws UpstreamFault for what no request can contain. */
export function requestBytes(request: UpstreamRequest): readonly (Buffer | Uint8Array | string)[] {
  const { body } = request
  if (body === undefined || body.length === 0) {
    const isSaid = body !== undefined || bodyVerbs.has(request.method)
    return [`${headOf(request)}${isSaid ? 'Content-Length: 0\r\n\r\n' : '\r\n'}`]
  }
  const bodyBytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  const head = `${headOf(request)}Content-Length: ${bodyBytes}\r\n\r\n`
  if (head.length + bodyBytes > onePieceBytes) return [head, typeof body === 'string' ? Buffer.from(body) : body]
  const whole = Buffer.allocUnsafe(head.length + bodyBytes)
  whole.write(head, 'latin1')
  if (typeof body === 'string') whole.write(body, head.length, 'utf8')
  else whole.set(body, head.length)
  return [whole]
}

/** Up to and without the empty line; Host stands first (RFC 9110, 7.2). */
function headOf({ method, target, headers }: UpstreamRequest): string {
  if (!isToken.test(method)) throw invalid('method')
  if (target === '' || invalidTarget.test(target)) throw invalid('target')
  let host: string | undefined
  let lines = ''
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? ''
    const value = headers[index + 1] ?? ''
    const kind = nameKind(name)
    if (kind === 'connection') continue
    if (kind === 'invalid') throw invalid('header name')
    if (invalidValue.test(value)) throw invalid(`value of the header ${name}`)
    if (kind === 'sent') lines += `${name}: ${value}\r\n`
    else if (host === undefined) host = value
    else throw invalid('second Host header')
  }
  if (host === undefined) throw invalid('head: it has no Host header')
  return `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n${lines}`
}

function invalid(part: string): UpstreamFault {
  return new UpstreamFault('broken', `the request to the backend has an invalid ${part}`)
}
