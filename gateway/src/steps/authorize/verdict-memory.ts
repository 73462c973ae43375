// What an authorizer said, remembered for its time to live by the identity of the caller: each question is asked once.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../ports/clock.ts'

/** A verdict, and how much memory it takes, about. */
export interface Weighed {
  readonly bytes: number
}

export interface Remembered<Verdict> {
  readonly verdict: Verdict
  /** When the authorizer said it: epoch milliseconds. */
  readonly sinceMs: number
}

/** Bytes of one authorizer's remembered verdicts. Each counts for enough that there are never more than 10,000. */
const maximumVerdictBytes = 16 * 1024 * 1024
const leastVerdictBytes = 1678

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
      // Not `max`, for which the cache allocates room at once: 300 KB for each authorizer and stage.
      maxSize: maximumVerdictBytes,
      sizeCalculation: ({ verdict }, key) => Math.max(leastVerdictBytes, key.length + verdict.bytes * 2 + 256),
    })
  }

  /** The verdict that still holds for an identity; undefined when somebody has to be asked. */
  known(identity: readonly string[]): Remembered<Verdict> | undefined {
    const known = this.remembered.get(keyOf(identity))
    if (known === undefined) return undefined
    const ageMs = this.clock.now() - known.sinceMs
    // A clock that was set back must not lengthen a verdict's life: one from the future is asked for again.
    return ageMs >= 0 && ageMs < this.ttlMs ? known : undefined
  }

  /** Asks, once for all who want to know meanwhile. Failures are theirs alone: nothing is remembered then. */
  ask(identity: readonly string[], question: () => Promise<Verdict>): Promise<Verdict> {
    const key = keyOf(identity)
    let asking = this.asked.get(key)
    if (asking === undefined) {
      asking = question()
        .then((verdict) => {
          this.remembered.set(key, { verdict, sinceMs: this.clock.now() })
          return verdict
        })
        .finally(() => this.asked.delete(key))
      this.asked.set(key, asking)
    }
    return asking
  }
}

/** All identities of an authorizer have the same number of values: a single one needs no separator. */
function keyOf(identity: readonly string[]): string {
  return identity.length === 1 ? (identity[0] ?? '') : JSON.stringify(identity)
}
