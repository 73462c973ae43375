// One invocation in progress: the call, what has arrived of its answer, and the result and log lines made of it.
import type { InvokeRequest } from './channel.ts'
import type { FunctionDefinition, InvokeResult, RuntimeLimits } from './definition.ts'
import { platformError, responseTooLarge, RuntimeFault } from './faults.ts'
import type { SandboxEnd } from './faults.ts'
import { billedDurationMs, LogTail, reportLine, timeoutLine } from './log.ts'
import type { SandboxLog } from './log.ts'
import type { ChunkQueue } from './stream.ts'

/** The receiver of a streamed answer. */
export interface StreamTarget {
  readonly queue: ChunkQueue
  /** Called once, before the first byte. */
  readonly opened: (contentType: string) => void
}

/** An event, and the form in which its caller wants the answer. */
export interface Call {
  readonly request: InvokeRequest
  readonly wantsTail: boolean
  /** Without it the whole answer is gathered, also when the handler streams. */
  readonly stream: StreamTarget | undefined
}

/** Facts about the sandbox that an invocation reports. */
export interface InvocationPlace {
  readonly definition: FunctionDefinition
  readonly limits: RuntimeLimits
  readonly log: SandboxLog
  /** Set for the invocation that waited for the sandbox to start. */
  readonly initDurationMs: number | undefined
  readonly maxMemoryUsedMb: () => number
}

const empty = new Uint8Array(0)

/** One invocation, from the moment a sandbox takes the call until it is answered, once. */
export class Invocation {
  readonly result: Promise<InvokeResult>
  readonly #call: Call
  readonly #place: InvocationPlace
  readonly #startedMs: number = performance.now()
  readonly #resolve: (result: InvokeResult) => void
  readonly #reject: (fault: unknown) => void
  #gathered: Uint8Array[] = []
  #streamedBytes = 0
  #isStreamOpen = false

  constructor(call: Call, place: InvocationPlace) {
    const { promise, resolve, reject } = Promise.withResolvers<InvokeResult>()
    this.result = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#call = call
    this.#place = place
    const { log, definition } = place
    log.tail = call.wantsTail ? new LogTail() : undefined
    if (log.wanted) log.write(`START RequestId: ${call.request.requestId} Version: ${definition.version}`)
  }

  /** The handler returned a whole answer. */
  answered(payload: Uint8Array): void {
    const stream = this.#call.stream
    if (stream === undefined) return this.#finish(payload)
    this.streamOpened('application/json')
    stream.queue.push(payload)
    stream.queue.end()
    this.#finish(empty)
  }

  /** The handler failed, or its answer was refused; `platformErrorType` when the sandbox itself did. */
  failed(document: Uint8Array, platformErrorType?: string): void {
    this.#call.stream?.queue.end(
      new RuntimeFault('FunctionFailed', 'The function failed before its answer was complete'),
    )
    this.#finish(document, { platformErrorType })
  }

  /** The sandbox ended before it answered. */
  interrupted(end: SandboxEnd): void {
    const { requestId } = this.#call.request
    try {
      const { errorType, errorMessage, document } = platformError(end, requestId)
      if (end.kind === 'timedOut') this.#place.log.write(timeoutLine(requestId, end.timeoutMs, new Date()))
      else if (errorMessage !== undefined) this.#place.log.write(`${errorMessage}\n${errorType}`)
      this.failed(document, errorType)
    } catch (fault) {
      this.#call.stream?.queue.end(fault as RuntimeFault)
      this.#place.log.tail = undefined
      this.#reject(fault)
    }
  }

  streamOpened(contentType: string): void {
    if (this.#isStreamOpen) return
    this.#isStreamOpen = true
    this.#call.stream?.opened(contentType)
  }

  /**
   * Takes bytes of a streamed answer (copied, they are lent). `full`: wait for `whenDrained`;
   * `tooLarge`: the limit is passed and the invocation has failed.
   */
  streamed(chunk: Uint8Array): 'taken' | 'full' | 'tooLarge' {
    const { limits } = this.#place
    const stream = this.#call.stream
    const limitBytes = stream === undefined ? limits.responseBytes : limits.streamBytes
    this.#streamedBytes += chunk.length
    if (this.#streamedBytes > limitBytes) {
      this.failed(responseTooLarge(limitBytes))
      return 'tooLarge'
    }
    const copy = Buffer.from(chunk)
    if (stream !== undefined) return stream.queue.push(copy) ? 'taken' : 'full'
    this.#gathered.push(copy)
    return 'taken'
  }

  whenDrained(callback: () => void): void {
    this.#call.stream?.queue.whenDrained(callback)
  }

  streamEnded(failure: Uint8Array | undefined): void {
    if (failure !== undefined) return this.failed(failure)
    this.#call.stream?.queue.end()
    this.#finish(this.#call.stream === undefined ? Buffer.concat(this.#gathered) : empty)
  }

  #finish(payload: Uint8Array, failure?: { readonly platformErrorType: string | undefined }): void {
    const { log, definition, initDurationMs } = this.#place
    const { requestId } = this.#call.request
    const durationMs = performance.now() - this.#startedMs
    const maxMemoryUsedMb = this.#place.maxMemoryUsedMb()
    if (log.wanted) {
      log.write(`END RequestId: ${requestId}`)
      const { memoryMb } = definition
      const platformErrorType = failure?.platformErrorType
      log.write(reportLine({ requestId, durationMs, memoryMb, maxMemoryUsedMb, initDurationMs, platformErrorType }))
    }
    const tail = log.tail
    log.tail = undefined
    this.#resolve({
      requestId,
      executedVersion: definition.version,
      payload,
      durationMs,
      billedDurationMs: billedDurationMs(durationMs),
      maxMemoryUsedMb,
      ...(failure !== undefined && { functionError: 'Unhandled' as const }),
      ...(initDurationMs !== undefined && { initDurationMs }),
      ...(tail !== undefined && { logTail: tail.text() }),
    })
  }
}
