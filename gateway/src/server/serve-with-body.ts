// A request with a body: read within its bounds, answered, and its memory given back.
import type { Readable } from 'node:stream'
import type { Answer } from '../nouns/exchange.ts'
import type { BodyRoom, BodyShare } from './body-room.ts'
import type { Destination } from './incoming.ts'
import { readBody, type Unread } from './read-body.ts'

export interface SentBody {
  readonly source: Readable
  /** What the client says in Content-Length, if anything. */
  readonly contentLength: string | undefined
  readonly bodyRoom: BodyRoom
}

/** `write` gets the answer; undefined when the client broke off. */
export async function serveWithBody(
  destination: Destination | Promise<Destination>,
  body: SentBody,
  write: (answer: Answer | undefined) => Promise<void> | undefined,
): Promise<void> {
  const share = body.bodyRoom.share()
  try {
    await write(await answerOf(await destination, body, share))
  } finally {
    share.release()
  }
}

async function answerOf(
  destination: Destination,
  { source, contentLength = '0' }: SentBody,
  share: BodyShare,
): Promise<Answer | undefined> {
  let body: Uint8Array | Unread
  try {
    const bounds = { maximumBytes: destination.maximumBodyBytes, declaredBytes: Number(contentLength), share }
    body = await readBody(source, bounds)
  } catch {
    return undefined
  }
  // What is left of a refused body is read and dropped: closing now could reset the connection before the client has the answer.
  if (body === 'too large') return destination.tooLarge()
  return body === 'no room' ? unavailable() : destination.handle(body)
}

/** 503 with Retry-After: there is no room for another body now. */
function unavailable(): Answer {
  return {
    status: 503,
    headers: ['Content-Type', 'application/json', 'Retry-After', '1'],
    body: '{"message":"Service Unavailable"}',
  }
}
