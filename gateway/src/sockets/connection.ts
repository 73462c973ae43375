// One open WebSocket: its messages in order, its bounds, its two clocks, and its end.
import { isUtf8 } from 'node:buffer'
import { setImmediate as othersDone } from 'node:timers/promises'
import type { WebSocket } from 'ws'
import { utf8 } from '../nouns/bytes.ts'
import type { Caller, Keyed } from '../nouns/exchange.ts'
import type { Scope } from '../nouns/records.ts'
import type { ConnectionEnd, ConnectionFacts } from '../nouns/socket.ts'
import type { Clock } from '../ports/clock.ts'
import type { Pushed } from '../ports/connections.ts'
import { closings, protocolErrors, type SocketLimits } from './limits.ts'

/** The stage that a connection was opened on; it stays that stage whatever is deployed to it. */
export interface ConnectionPlace {
  readonly scope: Scope
  readonly apiId: string
  readonly stageName: string
}

/** What `$connect` found out about the client. */
export interface ConnectionIdentity {
  readonly caller: Caller | undefined
  readonly connectionKey: Keyed['apiKey'] | undefined
}

/** What a connection tells of itself. */
export interface ConnectionHost {
  readonly limits: SocketLimits
  readonly clock: Clock
  /** Handles a message; resolves with the frame that goes back, undefined for none. Never rejects. */
  readonly message: (connection: Connection, text: string) => Promise<string | undefined>
  /** The socket is gone, and so is the connection for everybody; its messages may still be handled. */
  readonly closed: (connection: Connection) => void
  /** All its messages are handled. Never throws. */
  readonly finished: (connection: Connection, end: ConnectionEnd) => void
  /** A client was closed because it does not read. */
  readonly overflowed: () => void
}

const open: WebSocket['OPEN'] = 1
/** Messages that wait are handled so many at a time, then everybody else has a turn. */
const messagesOfTurn = 32
/** More bytes than these may be thousands of frames: what follows is read when everybody else had a turn. */
const bytesOfTurn = 4_096

export class Connection {
  readonly facts: ConnectionFacts
  readonly place: ConnectionPlace
  readonly identity: ConnectionIdentity
  lastActiveAtMs: number
  private readonly host: ConnectionHost
  private readonly socket: WebSocket
  /** How the gateway ends it; undefined as long as it does not. */
  private end: ConnectionEnd | undefined
  private isClosed = false
  private waiting: string[] = []
  private isResting = false
  private handling = 0
  /** Frames that wait for the client to read. */
  private unsent = 0
  private cancelWatch: () => void
  private cancelStall: (() => void) | undefined

  constructor(
    host: ConnectionHost,
    socket: WebSocket,
    { facts, place, identity }: Pick<Connection, 'facts' | 'place' | 'identity'>,
  ) {
    this.host = host
    this.socket = socket
    this.facts = facts
    this.place = place
    this.identity = identity
    this.lastActiveAtMs = host.clock.now()
    this.cancelWatch = () => {}
    socket.on('message', (data, isBinary) => this.receive(data as Buffer, isBinary))
    socket.on('error', (error: Error & { readonly code?: string }) => this.failed(error))
    socket.on('close', (code, reason) => this.ended(code, reason))
    socket.on('ping', (data) => this.pinged(data))
    this.watch()
  }

  /** Queues one text message; refuses it when the client does not read. */
  push(data: Uint8Array): Pushed {
    if (this.end !== undefined || this.socket.readyState !== open) return 'gone'
    const { limits, clock } = this.host
    if (this.isFull()) {
      this.cancelStall ??= clock.after(limits.stallMs, () => this.checkStall())
      return 'full'
    }
    if (data.length > 0) this.write(isUtf8(data) ? data : utf8(data), data.length)
    return 'sent'
  }

  /** Closes it from our side. What the client says from now on is not listened to. */
  shut(end: ConnectionEnd): void {
    if (this.end !== undefined || this.isClosed) return
    this.end = end
    this.socket.close(end.statusCode, end.reason)
    this.terminateLater()
  }

  /** Bytes have come, and are about to be read. */
  came(bytes: number): void {
    if (bytes <= bytesOfTurn || this.isResting || this.isClosed) return
    this.isResting = true
    this.socket.pause()
    setImmediate(() => {
      this.isResting = false
      this.readOn()
    })
  }

  /** Ends it without a word. */
  cut(): void {
    this.socket.terminate()
  }

  private touch(): void {
    this.lastActiveAtMs = this.host.clock.now()
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.end !== undefined) return
    if (isBinary) {
      this.shut(closings.unsupportedData)
      return
    }
    this.touch()
    this.waiting.push(data.toString('utf8'))
    if (this.handling < this.host.limits.messagesAtOnce) void this.handle()
    else if (this.waiting.length > this.host.limits.waitingMessages) this.socket.pause()
  }

  /** Works off what waits, one message after the other. */
  private async handle(): Promise<void> {
    this.handling++
    let handled = 0
    for (let text = this.waiting.shift(); text !== undefined; text = this.waiting.shift()) {
      this.readOn()
      const frame = await this.host.message(this, text)
      if (frame !== undefined) this.answer(frame)
      if (++handled % messagesOfTurn === 0) await othersDone()
    }
    this.handling--
    if (this.isClosed) this.finish()
  }

  private readOn(): void {
    if (this.waiting.length === 0 && !this.isResting && this.socket.isPaused) this.socket.resume()
  }

  private answer(frame: string): void {
    if (this.end !== undefined || this.socket.readyState !== open) return
    if (this.isFull()) this.overflow()
    else this.write(frame, frame.length)
  }

  /** `atLeastBytes`: a text has as many bytes as characters, or more. */
  private write(data: Uint8Array | string, atLeastBytes: number): void {
    this.touch()
    const { frameBytes } = this.host.limits
    if (atLeastBytes * 3 <= frameBytes) {
      this.send(data, true)
      return
    }
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    for (let from = 0; from < bytes.length; from += frameBytes) {
      const end = from + frameBytes
      this.send(bytes.subarray(from, end), end >= bytes.length)
    }
  }

  private send(data: Uint8Array | string, fin: boolean): void {
    this.unsent++
    this.socket.send(data, { binary: false, fin }, this.sent)
  }

  private readonly sent = (): void => void this.unsent--

  private pinged(data: Buffer): void {
    const { pingsKeepAlive } = this.host.limits
    if (pingsKeepAlive) this.touch()
    if (this.end !== undefined || this.socket.readyState !== open) return
    if (this.isFull()) {
      this.overflow()
      return
    }
    this.unsent++
    this.socket.pong(data, false, this.sent)
  }

  /** Small frames take more memory than their bytes say: they are counted too. */
  private isFull(): boolean {
    const { outboundBytes, outboundFrames } = this.host.limits
    return this.unsent > outboundFrames || this.socket.bufferedAmount > outboundBytes
  }

  private checkStall(): void {
    this.cancelStall = undefined
    if (this.isFull()) this.overflow()
  }

  /** The close frame waits behind everything the client has not read: a client that reads on in time gets it, others are cut off. */
  private overflow(): void {
    if (this.end !== undefined) return
    this.host.overflowed()
    this.shut(closings.notReading)
  }

  private failed({ code = '' }: { readonly code?: string }): void {
    // On a protocol error the library closes with the right code by itself; a broken socket is none.
    if (code.startsWith('WS_ERR_')) {
      this.end ??= protocolErrors.get(code) ?? { statusCode: 1002, reason: 'Protocol error' }
      this.terminateLater()
    }
  }

  private terminateLater(): void {
    this.cancelWatch()
    this.cancelWatch = this.host.clock.after(this.host.limits.closeMs, () => this.socket.terminate())
  }

  private ended(code: number, reason: Buffer): void {
    this.isClosed = true
    this.cancelWatch()
    this.cancelStall?.()
    this.end ??= endOf(code, reason)
    this.host.closed(this)
    if (this.handling === 0) this.finish()
  }

  private finish(): void {
    if (this.handling === 0 && this.end !== undefined) this.host.finished(this, this.end)
  }

  /** One timer for both limits, set again when it goes off and neither is reached: activity costs nothing. */
  private readonly watch = (): void => {
    const { limits, clock } = this.host
    const due = Math.min(this.lastActiveAtMs + limits.idleMs, this.facts.connectedAtMs + limits.lifetimeMs)
    const leftMs = due - clock.now()
    if (leftMs > 0) this.cancelWatch = clock.after(leftMs, this.watch)
    else this.shut(closings.goingAway)
  }
}

/** How a client ended it. WebSocket 31.2. */
function endOf(code: number, reason: Buffer): ConnectionEnd {
  if (code === 1005) return closings.noStatus
  if (code === 1006) return closings.abnormal
  return { statusCode: code, reason: reason.toString('utf8') }
}
