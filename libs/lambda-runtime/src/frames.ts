// The framing of the Node and Python bootstraps: `u32 length | u8 kind | body`, big endian, both ways.
import type { InvokeRequest } from './channel.ts'

/** The kinds of frames from a process; the bootstraps have the same numbers. */
export const frameKind = {
  ready: 1,
  died: 2,
  response: 3,
  error: 4,
  log: 5,
  streamOpen: 6,
  streamChunk: 7,
  streamEnd: 8,
  streamError: 9,
} as const

const headBytes = 5
const invokeKind = 1
/** The largest payload for which a copy into one buffer is cheaper than a second write. */
const joinedBytes = 65_536

/**
 * The frame of an event: kind 1, its body `u32 length of the metadata | metadata as JSON | payload`.
 * Gives one buffer, or two when the payload is too large to be worth copying.
 */
export function encodeInvoke(request: InvokeRequest, deadlineMs: number): readonly Uint8Array[] {
  const metadata = JSON.stringify({
    requestId: request.requestId,
    deadlineMs,
    arn: request.invokedFunctionArn,
    trace: request.traceHeader,
    clientContext: request.clientContext,
    identity: request.cognitoIdentity,
  })
  const { payload } = request
  const metadataBytes = Buffer.byteLength(metadata)
  const payloadBytes = Buffer.byteLength(payload)
  const joined = payloadBytes <= joinedBytes
  const start = headBytes + 4 + metadataBytes
  const head = Buffer.allocUnsafe(joined ? start + payloadBytes : start)
  head.writeUInt32BE(4 + metadataBytes + payloadBytes, 0)
  head[4] = invokeKind
  head.writeUInt32BE(metadataBytes, headBytes)
  head.write(metadata, headBytes + 4)
  if (!joined) return [head, typeof payload === 'string' ? Buffer.from(payload) : payload]
  if (typeof payload === 'string') head.write(payload, start)
  else head.set(payload, start)
  return [head]
}

/** Receives each whole frame; the body is undefined when it is over the limit, and lent for the call only. */
export type FrameListener = (kind: number, body: Buffer | undefined) => void

/** Cuts a byte stream into frames; memory is bounded by `limitBytes` whatever length a frame claims. */
export class FrameReader {
  readonly #limitBytes: number
  readonly #listener: FrameListener
  /** Bytes of an unfinished frame, head included. */
  #parts: Buffer[] = []
  #heldBytes = 0
  /** Bytes of an oversized body that are still to be thrown away. */
  #discardBytes = 0

  constructor(limitBytes: number, listener: FrameListener) {
    this.#limitBytes = limitBytes
    this.#listener = listener
  }

  feed(chunk: Buffer): void {
    let rest = this.#discard(chunk)
    while (rest.length > 0) {
      rest = this.#heldBytes === 0 ? this.#cut(rest) : this.#complete(rest)
      rest = this.#discard(rest)
    }
  }

  #discard(chunk: Buffer): Buffer {
    if (this.#discardBytes === 0) return chunk
    const dropped = Math.min(this.#discardBytes, chunk.length)
    this.#discardBytes -= dropped
    return chunk.subarray(dropped)
  }

  /** Hands out the frame at the start of `bytes`, or keeps all of them until there is more. */
  #cut(bytes: Buffer): Buffer {
    if (bytes.length < headBytes) return this.#hold(bytes)
    const length = bytes.readUInt32BE(0)
    const kind = bytes.readUInt8(4)
    if (length > this.#limitBytes) {
      this.#discardBytes = length
      this.#listener(kind, undefined)
      return bytes.subarray(headBytes)
    }
    const end = headBytes + length
    if (bytes.length < end) return this.#hold(bytes)
    this.#listener(kind, bytes.subarray(headBytes, end))
    return bytes.subarray(end)
  }

  #hold(bytes: Buffer): Buffer {
    // A copy: the socket's buffer is far larger than what is kept of it.
    this.#parts.push(Buffer.from(bytes))
    this.#heldBytes += bytes.length
    return Buffer.alloc(0)
  }

  /** Adds to an unfinished frame just what it lacks, so that large bodies are put together once. */
  #complete(bytes: Buffer): Buffer {
    const missing = this.#missingBytes()
    if (bytes.length < missing) return this.#hold(bytes)
    const whole = Buffer.concat([...this.#parts, bytes.subarray(0, missing)])
    this.#parts = []
    this.#heldBytes = 0
    const left = this.#cut(whole)
    const rest = bytes.subarray(missing)
    return left.length === 0 ? rest : Buffer.concat([left, rest])
  }

  #missingBytes(): number {
    if (this.#heldBytes < headBytes) return headBytes - this.#heldBytes
    const [first] = this.#parts
    const head = first !== undefined && first.length >= headBytes ? first : Buffer.concat(this.#parts)
    return headBytes + head.readUInt32BE(0) - this.#heldBytes
  }
}
