// The connections to one origin: the one used last is used next, at most so many are open, and calls wait for a free one.
import type { ByteBudget } from '../../nouns/byte-budget.ts'
import {
  UpstreamFault,
  type Backend,
  type StreamedUpstreamAnswer,
  type UpstreamAnswer,
  type UpstreamRequest,
} from '../../ports/upstream.ts'
import { BufferedCall, StreamedCall, type Call } from './call.ts'
import { Connection, type ConnectionOwner, type Origin } from './connection.ts'
import type { Deadlines } from './deadlines.ts'

/** Connections a backend gets at most, those apart that a stream comes over; more requests wait for a free one. */
const mostConnections = 256
const sweepMs = 1000

export class OriginPool implements Backend, ConnectionOwner {
  private readonly origin: Origin
  private readonly deadlines: Deadlines
  private readonly room: ByteBudget
  private readonly open = new Set<Connection>()
  /** Streams may stay for hours: they must not keep the others waiting. */
  private readonly streaming = new Set<Connection>()
  private readonly idle: Connection[] = []
  private readonly waiting: Call[] = []
  private isSweeping = false

  constructor(origin: Origin, deadlines: Deadlines, room: ByteBudget) {
    this.origin = origin
    this.deadlines = deadlines
    this.room = room
  }

  request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    return new Promise((resolve, reject) => {
      this.begin(new BufferedCall(request, this.room, resolve, reject))
    })
  }

  stream(request: UpstreamRequest): Promise<StreamedUpstreamAnswer> {
    return new Promise((resolve, reject) => {
      this.begin(new StreamedCall(request, resolve, reject))
    })
  }

  get isUnused(): boolean {
    return this.open.size === 0 && this.streaming.size === 0 && this.waiting.length === 0
  }

  close(): void {
    const closed = new UpstreamFault('broken', 'the gateway is stopping')
    for (const call of this.waiting.splice(0)) call.fail(closed)
    for (const connection of [...this.open, ...this.streaming]) connection.end(closed)
  }

  onStreaming(connection: Connection): void {
    if (!this.open.delete(connection)) return
    this.streaming.add(connection)
    this.connectWaiting()
  }

  onIdle(connection: Connection): void {
    if (this.streaming.delete(connection)) {
      if (this.open.size >= mostConnections) {
        connection.abort()
        return
      }
      this.open.add(connection)
    }
    const call = this.nextWaiting()
    if (call !== undefined) this.use(connection, call)
    else {
      this.idle.push(connection)
      this.sweepLater()
    }
  }

  onClosed(connection: Connection): void {
    this.open.delete(connection)
    this.streaming.delete(connection)
    const index = this.idle.lastIndexOf(connection)
    if (index >= 0) this.idle.splice(index, 1)
    this.connectWaiting()
  }

  onUnsent(call: Call): void {
    if (call.isSettled) return
    if (this.open.size < mostConnections) this.connect(call)
    else this.waiting.push(call)
  }

  private begin(call: Call): void {
    this.deadlines.add(call, call.request.timeoutMs)
    const connection = this.takeIdle()
    if (connection !== undefined) this.use(connection, call)
    else if (this.open.size < mostConnections) this.connect(call)
    else this.waiting.push(call)
  }

  private takeIdle(): Connection | undefined {
    const connection = this.idle.pop()
    if (connection === undefined || connection.idleUntilMs > performance.now()) return connection
    connection.abort()
    return this.takeIdle()
  }

  private use(connection: Connection, call: Call): void {
    connection.take(call)
    flushLater(connection)
  }

  private connectWaiting(): void {
    const call = this.open.size < mostConnections ? this.nextWaiting() : undefined
    if (call !== undefined) this.connect(call)
  }

  private connect(call: Call): void {
    this.open.add(new Connection(this, this.origin, call))
  }

  /** Calls that ran out of time while they waited are passed over. */
  private nextWaiting(): Call | undefined {
    let call = this.waiting.shift()
    while (call?.isSettled === true) call = this.waiting.shift()
    return call
  }

  private sweepLater(): void {
    if (this.isSweeping) return
    this.isSweeping = true
    setTimeout(() => this.sweep(), sweepMs).unref()
  }

  private sweep(): void {
    this.isSweeping = false
    const nowMs = performance.now()
    for (const connection of this.idle.filter((each) => each.idleUntilMs <= nowMs)) connection.abort()
    if (this.idle.length > 0) this.sweepLater()
  }
}

let turn: Connection[] = []

/**
 * Requests on connections that stood idle are written at the end of this turn of the event loop: whatever has come in for them
 * (the backend's end of the connection, or an answer that nobody asked for and that would be taken for this request's) is read
 * before, and then the request goes elsewhere.
 */
function flushLater(connection: Connection): void {
  if (turn.push(connection) === 1) setImmediate(flushTurn)
}

function flushTurn(): void {
  const connections = turn
  turn = []
  for (const connection of connections) connection.flush()
}
