// HTTP/2 on connections that TLS has agreed it for: each stream is a request like any other. Security H.2.
import { performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { noBytes } from '../nouns/bytes.ts'
import { headOfStream } from './http2-request.ts'
import { badRequest, idleTimeoutMs, maximumHeaderBytes, requestTimeoutMs, type Serving } from './listener.ts'
import { serveWithBody } from './serve-with-body.ts'
import { breakOff, writeHttp2Answer } from './write-http2-answer.ts'

/** Requests of one connection at a time. AWS's load balancers take as many. */
const concurrentStreams = 128

/** How much memory one connection may use, answers that wait to be sent included. */
const sessionMegabytes = 64

const sessionOptions = {
  settings: { maxConcurrentStreams: concurrentStreams, maxHeaderListSize: maximumHeaderBytes, enablePush: false },
  maxHeaderListPairs: maximumHeaderBytes,
  maxSessionMemory: sessionMegabytes,
  // Headers that a backend repeats although they are single go on as they would over HTTP/1.1.
  strictSingleValueFields: false,
}

export class Http2Sessions {
  private readonly serving: Serving
  private readonly sessions = new Set<ServerHttp2Session>()

  constructor(serving: Serving) {
    this.serving = serving
  }

  /** Takes over a connection whose handshake is done. */
  open(socket: TLSSocket): void {
    const session = performServerHandshake(socket, sessionOptions)
    // Of a TLS socket that no server of node's has made, the session waits for this.
    socket.emit('secureConnect')
    this.sessions.add(session)
    session.setTimeout(idleTimeoutMs, () => session.close())
    session.on('error', () => session.destroy())
    session.once('close', () => this.sessions.delete(session))
    session.on('stream', (stream: ServerHttp2Stream, headers, _flags, rawHeaders) => {
      // A client that resets its stream is no error of ours.
      stream.on('error', () => {})
      const { 'content-length': contentLength, expect } = headers
      // As node's HTTP/1.1 server does by itself.
      if (expect?.toLowerCase() === '100-continue') stream.additionalHeaders({ ':status': 100 })
      serveStream(this.serving, { stream, socket, rawHeaders, contentLength }).catch((error: unknown) => {
        this.serving.bug(error)
        breakOff(stream, 'the request failed')
      })
    })
  }

  /** Takes no more requests, lets those in flight finish for `graceMs`, then cuts what is left. */
  close(graceMs: number): void {
    for (const session of this.sessions) session.close()
    setTimeout(() => {
      for (const session of this.sessions) session.destroy()
    }, graceMs).unref()
  }
}

interface Asked {
  readonly stream: ServerHttp2Stream
  readonly socket: TLSSocket
  readonly rawHeaders: readonly string[]
  readonly contentLength: string | undefined
}

async function serveStream(
  { front, bodyRoom }: Serving,
  { stream, socket, rawHeaders, contentLength }: Asked,
): Promise<void> {
  const head = headOfStream(rawHeaders, socket)
  if (head === undefined) return writeHttp2Answer(stream, badRequest(), { isHead: false, bodyRoom })
  const how = { isHead: head.method === 'HEAD', bodyRoom }
  const destination = front(head)
  if (stream.endAfterHeaders) return writeHttp2Answer(stream, await (await destination).handle(noBytes), how)
  const late = setTimeout(() => breakOff(stream, 'the body does not come'), requestTimeoutMs)
  stream.once('end', () => clearTimeout(late))
  stream.once('close', () => clearTimeout(late))
  await serveWithBody(destination, { source: stream, contentLength, bodyRoom }, (answer) =>
    answer === undefined ? undefined : writeHttp2Answer(stream, answer, how),
  )
}
