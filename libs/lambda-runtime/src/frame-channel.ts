// The transport of our own bootstraps: frames over a socket pair that the process has as file descriptor 3.
import type { Duplex } from 'node:stream'
import type { Channel, ChannelListener, InvokeRequest } from './channel.ts'
import { encodeInvoke, frameKind, FrameReader } from './frames.ts'

/** Longest frame that is no answer, such as an error document, above the limit of answers. */
const slackBytes = 1024

/** Serves a process that runs one of our bootstraps. */
export class FrameChannel implements Channel {
  readonly #socket: Duplex
  readonly #listener: ChannelListener

  constructor(socket: Duplex, listener: ChannelListener, responseLimitBytes: number) {
    this.#socket = socket
    this.#listener = listener
    const reader = new FrameReader(responseLimitBytes + slackBytes, (kind, body) => {
      if (body === undefined || body.length > responseLimitBytes) this.#oversized(kind)
      else this.#dispatch(kind, body)
    })
    socket.on('data', (chunk: Buffer) => reader.feed(chunk))
    socket.on('end', () => listener.broken())
    // A process that is gone shows as its exit; the failed write says nothing more.
    socket.on('error', () => listener.broken())
  }

  send(request: InvokeRequest, deadlineMs: number): void {
    for (const part of encodeInvoke(request, deadlineMs)) this.#socket.write(part)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(): void {
    this.#socket.destroy()
  }

  #oversized(kind: number): void {
    if (kind === frameKind.response || kind === frameKind.error) this.#listener.respondedTooLarge()
    else this.#listener.broken()
  }

  #dispatch(kind: number, body: Buffer): void {
    const listener = this.#listener
    switch (kind) {
      case frameKind.response:
        return listener.responded(Buffer.from(body))
      case frameKind.log:
        return listener.logged(body.toString(), body.length)
      case frameKind.streamChunk:
        return listener.streamed(body)
      case frameKind.error:
        return listener.failed(Buffer.from(body))
      case frameKind.streamOpen:
        return listener.streamOpened(body.toString())
      case frameKind.streamEnd:
        return listener.streamEnded()
      case frameKind.streamError:
        return listener.streamEnded(Buffer.from(body))
      case frameKind.ready:
        return listener.ready()
      case frameKind.died:
        return listener.died(Buffer.from(body))
      default:
        return listener.broken()
    }
  }
}
