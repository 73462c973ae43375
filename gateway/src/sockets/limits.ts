// What a WebSocket connection may do, and how long: AWS's limits where it has them, adjustable all. WebSocket 31.1.
import { socketMessageBytes } from '../nouns/limits.ts'

export interface SocketLimits {
  /** Without a message in either direction for so long, a connection is closed with 1001. */
  readonly idleMs: number
  /** However busy, no connection lives longer: 1001. */
  readonly lifetimeMs: number
  /** A longer frame closes the connection with 1009. What is sent is cut into frames of this length. */
  readonly frameBytes: number
  /** A longer message closes the connection with 1009. */
  readonly messageBytes: number
  /** A message in more fragments closes the connection with 1008. AWS: not known. */
  readonly messageFragments: number
  /** Frames that wait for a client to read: above this a push is refused, and an answer closes the connection with 1008. */
  readonly outboundBytes: number
  /** The same in frames, pongs among them, since small ones cost more than their bytes. */
  readonly outboundFrames: number
  /** A client that was refused a push for its full buffer has so long to read; then it is closed with 1008. */
  readonly stallMs: number
  /** How long the other side has to confirm a close. */
  readonly closeMs: number
  /** Messages of one connection that are handled at the same time; 1 keeps their order. */
  readonly messagesAtOnce: number
  /** Messages that wait to be handled before the gateway stops reading from the client. */
  readonly waitingMessages: number
  /** Whether a client's ping counts as activity. Open choice: it does not. WebSocket 31.2. */
  readonly pingsKeepAlive: boolean
  /** Whether permessage-deflate is agreed to. AWS does not, as far as is known. */
  readonly compresses: boolean
}

export const awsSocketLimits: SocketLimits = {
  idleMs: 10 * 60_000,
  lifetimeMs: 2 * 60 * 60_000,
  frameBytes: 32 * 1024,
  messageBytes: socketMessageBytes,
  messageFragments: 4_096,
  outboundBytes: 1024 * 1024,
  outboundFrames: 8_192,
  stallMs: 10_000,
  closeMs: 5_000,
  messagesAtOnce: 1,
  waitingMessages: 16,
  pingsKeepAlive: false,
  compresses: false,
}

/** Close codes with the reasons that `$disconnect` is told. Which code AWS sends when is an open choice. WebSocket 31.2. */
export const closings = {
  deleted: { statusCode: 1000, reason: 'Connection Closed Normally' },
  goingAway: { statusCode: 1001, reason: 'Going away' },
  unsupportedData: { statusCode: 1003, reason: 'Unsupported data' },
  noStatus: { statusCode: 1005, reason: 'Client-side close frame status not set' },
  abnormal: { statusCode: 1006, reason: 'Connection closed abnormally' },
  notReading: { statusCode: 1008, reason: 'Client does not read' },
  tooBig: { statusCode: 1009, reason: 'Message too big' },
} as const

/** What the WebSocket library calls a client's mistakes → the code that it closes with. */
export const protocolErrors: ReadonlyMap<string, { readonly statusCode: number; readonly reason: string }> = new Map([
  ['WS_ERR_INVALID_UTF8', { statusCode: 1007, reason: 'Invalid UTF-8' }],
  ['WS_ERR_TOO_MANY_BUFFERED_PARTS', { statusCode: 1008, reason: 'Too many fragments' }],
  ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', closings.tooBig],
  ['WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', closings.tooBig],
])
