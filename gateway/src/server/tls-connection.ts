// What TLS knows of a connection: the host it was opened for, and the certificates that the client showed.
import { X509Certificate } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import type { NegotiatedTls } from '../nouns/exchange.ts'

export interface TlsConnection extends NegotiatedTls {
  /** In lower case; undefined when the client named no host. */
  readonly serverName: string | undefined
  /** The client's certificate and those it sent along; empty when it was not asked, or has none. */
  readonly clientChain: readonly X509Certificate[]
}

/** AWS accepts chains of four certificates; beyond this many, what a client sends is not read. */
const longestSentChain = 10

const connections = new WeakMap<Duplex, TlsConnection>()

/** Remembers a connection whose handshake is done. */
export function noteTls(socket: TLSSocket, asked: boolean): void {
  const { servername } = socket
  const serverName = typeof servername === 'string' && servername !== '' ? servername.toLowerCase() : undefined
  const version = socket.getProtocol() ?? ''
  const { name: cipherSuite } = socket.getCipher()
  connections.set(socket, { serverName, clientChain: asked ? sentChain(socket) : [], version, cipherSuite })
}

/** Undefined for a socket without TLS. */
export function tlsConnectionOf(socket: Duplex): TlsConnection | undefined {
  return connections.get(socket)
}

function sentChain(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  // A certificate that issued itself is its own issuer here.
  for (let last: unknown; next !== undefined && next !== last && chain.length < longestSentChain;) {
    // Without a certificate node gives an empty object.
    if (!Buffer.isBuffer(next.raw)) break
    chain.push(new X509Certificate(next.raw))
    last = next
    next = next.issuerCertificate as DetailedPeerCertificate | undefined
  }
  return chain
}
