// One call of a backend, from its deadline's start to its settled promise; buffered or streamed.
import type { ByteBudget } from '../../nouns/byte-budget.ts'
import { payloadBytes } from '../../nouns/limits.ts'
import {
  UpstreamFault,
  type StreamedUpstreamAnswer,
  type UpstreamAnswer,
  type UpstreamRequest,
} from '../../ports/upstream.ts'
import { ChunkQueue } from '../chunk-queue.ts'
import type { DeadlineQueue, Timed } from './deadlines.ts'

/** What a call may ask of the connection that carries it. */
export interface Carrier {
  /** Ends the call: its connection cannot be used on. */
  abort(): void
  resume(): void
}

export abstract class Call implements Timed {
  readonly request: UpstreamRequest
  /** Its body goes on as it comes, for as long as it likes. */
  abstract readonly isStreamed: boolean
  deadlineMs = 0
  queue: DeadlineQueue | undefined
  previous: Timed | undefined
  next: Timed | undefined
  /** While a connection works for it. */
  carrier: Carrier | undefined
  /** It has been sent on a connection that had ended already, and is not sent a third time. */
  isSecondTry = false
  private settled = false
  private readonly reject: (fault: UpstreamFault) => void

  constructor(request: UpstreamRequest, reject: (fault: UpstreamFault) => void) {
    this.request = request
    this.reject = reject
  }

  get isSettled(): boolean {
    return this.settled
  }

  abstract onHead(status: number, headers: string[]): void
  /** The bytes are the call's own. False: stop reading until `resume`. */
  abstract onBody(bytes: Uint8Array): boolean
  abstract onEnd(): void

  /** No more comes, because of this fault. */
  fail(fault: UpstreamFault): void {
    if (!this.settle()) return
    this.carrier?.abort()
    this.reject(fault)
  }

  expire(): void {
    this.fail(new UpstreamFault('timeout', 'the backend did not answer in time'))
  }

  /** True the first time. */
  protected settle(): boolean {
    if (this.settled) return false
    this.settled = true
    this.queue?.remove(this)
    return true
  }
}

export class BufferedCall extends Call {
  readonly isStreamed = false
  private readonly resolve: (answer: UpstreamAnswer) => void
  private readonly room: ByteBudget
  private readonly chunks: Uint8Array[] = []
  private bytes = 0
  private status = 0
  private headers: string[] = []

  constructor(
    request: UpstreamRequest,
    room: ByteBudget,
    resolve: (answer: UpstreamAnswer) => void,
    reject: (fault: UpstreamFault) => void,
  ) {
    super(request, reject)
    this.room = room
    this.resolve = resolve
  }

  onHead(status: number, headers: string[]): void {
    this.status = status
    this.headers = headers
  }

  onBody(bytes: Uint8Array): boolean {
    if (this.isSettled) return true
    if (this.bytes + bytes.length > payloadBytes)
      this.fail(new UpstreamFault('too-large', `the backend's answer exceeds ${payloadBytes} bytes`))
    else if (this.room.take(bytes.length)) {
      this.bytes += bytes.length
      this.chunks.push(bytes)
    } else this.fail(new UpstreamFault('too-large', "there is no room for the backend's answer beside all others"))
    return true
  }

  onEnd(): void {
    if (this.settle()) this.resolve({ status: this.status, headers: this.headers, body: this.chunks })
  }

  protected override settle(): boolean {
    if (!super.settle()) return false
    this.room.give(this.bytes)
    return true
  }
}

/** Settles with the head; the deadline is the head's. */
export class StreamedCall extends Call {
  readonly isStreamed = true
  private readonly resolve: (answer: StreamedUpstreamAnswer) => void
  private readonly body = new ChunkQueue(
    () => this.carrier?.resume(),
    () => this.carrier?.abort(),
  )

  constructor(
    request: UpstreamRequest,
    resolve: (answer: StreamedUpstreamAnswer) => void,
    reject: (fault: UpstreamFault) => void,
  ) {
    super(request, reject)
    this.resolve = resolve
  }

  onHead(status: number, headers: string[]): void {
    if (this.settle()) this.resolve({ status, headers, body: this.body })
  }

  onBody(bytes: Uint8Array): boolean {
    return this.body.push(bytes)
  }

  onEnd(): void {
    this.body.end()
  }

  override fail(fault: UpstreamFault): void {
    this.body.fail(fault)
    super.fail(fault)
  }
}
