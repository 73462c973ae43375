// Chunks from a producer that can be paused to one reader that may be slower: bounded by asking the producer to stop.

/** Chunks waiting before the producer is asked to pause. */
const highWaterBytes = 256 * 1024

export class ChunkQueue implements AsyncIterable<Uint8Array> {
  private readonly chunks: Uint8Array[] = []
  private bytes = 0
  private ended = false
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

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.chunks.shift()
        if (chunk !== undefined) {
          const wasFull = this.bytes >= highWaterBytes
          this.bytes -= chunk.length
          if (wasFull && this.bytes < highWaterBytes) this.resume()
          yield chunk
          continue
        }
        if (this.error !== undefined) throw this.error
        if (this.ended) return
        await new Promise<void>((resolve) => (this.wake = resolve))
        this.wake = undefined
      }
    } finally {
      if (!this.ended && this.error === undefined) this.abandon()
    }
  }
}
