// An answer as a client reads it: header names in lower case, the body whole or in chunks.
import { utf8Bytes } from '../wire.ts'
import type { WireAnswer } from '../wire.ts'

export interface ReceivedAnswer {
  readonly status: number
  /** By lower-cased name, without a prototype. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: WireAnswer['body']
}

export function receive({ status, headers, body }: WireAnswer): ReceivedAnswer {
  const lowered = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(headers)) lowered[name.toLowerCase()] = value
  return { status, headers: lowered, body }
}

export async function wholeBody(body: WireAnswer['body']): Promise<Uint8Array> {
  if (typeof body === 'string') return utf8Bytes(body)
  if (body instanceof Uint8Array) return body
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

export async function* chunksOf(body: WireAnswer['body']): AsyncIterable<Uint8Array> {
  if (typeof body === 'string') yield utf8Bytes(body)
  else if (body instanceof Uint8Array) yield body
  else yield* body
}
