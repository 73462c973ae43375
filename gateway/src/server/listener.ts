// The HTTP listener: node:http in front of the front; it refuses what node's parser lets through and must not pass.
import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Answer } from '../nouns/exchange.ts'
import { noBytes } from '../nouns/bytes.ts'
import type { Upgrade } from '../sockets/handshake.ts'
import type { BodyRoom } from './body-room.ts'
import type { Destination, Front, Head } from './incoming.ts'
import { hasBody } from './read-body.ts'
import { serveWithBody } from './serve-with-body.ts'
import { tlsConnectionOf } from './tls-connection.ts'
import { writeAnswer } from './write-answer.ts'

/** Who was refused has this long to hang up. */
const lingerMs = 2_000
/** Above API Gateway's own 10,240, which the data plane answers with its own words. */
export const maximumHeaderBytes = 65_536
/** API Gateway's idle time-out. REST 12. */
export const idleTimeoutMs = 310_000
/** A client has this long to send its headers, and this long for the whole request. */
const headersTimeoutMs = 30_000
export const requestTimeoutMs = 300_000

export interface Listener {
  readonly address: AddressInfo
  /** Clients that are connected now. */
  readonly connections: () => number
  /** Stops accepting, lets requests in flight finish for `graceMs`, then cuts what is left. */
  readonly close: (graceMs: number) => Promise<void>
}

/** What requests are served with. */
export interface Serving {
  readonly front: Front
  /** Shared by all listeners of the process. */
  readonly bodyRoom: BodyRoom
  /** Told of errors that are our own fault. */
  readonly bug: (error: unknown) => void
}

export interface ListenerOptions extends Serving {
  readonly host: string
  readonly port: number
}

/** Starts to listen. Rejects when the port is taken or the host is unknown. */
export async function listen({ host, port, ...serving }: ListenerOptions): Promise<Listener> {
  const server = createServer(httpOptions)
  serveHttp(server, serving)
  return startListening(server, host, port)
}

/** How HTTP is read, with TLS and without. */
export const httpOptions = {
  maxHeaderSize: maximumHeaderBytes,
  keepAliveTimeout: idleTimeoutMs,
  headersTimeout: headersTimeoutMs,
  requestTimeout: requestTimeoutMs,
  // Refused by us, in the service's form.
  requireHostHeader: false,
  // Any other upgrade (h2c, which some clients offer with every request) is declined by answering the request.
  shouldUpgradeCallback: isWebSocketUpgrade,
} as const

/** Hands a server's requests to the front. */
export function serveHttp(server: Server, serving: Serving): void {
  const { bug } = serving
  // Bounded by their bytes: none is dropped without a word.
  server.maxHeadersCount = 0
  const serveNow = (request: IncomingMessage, response: ServerResponse): void => {
    try {
      serve(serving, request, response)?.catch((error: unknown) => giveUp(response, error, bug))
    } catch (error) {
      giveUp(response, error, bug)
    }
  }
  const serveInTurn = createTurns(serveNow)
  server.on('request', (request, response) => {
    if (response.socket === null) serveInTurn(request, response)
    else serveNow(request, response)
  })
  const serveSocket = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    serveUpgrade(serving, { request, socket, head }).catch((error: unknown) => {
      bug(error)
      socket.destroy()
    })
  }
  server.on('upgrade', serveSocket)
  // Nobody gets a tunnel: CONNECT is answered like any verb.
  server.on('connect', serveSocket)
  server.on('clientError', refuse)
}

/** Resolves once the server listens; rejects when the port is taken or the host is unknown. */
export async function startListening(server: Server, host: string, port: number): Promise<Listener> {
  const connections = counted(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return { address: server.address() as AddressInfo, connections, close: (graceMs) => close(server, graceMs) }
}

function counted(server: Server): () => number {
  let open = 0
  server.on('connection', (socket: Socket) => {
    open++
    socket.once('close', () => open--)
  })
  return () => open
}

function isWebSocketUpgrade({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
}

/** Hands the socket to a WebSocket API, or answers as to any other request and ends the connection. */
async function serveUpgrade({ front, bodyRoom }: Serving, upgrade: Upgrade): Promise<void> {
  const { request, socket } = upgrade
  // A client that breaks off while we decide is no error of ours.
  const ignore = (): void => {}
  socket.on('error', ignore)
  const answer = isSmuggling(request) ? badRequest() : await upgradeAnswer(front, upgrade)
  if (answer === undefined) {
    socket.off('error', ignore)
    return
  }
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket as Socket)
  response.once('finish', () => (socket as Socket).destroySoon())
  await writeAnswer(response, answer, bodyRoom)
}

async function upgradeAnswer(front: Front, upgrade: Upgrade): Promise<Answer | undefined> {
  const destination = await front(headOf(upgrade.request))
  const isUpgrade = upgrade.request.method !== 'CONNECT'
  return isUpgrade && destination.upgrade !== undefined ? destination.upgrade(upgrade) : destination.handle(noBytes)
}

/** In the service's form, before it is known which API is meant. */
export function badRequest(): Answer {
  return { status: 400, headers: ['Content-Type', 'application/json'], body: '{"message":"Bad Request"}' }
}

function giveUp(response: ServerResponse, error: unknown, bug: (error: unknown) => void): void {
  bug(error)
  response.destroy()
}

/** A promise only where something has to be waited for. */
function serve(
  { front, bodyRoom }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> | undefined {
  if (isSmuggling(request)) {
    response.shouldKeepAlive = false
    return writeAnswer(response, badRequest(), bodyRoom)
  }
  const destination = front(headOf(request))
  if (hasBody(request)) {
    const body = { source: request, contentLength: request.headers['content-length'], bodyRoom }
    return serveWithBody(destination, body, (answer) =>
      answer === undefined ? void response.destroy() : writeAnswer(response, answer, bodyRoom),
    )
  }
  if (destination instanceof Promise) return writeLater(response, answerOf(destination), bodyRoom)
  const answer = destination.handle(noBytes)
  return answer instanceof Promise ? writeLater(response, answer, bodyRoom) : writeAnswer(response, answer, bodyRoom)
}

async function answerOf(destination: Promise<Destination>): Promise<Answer> {
  return (await destination).handle(noBytes)
}

async function writeLater(response: ServerResponse, answer: Promise<Answer>, bodyRoom: BodyRoom): Promise<void> {
  await writeAnswer(response, await answer, bodyRoom)
}

/**
 * Requests that were sent before the answer to the one before them: each is begun when that is out, and no more is read
 * meanwhile. One client could otherwise have thousands of answers made that it never takes.
 */
function createTurns(serveNow: (request: IncomingMessage, response: ServerResponse) => void) {
  const waiting = new WeakMap<Socket, number>()
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request
    const before = waiting.get(socket) ?? 0
    waiting.set(socket, before + 1)
    // node reads on by itself when it has parsed a request: what has been read until then is at most one read of the socket.
    if (before === 0) {
      setImmediate(() => {
        if (waiting.get(socket) !== 0) socket.pause()
      })
    }
    response.once('socket', () => {
      const left = (waiting.get(socket) ?? 1) - 1
      waiting.set(socket, left)
      // Not at once, because node still flushes what the response holds; and others have their turn first.
      setImmediate(() => {
        if (left === 0) socket.resume()
        serveNow(request, response)
      })
    })
  }
}

/** `host[:port]`, as RFC 3986 writes it; empty where a client has no host to name. */
const authority = /^(?:\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?$/i

/**
 * Two Host headers or none, or one that is no host (RFC 9112, 3.2), codings beside chunks, another HTTP than 1.0 and 1.1:
 * readings differ between servers, so nobody behind us shall guess.
 */
function isSmuggling({ rawHeaders, httpVersion, headers }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding']
  if (httpVersion !== '1.1' && (httpVersion !== '1.0' || coding !== undefined)) return true
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return true
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (!authority.test(rawHeaders[index + 1] ?? '')) return true
    hosts++
  }
  return hosts > 1 || (hosts === 0 && httpVersion === '1.1')
}

function headOf(request: IncomingMessage): Head {
  const { socket } = request
  const tls = (socket as { encrypted?: boolean }).encrypted === true ? tlsConnectionOf(socket) : undefined
  const address = socket.remoteAddress ?? ''
  return {
    method: request.method ?? 'GET',
    target: originForm(request),
    headers: request.rawHeaders,
    httpVersion: request.httpVersion,
    remoteAddress: address.startsWith('::ffff:') ? address.slice(7) : address,
    scheme: tls === undefined ? 'http' : 'https',
    port: socket.localPort ?? 0,
    tls,
  }
}

/** A proxy's client names the host in the request line as well: RFC 9112, 3.2.2. One that names another is sent to no API. */
function originForm({ url = '/', headers: { host = '' } }: IncomingMessage): string {
  if (url.startsWith('/')) return url
  const [, authority = '', target = ''] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? []
  if (authority === '' || authority.toLowerCase() !== host.toLowerCase()) return url
  return target.startsWith('/') ? target : `/${target}`
}

interface ReadFault extends Error {
  readonly code?: string
  readonly rawPacket?: Buffer
}

/** What is not HTTP, or too large to be read: answered in the service's form where the socket still takes an answer. */
function refuse(error: ReadFault, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const answer = answerOn(socket)
  // The refusal must not be taken for the answer, or a part of the answer, to an earlier request on this connection.
  if (answer !== undefined && (answer.headersSent || answer.req.complete)) {
    answer.once('close', () => socket.destroySoon())
    return
  }
  const [status, message] = refusalOf(error)
  const body = JSON.stringify({ message })
  // What follows is read and dropped, so that the answer arrives; who does not hang up then is cut off.
  const cut = setTimeout(() => socket.destroy(), lingerMs).unref()
  socket.once('close', () => clearTimeout(cut))
  socket.resume()
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** The answer that the last request on a socket is getting: a field of node's own, which tells it nowhere else. */
function answerOn(socket: Socket): ServerResponse | undefined {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
}

function refusalOf({ code, rawPacket }: ReadFault): readonly [status: string, message: string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return ['431 Request Header Fields Too Large', 'Request Header Fields Too Large']
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', 'Request Timeout']
    case 'HPE_INVALID_METHOD':
      // A verb that node's parser does not know is like any that no method has — REST 1.3
      if (requestLine.test(rawPacket?.toString('latin1') ?? ''))
        return [
          '403 Forbidden\r\nx-amzn-ErrorType: MissingAuthenticationTokenException',
          'Missing Authentication Token',
        ]
      return ['400 Bad Request', 'Bad Request']
    default:
      return ['400 Bad Request', 'Bad Request']
  }
}

const requestLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ \/[!-~]* HTTP\/1\.[01]\r\n/

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // Connections that become idle while we wait can be closed.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  const cut = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
