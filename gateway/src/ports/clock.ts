// The clock port: all time in the product comes from here, so that a test can move it.

export interface Clock {
  /** Now, in epoch milliseconds. */
  now(): number
  /** Runs `work` once, `delayMs` from now on this clock. The returned function takes it back. Never keeps the process alive. */
  after(delayMs: number, work: () => void): () => void
}
