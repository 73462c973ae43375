// A request and an answer as bytes and strings, independent of any HTTP library.

export interface WireRequest {
  readonly method: string
  /** Raw, still percent-encoded, beginning with `/`. */
  readonly path: string
  /** Raw, without the `?`; empty when there is none. */
  readonly query: string
  /** By lower-cased name; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface WireAnswer {
  readonly status: number
  /** As AWS writes the names (`x-amzn-RequestId`): compare them without regard to case. */
  readonly headers: Readonly<Record<string, string>>
  /** Chunks only where an operation answers with an event stream. */
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array>
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const noBytes: Uint8Array = new Uint8Array(0)

export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Throws a `TypeError` on bytes that are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
