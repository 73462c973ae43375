// The time that one render spends in `$input`, in `$util` or in regular expressions, bounded: VTL's own budget does not see it.
import { BudgetFault } from '@sluice/vtl'

/** A single call is bounded by the payload limit; many calls together by this. */
const maxWorkMs = 400
/** Shorter texts are not worth two readings of the clock. */
const measuredChars = 2_048

export class Work {
  private spentMs = 0

  /** Forgets what was spent: a new render begins. */
  restart(): void {
    this.spentMs = 0
  }

  /** Runs something that takes time in proportion to `chars` characters. Throws BudgetFault when too much was run before. */
  run<Result>(chars: number, work: () => Result): Result {
    if (chars < measuredChars) return work()
    if (this.spentMs > maxWorkMs) throw new BudgetFault('time', `${maxWorkMs} ms of methods`)
    const startedMs = performance.now()
    try {
      return work()
    } finally {
      this.spentMs += performance.now() - startedMs
    }
  }
}
