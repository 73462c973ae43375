// The opening handshake: what is no valid upgrade, and turning a socket into a WebSocket. RFC 6455, 4.2; WebSocket 23.2, 25.3.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { SocketLimits } from './limits.ts'

/** An upgrade as node gives it: the request, its socket, and what came behind the request's head. */
export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

const key = /^[+/0-9A-Za-z]{22}==$/
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Why the request is no valid upgrade to a WebSocket; undefined when it is one. */
export function handshakeProblem({ request }: Upgrade): string | undefined {
  const { headers } = request
  if (request.method !== 'GET') return 'Invalid HTTP method'
  if (request.httpVersion !== '1.1') return 'HTTP/1.1 is required'
  // Whoever stands in front and reads a body here would take the client's frames for it.
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0)
    return 'Unexpected body'
  if (headers['sec-websocket-version'] !== '13') return 'Missing or invalid Sec-WebSocket-Version header'
  if (!key.test(headers['sec-websocket-key'] ?? '')) return 'Missing or invalid Sec-WebSocket-Key header'
  const protocols = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? []
  if (!protocols.every((name) => token.test(name)) || new Set(protocols).size < protocols.length) {
    return 'Invalid Sec-WebSocket-Protocol header'
  }
  return undefined
}

export interface Accepted extends Upgrade {
  /** What the backend chose; sent whether it was offered or not. Undefined: none. */
  readonly subprotocol: string | undefined
}

/** Answers 101; undefined when the client has gone. */
export type Accept = (accepted: Accepted) => WebSocket | undefined

/** Loads the WebSocket library, which nobody needs before the first upgrade. */
export async function createAccept(limits: SocketLimits): Promise<Accept> {
  const { WebSocketServer } = await import('ws')
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: limits.compresses,
    maxPayload: limits.messageBytes,
    maxFragments: limits.messageFragments,
    maxBufferedChunks: limits.messageBytes,
    // The connection answers pings itself: it knows how much waits for the client.
    autoPong: false,
    handleProtocols: () => false as const,
  }
  const server = new WebSocketServer(options)
  let chosen: string | undefined
  server.on('headers', (headers) => {
    headers.push(`Date: ${new Date().toUTCString()}`)
    if (chosen !== undefined && token.test(chosen)) headers.push(`Sec-WebSocket-Protocol: ${chosen}`)
  })
  return ({ request, socket, head, subprotocol }) => {
    let opened: WebSocket | undefined
    chosen = subprotocol
    server.handleUpgrade(request, socket, head, (webSocket) => {
      opened = webSocket
    })
    return opened
  }
}
