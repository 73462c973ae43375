// A request without a socket: the same front, the same limits, the answer's body as chunks.
import type { Answer } from '../nouns/exchange.ts'
import type { Front } from './incoming.ts'
import { isStream } from './write-answer.ts'

export interface Performed {
  readonly status: number
  readonly headers: readonly string[]
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

export interface SocketlessRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly string[]
  readonly body: Uint8Array
}

export async function perform(front: Front, { method, target, headers, body }: SocketlessRequest): Promise<Performed> {
  const head = {
    method,
    target,
    headers,
    httpVersion: '1.1',
    remoteAddress: '127.0.0.1',
    scheme: 'http',
    port: 80,
  } as const
  const destination = await front(head)
  const answer = await (body.length > destination.maximumBodyBytes ? destination.tooLarge() : destination.handle(body))
  return { status: answer.status, headers: answer.headers, chunks: chunksOf(answer.body) }
}

function chunksOf(body: Answer['body']): Performed['chunks'] {
  if (typeof body === 'string') return [Buffer.from(body)]
  if (body instanceof Uint8Array) return [body]
  return isStream(body) ? body : body
}
