// Answers onto the socket: bytes at once with their length, streams chunk by chunk with back-pressure.
import type { ServerResponse } from 'node:http'
import type { Answer, AnswerBody } from '../nouns/exchange.ts'
import { lastHeader } from '../nouns/headers.ts'
import type { BodyRoom } from './body-room.ts'
import { abandon, pour, stalledMs } from './pour.ts'

/** Statuses that never have a body, nor a length. */
export const bodiless = new Set([204, 304])

/** A promise only for a body that is still arriving; it resolves when the body is out. */
export function writeAnswer(
  response: ServerResponse,
  { status, headers, body }: Answer,
  bodyRoom: BodyRoom,
  longestStallMs = stalledMs,
): Promise<void> | undefined {
  // Set here, because node would add a Keep-Alive header as well, which API Gateway does not send.
  headers.push('Connection', response.shouldKeepAlive ? 'keep-alive' : 'close')
  if (bodiless.has(status)) {
    response.writeHead(status, isStream(body) ? withoutLength(headers) : headers)
    response.end()
    return isStream(body) ? abandon(body) : undefined
  }
  if (isStream(body)) return writeStream(response, status, headers, { body, longestStallMs })
  const chunks = typeof body === 'string' || body instanceof Uint8Array ? [body] : body
  const waitingBytes = writeWhole(response, status, headers, chunks)
  if (waitingBytes === 0) return undefined
  response.setTimeout(longestStallMs)
  if (!response.destroyed)
    response.once(
      'close',
      bodyRoom.hold(waitingBytes, () => response.destroy()),
    )
  return undefined
}

/** Up to here a body goes out as text behind its headers, in one write; beyond, copying costs more than a second buffer. */
const oneWriteBytes = 16_384

/** The bytes of a body that may wait for room in the socket; 0 for a short one. */
function writeWhole(
  response: ServerResponse,
  status: number,
  headers: string[],
  chunks: readonly (string | Uint8Array)[],
): number {
  let bytes = 0
  for (const chunk of chunks) bytes += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.length
  if (!isLengthKnown(response.req.method === 'HEAD', headers)) headers.push('Content-Length', String(bytes))
  response.writeHead(status, headers)
  const [only] = chunks
  if (chunks.length <= 1 && bytes <= oneWriteBytes) {
    if (only === undefined) response.end()
    else if (typeof only === 'string') response.end(only, only.length === bytes ? 'latin1' : 'utf8')
    else response.end(Buffer.from(only.buffer, only.byteOffset, only.length).toString('latin1'), 'latin1')
    return 0
  }
  response.cork()
  for (const chunk of chunks) response.write(chunk)
  response.end()
  return bytes
}

/** Whether the headers of an answer to HEAD say what its body, which is not here, would have had. */
export function isLengthKnown(isHead: boolean, headers: readonly string[]): boolean {
  return isHead && lastHeader(headers, 'content-length') !== undefined
}

/** Without `Content-Length`: the backend may have named the length of a body that this answer must not have. */
function withoutLength(headers: readonly string[]): string[] {
  return headers.filter((_, index) => headers[index - (index % 2)]?.toLowerCase() !== 'content-length')
}

/** Whether the body is still arriving. */
export function isStream(body: AnswerBody): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body
}

async function writeStream(
  response: ServerResponse,
  status: number,
  headers: string[],
  { body, longestStallMs }: { readonly body: AsyncIterable<Uint8Array>; readonly longestStallMs: number },
): Promise<void> {
  // A client that left while the backend was asked gives no further event: waiting for room in its socket would never end.
  if (response.destroyed) return abandon(body)
  if (lastHeader(headers, 'content-length') === undefined) headers.push('Transfer-Encoding', 'chunked')
  response.writeHead(status, headers)
  response.flushHeaders()
  const outlet = {
    writable: response,
    allowStall: (stallMs: number) => void response.setTimeout(stallMs),
    breakOff: () => void response.destroy(),
  }
  await pour(body, outlet, longestStallMs)
}
