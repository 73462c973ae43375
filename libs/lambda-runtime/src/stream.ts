// The queue of a streamed answer between the process that writes and the reader: bounded, with back-pressure.

const highWaterBytes = 1_048_576

/** A queue of chunks for one reader; the writer is told to wait when too much is unread. */
export class ChunkQueue implements AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = []
  #queuedBytes = 0
  #finished = false
  #failure: Error | undefined
  #abandoned = false
  #wake: (() => void) | undefined
  #drained: (() => void) | undefined

  /** Takes a chunk. False: wait for `whenDrained` before the next one. An abandoned queue takes and forgets. */
  push(chunk: Uint8Array): boolean {
    if (this.#abandoned || chunk.length === 0) return true
    this.#chunks.push(chunk)
    this.#queuedBytes += chunk.length
    this.#notify()
    return this.#queuedBytes < highWaterBytes
  }

  /** Calls back once, when the reader has made room. */
  whenDrained(callback: () => void): void {
    this.#drained = callback
  }

  /** Ends the stream; with `failure` the reader gets it after the chunks that arrived. */
  end(failure?: Error): void {
    this.#finished = true
    this.#failure ??= failure
    this.#notify()
  }

  /** One reader. It may go away while it waits for a chunk. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined, undefined> {
    return {
      next: () => this.#next(),
      return: () => {
        this.#abandoned = true
        this.#chunks = []
        this.#release()
        this.#notify()
        return Promise.resolve(done)
      },
    }
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      if (this.#abandoned) return done
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) {
        this.#queuedBytes -= chunk.length
        if (this.#queuedBytes < highWaterBytes / 2) this.#release()
        return { value: chunk, done: false }
      }
      if (this.#finished) {
        if (this.#failure !== undefined) throw this.#failure
        return done
      }
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #notify(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  #release(): void {
    this.#drained?.()
    this.#drained = undefined
  }
}

const done = { value: undefined, done: true } as const
