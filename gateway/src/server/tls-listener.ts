// The TLS listener: reads which host a connection is for, answers with that host's certificate, and serves HTTP/2 or HTTP/1.1 behind it.
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'
import { readHello } from './client-hello.ts'
import { Http2Sessions } from './http2-sessions.ts'
import { httpOptions, serveHttp, startListening, type Listener, type ListenerOptions } from './listener.ts'
import { noteTls } from './tls-connection.ts'
import type { TlsContexts } from './tls-contexts.ts'

export interface TlsListenerOptions extends ListenerOptions {
  readonly contexts: TlsContexts
}

/** A client has this long until the handshake is done. */
const handshakeTimeoutMs = 20_000

/** Starts to listen. Rejects when the port is taken or the host is unknown. */
export async function listenTls({ host, port, contexts, ...serving }: TlsListenerOptions): Promise<Listener> {
  const server = createServer(httpOptions)
  const sessions = new Http2Sessions(serving)
  // node would answer with one certificate and ask every client, or none, for its own: here the host decides.
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => accept({ server, sessions, contexts }, socket))
  serveHttp(server, serving)
  const listener = await startListening(server, host, port)
  const close = (graceMs: number): Promise<void> => {
    sessions.close(graceMs)
    return listener.close(graceMs)
  }
  return { ...listener, close }
}

/** Who takes over a connection that is secured. */
interface Secured {
  readonly server: Server
  readonly sessions: Http2Sessions
  readonly contexts: TlsContexts
}

/** Secures a connection at once where its host does not matter; else its hello is read first. */
function accept({ contexts, ...secured }: Secured, socket: Socket): void {
  const giveUp = (): void => void socket.destroy()
  const timer = setTimeout(giveUp, handshakeTimeoutMs)
  socket.on('error', giveUp)
  socket.once('close', () => clearTimeout(timer))
  socket.setNoDelay(true)
  const context = contexts.sole()
  if (context !== undefined) {
    secure(socket, { ...secured, context, asksForCertificate: false, timer })
    return
  }
  const answer = async (serverName: string | undefined): Promise<void> => {
    const { context, asksForCertificate } = await contexts.answer(serverName)
    if (context === undefined) socket.end(unrecognizedName)
    else secure(socket, { ...secured, context, asksForCertificate, timer })
  }
  whenHello(socket, (serverName) => void answer(serverName).catch(giveUp))
}

/** Gathers a connection's first bytes until the hello is whole, and leaves them to be read again by TLS. */
function whenHello(socket: Socket, use: (serverName: string | undefined) => void): void {
  const gathered: Buffer[] = []
  const look = (): void => {
    const chunk = socket.read() as Buffer | null
    if (chunk === null) return
    gathered.push(chunk)
    const bytes = gathered.length === 1 ? chunk : Buffer.concat(gathered)
    const hello = readHello(bytes)
    if (!hello.isWhole) return
    socket.off('readable', look)
    socket.unshift(bytes)
    use(hello.serverName)
  }
  socket.on('readable', look)
}

interface Securing extends Pick<Secured, 'server' | 'sessions'> {
  readonly context: SecureContext
  readonly asksForCertificate: boolean
  readonly timer: NodeJS.Timeout
}

function secure(socket: Socket, { server, sessions, context, asksForCertificate, timer }: Securing): void {
  const secured = new TLSSocket(socket, {
    isServer: true,
    secureContext: context,
    requestCert: asksForCertificate,
    // A client without a trusted certificate is told so in HTTP: 403. Security H.1.
    rejectUnauthorized: false,
    // A client that offers protocols and none of these is turned away; `curl --http1.0` offers the last alone.
    ALPNProtocols: ['h2', 'http/1.1', 'http/1.0'],
  })
  // node tells of a handshake that failed, and of what is no TLS later on, by this name alone.
  secured.on('_tlsError', () => secured.destroy())
  secured.on('error', () => secured.destroy())
  secured.once('secure', () => {
    clearTimeout(timer)
    noteTls(secured, asksForCertificate)
    if (secured.alpnProtocol === 'h2') sessions.open(secured)
    else server.emit('secureConnection', secured)
  })
}

/** The fatal alert `unrecognized_name`. RFC 6066, 3. */
const unrecognizedName = Buffer.from([21, 3, 3, 0, 2, 2, 112])
