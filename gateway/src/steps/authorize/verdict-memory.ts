// What an authorizer said, remembered for its time to live by the identity of the caller: each question is asked once.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../ports/clock.ts'

/** A verdict, and how much memory it takes, about. */
export interface Weighed {
  readonly bytes: number
}

interface Remembered<Verdict> {
  readonly verdict: Verdict
  readonly untilMs: number
}

/** Remembered verdicts of one authorizer: so many, and so many bytes. */
const maximumVerdicts = 10_000
const maximumVerdictBytes = 16 * 1024 * 1024

export class VerdictMemory<Verdict extends Weighed> {
  private readonly ttlMs: number
  private readonly clock: Clock
  private readonly remembered: LRUCache<string, Remembered<Verdict>>
  private readonly asked = new Map<string, Promise<Verdict>>()

  /** `ttlSeconds` is not 0: then there is nothing to remember, and no need of a memory. */
  constructor(ttlSeconds: number, clock: Clock) {
    this.ttlMs = ttlSeconds * 1000
    this.clock = clock
    this.remembered = new LRUCache({
      max: maximumVerdicts,
      maxSize: maximumVerdictBytes,
      sizeCalculation: ({ verdict }, key) => key.length + verdict.bytes * 2 + 256,
    })
  }

  /** The verdict that still holds for a key; undefined when somebody has to be asked. */
  known(key: string): Verdict | undefined {
    const known = this.remembered.get(key)
    return known !== undefined && known.untilMs > this.clock.now() ? known.verdict : undefined
  }

  /** Asks, once for all who want to know meanwhile. Failures are theirs alone: nothing is remembered then. */
  ask(key: string, question: () => Promise<Verdict>): Promise<Verdict> {
    let asking = this.asked.get(key)
    if (asking === undefined) {
      asking = question()
        .then((verdict) => {
          this.remembered.set(key, { verdict, untilMs: this.clock.now() + this.ttlMs })
          return verdict
        })
        .finally(() => this.asked.delete(key))
      this.asked.set(key, asking)
    }
    return asking
  }
}
