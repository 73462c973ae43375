// The time that one render spends in `$input`, in `$util` or in regular expressions, bounded: VTL's own budget does not see it.
import { BudgetFault } from '@sluice/vtl'

/** Shorter texts are not worth two readings of the clock. */
const measuredChars = 2_048

/** A single call is bounded by the payload limit; many calls together by this. */
export class Work {
  private spentMs = 0
  private maxMs = 0

  /** Forgets what was spent: a new render begins, which may take so much of the thread's processor time. */
  restart(maxMs: number): void {
    this.spentMs = 0
    this.maxMs = maxMs
  }

  /** Runs something that takes time in proportion to `chars` characters. Throws BudgetFault when too much was run before. */
  run<Result>(chars: number, work: () => Result): Result {
    if (chars < measuredChars) return work()
    if (this.spentMs > this.maxMs) throw new BudgetFault('time', `${this.maxMs} ms of methods`)
    const startedMs = processorMs()
    try {
      return work()
    } finally {
      this.spentMs += processorMs() - startedMs
    }
  }
}

/** Of this thread: what other programs of a busy machine take is not counted against a render. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
