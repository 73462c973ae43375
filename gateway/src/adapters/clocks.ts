// The two clocks: the machine's, and one that a test moves.
import type { Clock } from '../ports/clock.ts'

/** The machine's clock. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, work) => {
    // Beyond 2^31 ms a timer of node's fires at once: such a wait is made of several.
    if (delayMs > longestTimerMs) {
      let cancel = systemClock.after(longestTimerMs, () => {
        cancel = systemClock.after(delayMs - longestTimerMs, work)
      })
      return () => cancel()
    }
    const timer = setTimeout(work, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

const longestTimerMs = 2 ** 31 - 1

interface Waiting {
  at: number
  readonly work: () => void
}

/** A clock that stands still until it is moved. */
export class VirtualClock implements Clock {
  private time: number
  private readonly waiting = new Set<Waiting>()

  /** `startMs`: epoch milliseconds; the present when absent. */
  constructor(startMs: number = Date.now()) {
    this.time = startMs
  }

  now(): number {
    return this.time
  }

  after(delayMs: number, work: () => void): () => void {
    const entry = { at: this.time + Math.max(0, delayMs), work }
    this.waiting.add(entry)
    return () => this.waiting.delete(entry)
  }

  /** Moves the clock forward; what is due on the way runs in order of its time, with the clock at that time. */
  advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) throw new RangeError('a clock moves forward only')
    const target = this.time + milliseconds
    for (let next = this.due(target); next !== undefined; next = this.due(target)) {
      this.waiting.delete(next)
      this.time = next.at
      next.work()
    }
    this.time = target
  }

  /** Sets the clock, as somebody sets the time of a machine: forward or back, and what waits goes on waiting as long. */
  set(epochMs: number): void {
    const shiftMs = epochMs - this.time
    this.time = epochMs
    for (const entry of this.waiting) entry.at += shiftMs
  }

  private due(target: number): Waiting | undefined {
    let first: Waiting | undefined
    for (const entry of this.waiting)
      if (entry.at <= target && (first === undefined || entry.at < first.at)) first = entry
    return first
  }
}
