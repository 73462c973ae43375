// Slows processes that write without end: beyond a rate of bytes, reading stops for a while.

/** The allowed rate, about 20 MB a second. */
const bytesPerMs = 20_000
const stepBytes = 400_000

/** Counts the output of one sandbox. Calls `stop` when it exceeds the rate, and `go` when it is within it again. */
export class FloodBrake {
  readonly #stop: () => void
  readonly #go: () => void
  #stepStartMs = 0
  #bytes = 0
  #isStopped = false
  #timer: NodeJS.Timeout | undefined

  constructor(stop: () => void, go: () => void) {
    this.#stop = stop
    this.#go = go
  }

  count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes >= stepBytes && this.#timer === undefined) this.#check()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  /** Stops for as long as the bytes since the start of the step are ahead of time, late ones included. */
  #check(): void {
    const aheadMs = this.#bytes / bytesPerMs - (performance.now() - this.#stepStartMs)
    if (aheadMs > 0) {
      if (!this.#isStopped) this.#stop()
      this.#isStopped = true
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#check()
      }, aheadMs)
      return
    }
    this.#bytes = 0
    this.#stepStartMs = performance.now()
    if (this.#isStopped) this.#go()
    this.#isStopped = false
  }
}
