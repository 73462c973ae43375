// The handshake of a WebSocket connection as the request that it is: what is signed, and what policies ask about.
import { noBytes } from '../../nouns/bytes.ts'
import type { Received } from '../../nouns/exchange.ts'
import type { SocketExchange } from '../../nouns/socket.ts'

/** Throws for an event of a connection that is open already. */
export function handshakeRequest(exchange: SocketExchange): Received {
  const { connection, requestId, receivedAtMs, listener, handshake } = exchange
  if (handshake === undefined) throw new Error('only a connection that opens is authorized')
  const { headers, path, rawQuery, scheme, port } = handshake
  return {
    requestId,
    extendedRequestId: requestId,
    receivedAtMs,
    method: 'GET',
    rawPath: path,
    resourcePathStart: 0,
    rawQuery,
    headers,
    body: noBytes,
    sourceIp: connection.sourceIp,
    protocol: 'HTTP/1.1',
    scheme,
    port,
    domainName: connection.domainName,
    listener,
  }
}
