// Headers of one hop, which no proxy hands on, and header lines made safe for the wire.
import { byHeaderName } from '../../nouns/header-names.ts'
import type { HeaderList } from '../../nouns/headers.ts'

/** Meant for one connection only. */
export const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const validName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// oxlint-disable-next-line no-control-regex -- control characters are exactly what a header value must not hold
const invalidValue = /[\u0000-\u0008\u000A-\u001F\u007F]|[^\u0000-\u00FF]/
// oxlint-disable-next-line no-control-regex -- these end a header line or confuse who reads it
const controls = /[\u0000-\u0008\u000A-\u001F\u007F]/g

/** Whether HTTP can carry a header of this name. */
export function isHeaderName(name: string): boolean {
  return validName.test(name)
}

/** A value that HTTP can carry: control characters become spaces, other text its UTF-8 bytes. */
export function headerValue(value: string): string {
  return invalidValue.test(value) ? Buffer.from(value.replace(controls, ' '), 'utf8').toString('latin1') : value
}

/** Whether a header of an answer goes on to the client: not when it is for one hop, gives the body's length, or has a name that is none. */
export const passes: (name: string) => boolean = byHeaderName(
  (name, lower) => !hopHeaders.has(lower) && lower !== 'content-length' && validName.test(name),
)

/** Appends a header of a function's answer, if it passes. */
export function appendPassed(headers: string[], name: string, value: string): void {
  if (passes(name)) headers.push(name, headerValue(value))
}

/** The headers of a backend's answer that pass. Their values came through an HTTP parser: they need no check. */
export function passedHeaders(backend: HeaderList): string[] {
  const headers: string[] = []
  for (let index = 0; index < backend.length; index += 2) {
    const name = backend[index] ?? ''
    if (passes(name)) headers.push(name, backend[index + 1] ?? '')
  }
  return headers
}
