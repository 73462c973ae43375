// How a proxy integration's answer headers reach a REST API's client: passed, renamed or dropped. REST 8.3.
import { byHeaderName } from '../../nouns/header-names.ts'
import type { HeaderList } from '../../nouns/headers.ts'
import { headerValue, isHeaderName } from './hop-headers.ts'

const remapped = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'max-forwards',
  'server',
  'user-agent',
  'www-authenticate',
  'x-amzn-requestid',
])

const dropped = new Set([
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
])

/** The name that the client sees, or undefined where the header is not for it. */
const clientName = byHeaderName((name, lower) => {
  if (dropped.has(lower) || !isHeaderName(name)) return undefined
  return remapped.has(lower) ? `x-amzn-Remapped-${name}` : name
})

/** Appends one header of a function's answer under the name that the client sees. */
export function appendRemapped(headers: string[], name: string, value: string): void {
  const seen = clientName(name)
  if (seen !== undefined) headers.push(seen, headerValue(value))
}

const isContentType = byHeaderName((_, lower) => lower === 'content-type')

/**
 * A backend's headers as the client sees them. Their values came through an HTTP parser: they need no check.
 * AWS: an answer without a type is `application/json`, even if it is empty — recorded REST 21.
 */
export function remappedHeaders(backend: HeaderList): string[] {
  const headers: string[] = []
  let isTyped = false
  for (let index = 0; index < backend.length; index += 2) {
    const sent = backend[index] ?? ''
    const name = clientName(sent)
    if (name === undefined) continue
    headers.push(name, backend[index + 1] ?? '')
    isTyped ||= isContentType(sent)
  }
  if (!isTyped) headers.push('Content-Type', 'application/json')
  return headers
}
