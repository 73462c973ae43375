// Long work in short turns: whatever else the process has to do, requests above all, is done between two of them.
import { setImmediate } from 'node:timers/promises'

const turnMs = 5

/** The turns of one piece of work, the first of which begins now: `await turns.next()` after each small part of it. */
export class Turns {
  private endsAtMs = performance.now() + turnMs

  /** Waits for others when the turn is over; undefined while it lasts. */
  next(): Promise<void> | undefined {
    return performance.now() < this.endsAtMs ? undefined : this.begin()
  }

  private async begin(): Promise<void> {
    await setImmediate()
    this.endsAtMs = performance.now() + turnMs
  }
}
