// The body members of an HTTP API's Lambda event, and which bodies are text. HTTP 5.5.
import { isUtf8 } from 'node:buffer'
import { base64, utf8 } from '../../../nouns/bytes.ts'
import type { Received } from '../../../nouns/exchange.ts'
import { lastHeader } from '../../../nouns/headers.ts'
import { firstMediaType } from '../../../nouns/media-type.ts'

const textTypes = new Set(['application/json', 'application/javascript', 'application/xml'])

/** Text, unless it is encoded or its media type is none of the text types; without a type, whatever is valid UTF-8. */
function isTextBody(exchange: Received): boolean {
  if (lastHeader(exchange.headers, 'content-encoding') !== undefined) return false
  const contentType = lastHeader(exchange.headers, 'content-type')
  if (contentType === undefined) return isUtf8(exchange.body)
  const type = firstMediaType(contentType)
  return type.startsWith('text/') || textTypes.has(type) || type.endsWith('+json') || type.endsWith('+xml')
}

/** The body as an event's string, and whether it is base64. */
export function eventBody(exchange: Received): { readonly text: string; readonly isBase64Encoded: boolean } {
  return isTextBody(exchange)
    ? { text: utf8(exchange.body), isBase64Encoded: false }
    : { text: base64(exchange.body), isBase64Encoded: true }
}
