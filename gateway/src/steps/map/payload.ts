// contentHandling: whether a payload goes on as text, as bytes, or converted by base64. Recorded: REST 34; REST 3.7, 4.4.
import { isUtf8 } from 'node:buffer'
import { base64, fromBase64, utf8 } from '../../nouns/bytes.ts'
import { configurationFault } from '../../nouns/faults.ts'

export type ContentHandling = 'CONVERT_TO_TEXT' | 'CONVERT_TO_BINARY' | undefined

/** A payload as templates and integrations get it. Only text can be read by a template. */
export interface Payload {
  readonly content: Uint8Array | string
  readonly isText: boolean
}

type Conversion = (bytes: Uint8Array) => Payload

const asText: Conversion = (bytes) => ({ content: isUtf8(bytes) ? bytes : utf8(bytes), isText: true })
const asBase64: Conversion = (bytes) => ({ content: base64(bytes), isText: true })
const asBytes: Conversion = (bytes) => ({ content: bytes, isText: false })
const fromBase64Text: Conversion = (bytes) => {
  const decoded = fromBase64(utf8(bytes))
  if (decoded === undefined) throw configurationFault('Unable to base64 decode the body.')
  return { content: decoded, isText: false }
}

/** How a request's body goes on, by whether its Content-Type is binary for the API. */
export function requestConversion(handling: ContentHandling, isBinary: boolean): Conversion {
  switch (handling) {
    case 'CONVERT_TO_TEXT':
      return isBinary ? asBase64 : asText
    case 'CONVERT_TO_BINARY':
      return isBinary ? asBytes : fromBase64Text
    case undefined:
      return isBinary ? asBytes : asText
  }
}

/** How an integration's body goes on, by whether its Content-Type and the client's Accept are binary for the API. */
export function responseConversion(handling: ContentHandling, isBinary: boolean, acceptsBinary: boolean): Conversion {
  if (handling !== undefined) return requestConversion(handling, isBinary)
  if (acceptsBinary) return isBinary ? asBytes : fromBase64Text
  return isBinary ? asBase64 : asText
}

/** The text of a payload. Undefined when it is bytes. */
export function payloadText(payload: Payload): string | undefined {
  if (!payload.isText) return undefined
  return typeof payload.content === 'string' ? payload.content : utf8(payload.content)
}
