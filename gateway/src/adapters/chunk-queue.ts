// Chunks from a producer that can be paused to one reader that may be slower: bounded by asking the producer to stop.

/** Chunks waiting before the producer is asked to pause. */
const highWaterBytes = 256 * 1024

export class ChunkQueue implements AsyncIterable<Uint8Array> {
  private readonly chunks: Uint8Array[] = []
  private bytes = 0
  private ended = false
  private isLeft = false
  private error: Error | undefined
  private wake: (() => void) | undefined
  private readonly resume: () => void
  private readonly abandon: () => void

  /** `resume`: the reader has room again. `abandon`: the reader went away. */
  constructor(resume: () => void, abandon: () => void) {
    this.resume = resume
    this.abandon = abandon
  }

  /** False when the producer should pause until `resume` is called. */
  push(chunk: Uint8Array): boolean {
    if (this.isLeft) return true
    this.chunks.push(chunk)
    this.bytes += chunk.length
    this.wake?.()
    return this.bytes < highWaterBytes
  }

  end(): void {
    this.ended = true
    this.wake?.()
  }

  fail(error: Error): void {
    this.error ??= error
    this.wake?.()
  }

  /** One reader. It may go away while it waits for a chunk: the producer learns of it at once. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () => this.next(),
      return: () => {
        this.leave()
        return Promise.resolve(done)
      },
    }
  }

  private async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      if (this.isLeft) return done
      const chunk = this.chunks.shift()
      if (chunk !== undefined) {
        const wasFull = this.bytes >= highWaterBytes
        this.bytes -= chunk.length
        if (wasFull && this.bytes < highWaterBytes) this.resume()
        return { value: chunk, done: false }
      }
      if (this.error !== undefined) throw this.error
      if (this.ended) return done
      await new Promise<void>((resolve) => (this.wake = resolve))
      this.wake = undefined
    }
  }

  private leave(): void {
    if (this.isLeft) return
    this.isLeft = true
    this.chunks.length = 0
    if (!this.ended && this.error === undefined) this.abandon()
    this.wake?.()
  }
}

const done = { value: undefined, done: true } as const
