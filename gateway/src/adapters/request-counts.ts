// The counts of many request totals in one block of numbers: a request adds to one or two lines of memory, whichever total is its own.
import type { Work } from '../nouns/work.ts'
import { FunctionFault } from '../ports/functions.ts'
import { UpstreamFault } from '../ports/upstream.ts'

/** Upper bounds of durations in milliseconds, Prometheus's own defaults for latencies and three above. */
export const boundsMs: readonly number[] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000]

// The cells of a total, those first that most requests add to.
const statusCell = 0
const statusCountCell = 1
/** Sums and then buckets of durations, of latency and integration by turns. */
const durationsCell = 2
const authorizerCell = durationsCell + 2 * (boundsMs.length + 2)
const responseCell = authorizerCell + 2
/** Whole lines of eight. */
const cellsPerTotal = Math.ceil((responseCell + 2) / 8) * 8

/** How long requests took. The last bucket is that of durations beyond all bounds. */
export interface Durations {
  readonly sumMs: number
  readonly buckets: readonly number[]
}

type CountsByValue<Value> = Map<number, Map<Value, number>>

/** Totals go by numbers, which count from 0. */
export class RequestCounts {
  private cells = new Float64Array(64 * cellsPerTotal)
  /** Beside the first status of a total, which most never leave. */
  private readonly furtherStatuses: CountsByValue<number> = new Map()
  private readonly throttled: CountsByValue<string> = new Map()
  private readonly upstreamErrors: CountsByValue<string> = new Map()

  /** Room for so many totals. */
  reserve(totals: number): void {
    if (totals * cellsPerTotal <= this.cells.length) return
    const larger = new Float64Array(this.cells.length * 2)
    larger.set(this.cells)
    this.cells = larger
  }

  add(total: number, status: number, latencyMs: number, work: Work): void {
    const first = total * cellsPerTotal
    this.addStatus(total, status >= 100 && status <= 599 ? status : 0)
    this.addDuration(first + durationsCell, latencyMs)
    if (work.integrationMs >= 0) this.addDuration(first + durationsCell + 1, work.integrationMs)
    if (work.cacheHit !== undefined) this.addOne(first + responseCell + (work.cacheHit ? 0 : 1))
    if (work.authorizerHit !== undefined) this.addOne(first + authorizerCell + (work.authorizerHit ? 0 : 1))
    if (work.fault !== undefined) this.addFault(total, work)
  }

  /** Status → answers, in the order in which they first came; 0 for a status that is none. */
  statuses(total: number): readonly (readonly [status: number, count: number])[] {
    const first = total * cellsPerTotal
    const count = this.cell(first + statusCountCell)
    return count === 0 ? [] : [[this.cell(first + statusCell), count], ...(this.furtherStatuses.get(total) ?? [])]
  }

  durations(total: number, of: 'latency' | 'integration'): Durations {
    const first = total * cellsPerTotal + durationsCell + (of === 'latency' ? 0 : 1)
    const buckets = Array.from({ length: boundsMs.length + 1 }, (_, bucket) => this.cell(first + 2 * (bucket + 1)))
    return { sumMs: this.cell(first), buckets }
  }

  /** Value → count: of the levels of limits that refused, of the reasons why backends failed, of what caches had. */
  values(
    total: number,
    of: 'throttled' | 'upstreamErrors' | 'authorizer' | 'response',
  ): readonly (readonly [string, number])[] {
    if (of === 'throttled' || of === 'upstreamErrors') return [...(this[of].get(total) ?? [])]
    const first = total * cellsPerTotal + (of === 'authorizer' ? authorizerCell : responseCell)
    const both = [
      ['hit', this.cell(first)],
      ['miss', this.cell(first + 1)],
    ] as const
    return both.filter(([, count]) => count > 0)
  }

  private addStatus(total: number, status: number): void {
    const first = total * cellsPerTotal
    const count = this.cell(first + statusCountCell)
    if (count > 0 && this.cell(first + statusCell) !== status) {
      addTo(this.furtherStatuses, total, status)
      return
    }
    this.cells[first + statusCell] = status
    this.cells[first + statusCountCell] = count + 1
  }

  private addDuration(sum: number, durationMs: number): void {
    let bucket = 0
    while (bucket < boundsMs.length && durationMs > (boundsMs[bucket] ?? 0)) bucket++
    this.cells[sum] = this.cell(sum) + durationMs
    this.addOne(sum + 2 * (bucket + 1))
  }

  private addFault(total: number, { throttledBy, fault }: Work): void {
    if (throttledBy !== undefined) addTo(this.throttled, total, throttledBy)
    const cause = fault?.cause
    if (cause instanceof UpstreamFault || cause instanceof FunctionFault)
      addTo(this.upstreamErrors, total, cause.reason)
  }

  private addOne(at: number): void {
    this.cells[at] = this.cell(at) + 1
  }

  private cell(at: number): number {
    return this.cells[at] ?? 0
  }
}

/** Only values of ours: nobody outside can make more of them. */
function addTo<Value>(counts: CountsByValue<Value>, total: number, value: Value): void {
  const known = counts.get(total)
  if (known === undefined) counts.set(total, new Map([[value, 1]]))
  else known.set(value, (known.get(value) ?? 0) + 1)
}
