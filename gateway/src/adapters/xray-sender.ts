// Segments to an X-Ray daemon, a datagram each: sent and forgotten, counted when they cannot be sent.
import { createSocket, type Socket } from 'node:dgram'
import type { Log } from '../log.ts'
import type { Scope } from '../nouns/records.ts'
import { mostDatagramBytes, writeDatagram, type DaemonAddress } from '../nouns/xray-datagram.ts'
import type { Clock } from '../ports/clock.ts'
import type { SegmentDocument, Segments } from '../ports/traces.ts'

export interface XraySenderOptions {
  readonly address: DaemonAddress
  readonly clock: Clock
  readonly log: Log
}

/** Datagrams that the system has not taken yet; more are dropped. */
const mostWaiting = 1_000
const complainMs = 60_000
/** After a failure the daemon's name is looked up anew, at most so often. */
const reconnectMs = 5_000

export class XraySender implements Segments {
  private readonly options: XraySenderOptions
  private socket: Socket | undefined
  private isConnected = false
  private failedAtMs = Number.NEGATIVE_INFINITY
  private complainedAtMs = Number.NEGATIVE_INFINITY
  /** Until the name of the daemon is looked up. */
  private unsent: Buffer[] = []
  private waiting = 0
  dropped = 0

  constructor(options: XraySenderOptions) {
    this.options = options
  }

  put(_scope: Scope, segment: SegmentDocument): void {
    const datagram = writeDatagram(JSON.stringify(segment))
    if (datagram.length > mostDatagramBytes) return this.drop(1, 'a segment is larger than a datagram')
    if (this.waiting + this.unsent.length >= mostWaiting) return this.drop(1, 'more came than could be sent')
    if (this.socket === undefined && !this.open()) return this.drop(1, 'the daemon could not be reached')
    if (this.isConnected) this.send(datagram)
    else this.unsent.push(datagram)
  }

  /** Waits for what the system has not taken yet. */
  async close(): Promise<void> {
    const { socket } = this
    if (socket === undefined) return
    const deadlineMs = Date.now() + 1_000
    while (this.waiting + this.unsent.length > 0 && this.socket === socket && Date.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    if (this.socket === socket) socket.close()
    this.socket = undefined
  }

  /** False while a failure is fresh. */
  private open(): boolean {
    const { address, clock } = this.options
    if (clock.now() - this.failedAtMs < reconnectMs) return false
    const socket = createSocket(address.host.includes(':') ? 'udp6' : 'udp4')
    this.socket = socket
    socket.unref()
    socket.on('error', (error) => this.fail(socket, error))
    // Connected: the name is looked up once, and the system tells us that nobody listens.
    socket.connect(address.port, address.host, () => {
      if (this.socket !== socket) return
      this.isConnected = true
      for (const datagram of this.unsent.splice(0)) this.send(datagram)
    })
    return true
  }

  private send(datagram: Buffer): void {
    this.waiting++
    this.socket?.send(datagram, (error) => {
      this.waiting--
      if (error !== null) this.drop(1, error)
    })
  }

  private fail(socket: Socket, error: Error): void {
    if (this.socket !== socket) return
    this.socket = undefined
    this.isConnected = false
    this.failedAtMs = this.options.clock.now()
    this.drop(this.unsent.splice(0).length, error)
    socket.close()
  }

  private drop(segments: number, why: unknown): void {
    this.dropped += segments
    const nowMs = this.options.clock.now()
    if (segments === 0 || nowMs - this.complainedAtMs < complainMs) return
    this.complainedAtMs = nowMs
    const { address, log } = this.options
    log.warn({ ...address, dropped: this.dropped, why }, 'segments could not be sent to the X-Ray daemon')
  }
}
