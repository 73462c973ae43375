// How a proxy integration's answer headers reach a REST API's client: passed, renamed or dropped. rest specification 8.3.
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

/** Appends one header of a backend's or function's answer under the name that the client sees. */
export function appendRemapped(headers: string[], name: string, value: string): void {
  const lower = name.toLowerCase()
  if (dropped.has(lower) || !isHeaderName(name)) return
  headers.push(remapped.has(lower) ? `x-amzn-Remapped-${name}` : name, headerValue(value))
}
