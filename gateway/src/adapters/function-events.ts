// Asynchronous invocations (type Event): a bounded queue in memory, with Lambda's retries.
import { type FunctionAnswer, FunctionFault } from '../ports/functions.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../log.ts'

/** One event on its way. */
export interface QueuedEvent {
  readonly functionArn: string
  readonly requestId: string
  readonly payloadBytes: number
  /** How often it is tried again after a failure; twice when absent. */
  readonly retries?: number | undefined
  /** How long it may wait for its last try; six hours when absent. */
  readonly maximumAgeSeconds?: number | undefined
  readonly run: () => Promise<FunctionAnswer>
}

/** Lambda developer guide, "Error handling for asynchronous invocation": two retries, after one and after two minutes. */
const retryDelaysMs: readonly number[] = [60_000, 120_000]
/** Events are tried for six hours; throttled ones wait from one second to five minutes. */
const usualAgeSeconds = 21_600
const longestThrottleDelayMs = 300_000
/** Our own bounds. */
const mostEvents = 10_000
const mostBytes = 67_108_864
const parallelRuns = 32

interface Waiting {
  readonly event: QueuedEvent
  readonly acceptedAtMs: number
  failures: number
  throttles: number
}

export class FunctionEvents {
  private readonly clock: Clock
  private readonly log: Log
  private readonly due: Waiting[] = []
  private readonly delayed = new Set<() => void>()
  private count = 0
  private bytes = 0
  private running = 0
  private isClosed = false

  constructor(clock: Clock, log: Log) {
    this.clock = clock
    this.log = log
  }

  /** Takes an event. Throws FunctionFault (throttled) when the queue is full. */
  accept(event: QueuedEvent): void {
    if (this.count >= mostEvents || this.bytes + event.payloadBytes > mostBytes) {
      throw new FunctionFault('throttled', {
        status: 429,
        code: 'TooManyRequestsException',
        message: 'Rate Exceeded.',
        throttle: 'FunctionInvocationRateLimitExceeded',
      })
    }
    this.count++
    this.bytes += event.payloadBytes
    this.due.push({ event, acceptedAtMs: this.clock.now(), failures: 0, throttles: 0 })
    this.next()
  }

  /** Drops what waits. What runs is the runtime's to end. */
  close(): void {
    this.isClosed = true
    for (const cancel of this.delayed) cancel()
    if (this.count > this.running)
      this.log.warn({ events: this.count - this.running }, 'queued function events dropped')
    this.due.length = 0
  }

  private next(): void {
    while (this.running < parallelRuns && !this.isClosed) {
      const waiting = this.due.shift()
      if (waiting === undefined) return
      this.running++
      void this.run(waiting).finally(() => {
        this.running--
        this.next()
      })
    }
  }

  private async run(waiting: Waiting): Promise<void> {
    const { functionArn, requestId, run, retries = retryDelaysMs.length } = waiting.event
    try {
      const { functionError } = await run()
      if (functionError === undefined) return this.done(waiting)
      const delayMs = waiting.failures < retries ? retryDelaysMs[waiting.failures++] : undefined
      if (delayMs !== undefined && this.mayWait(waiting, delayMs)) return this.delay(waiting, delayMs)
      this.log.warn({ functionArn, requestId, functionError }, 'an event was given up after its last retry')
    } catch (error) {
      const isTransient = error instanceof FunctionFault && (error.status === 429 || error.status >= 500)
      if (isTransient && this.mayWait(waiting, 0)) {
        return this.delay(waiting, Math.min(1000 * 2 ** waiting.throttles++, longestThrottleDelayMs))
      }
      this.log.warn({ functionArn, requestId, error }, 'an event was given up')
    }
    this.done(waiting)
  }

  private mayWait({ event, acceptedAtMs }: Waiting, delayMs: number): boolean {
    const { maximumAgeSeconds = usualAgeSeconds } = event
    return this.clock.now() + delayMs - acceptedAtMs < maximumAgeSeconds * 1000
  }

  private done({ event }: Waiting): void {
    this.count--
    this.bytes -= event.payloadBytes
  }

  private delay(waiting: Waiting, delayMs: number): void {
    if (this.isClosed) return this.done(waiting)
    const cancel = this.clock.after(delayMs, () => {
      this.delayed.delete(cancel)
      this.due.push(waiting)
      this.next()
    })
    this.delayed.add(cancel)
  }
}
