// The body of a streamed answer, and the header that says how long it is. REST 3.10.
import { headerValues } from '../../nouns/headers.ts'
import type { Clock } from '../../ports/clock.ts'
import { boundedStream } from './bounded-stream.ts'

/** A stream ends at the latest this long after its request came. */
const totalMs = 900_000
/** The longest pause: 5 minutes, of edge-optimised APIs 30 seconds. */
const idleMs = 300_000
const edgeIdleMs = 30_000

export interface StreamPlace {
  readonly clock: Clock
  readonly isEdge: boolean
  readonly receivedAtMs: number
}

/** `headers`: those of the answer; a `Content-Length` among them is a promise that is kept or the answer is cut. */
export function streamBody(
  body: AsyncIterable<Uint8Array>,
  headers: readonly string[],
  { clock, isEdge, receivedAtMs }: StreamPlace,
): AsyncIterable<Uint8Array> {
  const [length] = headerValues(headers, 'content-length')
  return boundedStream(body, {
    clock,
    idleMs: isEdge ? edgeIdleMs : idleMs,
    endsAtMs: receivedAtMs + totalMs,
    expectedBytes: length === undefined ? undefined : Number(length),
  })
}
