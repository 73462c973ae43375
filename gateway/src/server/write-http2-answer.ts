// Answers onto a stream of HTTP/2.
import type { ServerHttp2Stream } from 'node:http2'
import type { Answer } from '../nouns/exchange.ts'
import { byHeaderName } from '../nouns/header-names.ts'
import { hopHeaders } from '../steps/answer/hop-headers.ts'
import type { BodyRoom } from './body-room.ts'
import { abandon, pour, stalledMs } from './pour.ts'
import { bodiless, isLengthKnown, isStream } from './write-answer.ts'

/** The name on the wire; undefined for what a connection of HTTP/1.1 is told, and one of HTTP/2 must not be. RFC 9113, 8.2. */
const sentName = byHeaderName((_, lower) => (hopHeaders.has(lower) ? undefined : lower))

/** A promise only for a body that is still arriving; it resolves when the body is out. */
export function writeHttp2Answer(
  stream: ServerHttp2Stream,
  { status, headers, body }: Answer,
  { isHead, bodyRoom }: { readonly isHead: boolean; readonly bodyRoom: BodyRoom },
): Promise<void> | undefined {
  if (stream.destroyed || stream.closed) return isStream(body) ? abandon(body) : undefined
  const head = [':status', String(status), ...withoutConnection(headers)]
  const hasBody = !isHead && !bodiless.has(status)
  stream.on('timeout', () => breakOff(stream, 'the client takes nothing'))
  if (isStream(body)) {
    stream.respond(head, { endStream: !hasBody })
    if (!hasBody) return abandon(body)
    return pour(body, {
      writable: stream,
      allowStall: (stallMs) => stream.setTimeout(stallMs),
      breakOff: () => breakOff(stream, 'the body ends too early'),
    })
  }
  const chunks = chunksOf(body)
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
  if (!bodiless.has(status) && !isLengthKnown(isHead, head)) head.push('content-length', String(bytes))
  stream.respond(head, { endStream: !hasBody || bytes === 0 })
  if (!hasBody || bytes === 0) return undefined
  stream.setTimeout(stalledMs)
  const [only] = chunks
  if (chunks.length === 1) stream.end(only)
  else {
    stream.cork()
    for (const chunk of chunks) stream.write(chunk)
    stream.end()
  }
  // However short: a client that opens no window has as many of them waiting as it has streams.
  stream.once(
    'close',
    bodyRoom.hold(bytes, () => breakOff(stream, 'others need the room')),
  )
  return undefined
}

function withoutConnection(headers: readonly string[]): string[] {
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    const name = sentName(headers[index] ?? '')
    if (name !== undefined) kept.push(name, headers[index + 1] ?? '')
  }
  return kept
}

function chunksOf(body: string | Uint8Array | readonly Uint8Array[]): readonly Uint8Array[] {
  if (typeof body === 'string') return [Buffer.from(body)]
  return body instanceof Uint8Array ? [body] : body
}

/** Resets a stream. (Its `close` would end the body first, and an answer that is cut off would look whole.) */
export function breakOff(stream: ServerHttp2Stream, reason: string): void {
  stream.destroy(new Error(reason))
}
