// A time-out that is set and cleared for one invocation after another, with one timer for all of them.

/** Calls back once for each time that passes without having been cleared or replaced. */
export class Deadline {
  readonly #expired: () => void
  /** Monotonic milliseconds; undefined when nothing is timed. */
  #dueMs: number | undefined
  /** The timer is not cleared with its time: when it fires it looks how much is left of the present one. */
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

  /** Clears the time. */
  clear(): void {
    this.#dueMs = undefined
  }

  /** Ends the timer too; no time may be set afterwards. */
  close(): void {
    this.#dueMs = undefined
    clearTimeout(this.#timer)
  }

  #arm(delayMs: number): void {
    this.#timerDueMs = performance.now() + delayMs
    // The timer need not keep our process alive: the process that it limits does.
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
