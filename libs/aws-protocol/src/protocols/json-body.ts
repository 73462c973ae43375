// JSON bodies, as both the REST and the RPC protocols carry them.
import { Unreadable } from '../fault.ts'
import { payloadText, readBase64, writeBase64 } from '../scalar-text.ts'
import { checkTimestamp, parseTimestamp, roundToMilliseconds, writeTimestampText } from '../timestamp.ts'
import type { ScalarForm } from '../value.ts'

/** Blobs are base64; timestamps are numbers unless the model says otherwise. */
export const jsonForm: ScalarForm = {
  readBlob: (value) => (typeof value === 'string' ? readBase64(value) : undefined),
  readTimestamp: (value) => {
    if (typeof value === 'number') return checkTimestamp(value, value)
    return typeof value === 'string' ? parseTimestamp(value) : undefined
  },
  writeBlob: writeBase64,
  writeTimestamp: (seconds, format = 'unixTimestamp') =>
    format === 'unixTimestamp' ? roundToMilliseconds(seconds) : writeTimestampText(seconds, format),
  writeNumber: (value) => (Number.isFinite(value) ? value : String(value)),
}

/** Parses a body; an empty one is `{}`. Throws `Unreadable` on malformed JSON or bytes that are not UTF-8. */
export function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) return {}
  const text = payloadText(body)
  try {
    return JSON.parse(text) as unknown
  } catch {
    // AWS: what it says of malformed JSON is not recorded (?).
    throw new Unreadable('Unable to parse the request body as JSON.')
  }
}
