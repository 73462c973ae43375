// A streamed answer's body within AWS's bounds: how long it may pause, how long it may take, how long it said it would be.
import type { Clock } from '../../ports/clock.ts'

export interface StreamBounds {
  readonly clock: Clock
  /** The longest pause between two chunks. */
  readonly idleMs: number
  /** From the request's arrival; the stream is cut then. */
  readonly endsAtMs: number
  /** What `Content-Length` promised, if anything did. */
  readonly expectedBytes: number | undefined
}

/** The same chunks. A reader's `next` rejects where a bound is passed; the source is left at once, then and when the reader goes. */
export function boundedStream(source: AsyncIterable<Uint8Array>, bounds: StreamBounds): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => new BoundedIterator(source[Symbol.asyncIterator](), bounds) }
}

class BoundedIterator implements AsyncIterator<Uint8Array> {
  private readonly source: AsyncIterator<Uint8Array>
  private readonly bounds: StreamBounds
  private lastChunkMs: number
  private bytes = 0
  private cancelTimer: () => void = () => {}
  private failed: Error | undefined
  private waiting: ((error: Error) => void) | undefined

  constructor(source: AsyncIterator<Uint8Array>, bounds: StreamBounds) {
    this.source = source
    this.bounds = bounds
    this.lastChunkMs = bounds.clock.now()
    this.arm()
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.failed !== undefined) return Promise.reject(this.failed)
    return new Promise((resolve, reject) => {
      this.waiting = reject
      this.source.next().then(
        (result) => this.take(result, resolve),
        (error: unknown) => this.fail(error as Error),
      )
    })
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.cancelTimer()
    await this.source.return?.()
    return { value: undefined, done: true }
  }

  /** Leaves the source; its errors no longer matter then. */
  private async leave(): Promise<void> {
    try {
      await this.source.return?.()
    } catch {}
  }

  private take(result: IteratorResult<Uint8Array>, resolve: (result: IteratorResult<Uint8Array>) => void): void {
    const { expectedBytes, clock } = this.bounds
    this.lastChunkMs = clock.now()
    if (result.done !== true) this.bytes += result.value.length
    if (
      expectedBytes !== undefined &&
      (this.bytes > expectedBytes || (result.done === true && this.bytes < expectedBytes))
    ) {
      this.fail(new Error(`the stream has other than the ${expectedBytes} bytes that it promised`))
      return
    }
    if (result.done === true) this.cancelTimer()
    this.waiting = undefined
    resolve(result)
  }

  /** One timer at a time: when it fires early, because chunks came meanwhile, it is set again. */
  private arm(): void {
    const { clock, idleMs, endsAtMs } = this.bounds
    const dueMs = Math.min(this.lastChunkMs + idleMs, endsAtMs)
    const check = (): void => {
      if (clock.now() >= endsAtMs) this.fail(new Error('the stream took longer than it may'))
      // Nobody waits: the reader is slow, the source is not.
      else if (this.waiting !== undefined && clock.now() - this.lastChunkMs >= idleMs)
        this.fail(new Error('the stream paused longer than it may'))
      else {
        if (this.waiting === undefined) this.lastChunkMs = clock.now()
        this.arm()
      }
    }
    this.cancelTimer = clock.after(dueMs - clock.now(), check)
  }

  private fail(error: Error): void {
    if (this.failed !== undefined) return
    this.failed = error
    this.cancelTimer()
    this.waiting?.(error)
    void this.leave()
  }
}
