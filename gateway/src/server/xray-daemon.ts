// An X-Ray daemon for functions and programs of this machine: segments over UDP, sampling rules over HTTP, on one port of 127.0.0.1.
import { createSocket, type Socket } from 'node:dgram'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { WireAnswer } from '@sluice/aws-protocol'

/** What stands behind the listener. */
export interface XrayInlet {
  /** Takes a datagram; never throws. */
  readonly take: (datagram: Buffer) => void
  /** Answers one of the sampling operations. */
  readonly ask: (path: string, body: Uint8Array) => Promise<WireAnswer>
}

export interface XrayDaemonOptions {
  /** 0: any port that is free for both. */
  readonly port: number
  readonly inlet: XrayInlet
  /** Told of errors that are our own fault. */
  readonly bug: (error: unknown) => void
}

export interface XrayDaemon {
  readonly port: number
  readonly close: () => Promise<void>
}

const host = '127.0.0.1'
/** What AWS's daemon passes on that a program without credentials may ask. */
const asked: ReadonlySet<string> = new Set(['/GetSamplingRules', '/SamplingTargets'])
const longestBody = 256 * 1024
/** Datagrams that came while a request had its turn wait in the system: so many bytes of them. */
const receiveBufferBytes = 4 * 1024 * 1024
const mostConnections = 256
const requestTimeoutMs = 10_000

/** Rejects when the port is taken. */
export async function listenXray({ port, inlet, bug }: XrayDaemonOptions): Promise<XrayDaemon> {
  for (let attempt = 1; ; attempt++) {
    const server = createServer(
      { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
      (request, response) => {
        serve(inlet, request, response).catch((error: unknown) => {
          bug(error)
          response.destroy()
        })
      },
    )
    server.maxConnections = mostConnections
    await listening(server, port)
    const address = server.address() as AddressInfo
    try {
      const socket = await bound(address.port, inlet)
      return { port: address.port, close: () => close(server, socket) }
    } catch (error) {
      server.close()
      // A port that is free for one protocol may be taken for the other.
      if (port !== 0 || attempt === 10) throw error
    }
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function bound(port: number, inlet: XrayInlet): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: receiveBufferBytes })
    socket.once('error', (error) => {
      socket.close()
      reject(error)
    })
    socket.on('message', (datagram) => inlet.take(datagram))
    socket.bind({ port, address: host, exclusive: true }, () => {
      socket.removeAllListeners('error')
      // A datagram that nobody took where a program had sent from: its own business.
      socket.on('error', () => {})
      resolve(socket)
    })
  })
}

async function close(server: Server, socket: Socket): Promise<void> {
  socket.close()
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeAllConnections()
  await closed
}

async function serve(inlet: XrayInlet, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?', 1)
  // A page in a browser may send a form here, but no JSON without asking first.
  if (request.method !== 'POST' || !asked.has(path) || request.headers.origin !== undefined)
    return refuse(response, 404)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > longestBody) return refuse(response, 413)
    chunks.push(chunk)
  }
  const { status, headers, body } = await inlet.ask(path, Buffer.concat(chunks))
  response.writeHead(status, headers)
  await pipeline(typeof body === 'string' || body instanceof Uint8Array ? [body] : body, response)
}

function refuse(response: ServerResponse, status: 404 | 413): void {
  const message = status === 404 ? 'This is an X-Ray daemon: it answers sampling rules and targets.' : 'Too large.'
  response
    .writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' })
    .end(JSON.stringify({ message }))
}
