// A request before its body: what the listener hands to the front, and what the front hands back.
import type { Answer } from '../nouns/exchange.ts'
import type { HeaderList } from '../nouns/headers.ts'
import { payloadBytes } from '../nouns/limits.ts'
import type { VpcEndpoint } from '../nouns/vpc-endpoint.ts'
import type { TlsConnection } from './tls-connection.ts'
import type { Upgrade } from '../sockets/handshake.ts'

/** The head of a request, from a socket or from `createGateway().invoke()`. */
export interface Head {
  readonly method: string
  /** What the request line says where `method` is another: a client may override it. */
  readonly sentMethod?: string | undefined
  /** The request line's target, as sent. */
  readonly target: string
  readonly headers: HeaderList
  /** `1.1`; for HTTP/2, too: that is what AWS reports. WebSocket and HTTP 1.2. */
  readonly httpVersion: string
  /** Its header names are all in lower case. */
  readonly isHttp2?: boolean | undefined
  readonly remoteAddress: string
  readonly scheme: 'http' | 'https'
  /** The port that the client spoke to. */
  readonly port: number
  /** Undefined where there is no TLS. */
  readonly tls?: TlsConnection | undefined
  /** Which VPC endpoint's listener took the request; undefined on public ones. */
  readonly vpcEndpoint?: VpcEndpoint | undefined
}

/** Who answers the request, and how large a body it takes. */
export interface Destination {
  readonly maximumBodyBytes: number
  readonly handle: (body: Uint8Array) => Answer | Promise<Answer>
  /** The answer instead, when the body is larger. */
  readonly tooLarge: () => Answer
  /**
   * Takes the socket of a request that wants to become a WebSocket; resolves with the answer instead where it may not.
   * Absent where there are no WebSockets: the request is then like any other.
   */
  readonly upgrade?: ((upgrade: Upgrade) => Promise<Answer | undefined>) | undefined
}

/** A destination that reads nothing and always says the same. */
export function fixed(answer: Answer): Destination {
  return { maximumBodyBytes: payloadBytes, handle: () => answer, tooLarge: () => answer }
}

/** Finds who answers. Never rejects. */
export type Front = (head: Head) => Destination | Promise<Destination>
