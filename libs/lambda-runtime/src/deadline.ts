// A time-out that is set and taken back for one invocation after the other, with one timer for all of them.

/** Calls back once for each time that was set and neither taken back nor replaced before it was over. */
export class Deadline {
  readonly #expired: () => void
  /** Monotonic milliseconds; undefined when nothing is timed. */
  #dueMs: number | undefined
  /** The timer outlives what needed it: it looks at its end what is left of the present time. */
  #timer: NodeJS.Timeout | undefined
  #timerDueMs = 0

  constructor(expired: () => void) {
    this.#expired = expired
  }

  set(delayMs: number): void {
    this.#dueMs = performance.now() + delayMs
    if (this.#timer !== undefined && this.#timerDueMs <= this.#dueMs) return
    clearTimeout(this.#timer)
    this.#arm(delayMs)
  }

  /** Takes it back. */
  clear(): void {
    this.#dueMs = undefined
  }

  /** Ends the timer too; nothing is set afterwards. */
  close(): void {
    this.#dueMs = undefined
    clearTimeout(this.#timer)
  }

  #arm(delayMs: number): void {
    this.#timerDueMs = performance.now() + delayMs
    // The process that is timed keeps ours alive.
    this.#timer = setTimeout(() => this.#look(), Math.ceil(delayMs)).unref()
  }

  #look(): void {
    this.#timer = undefined
    if (this.#dueMs === undefined) return
    const leftMs = this.#dueMs - performance.now()
    if (leftMs > 0) return this.#arm(leftMs)
    this.#dueMs = undefined
    this.#expired()
  }
}
