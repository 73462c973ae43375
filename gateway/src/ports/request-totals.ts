// The request totals port: counts since the start of the process, of every method and route, for monitoring systems.
import type { Work } from '../nouns/work.ts'

/** Whose requests; an unknown route's resource and method are empty. */
export interface RequestLabels {
  readonly api: string
  readonly stage: string
  /** `/pets/{petId}` */
  readonly resource: string
  readonly method: string
}

export interface RequestTotals {
  /** The number of a total. The same labels always give the same one; after some thousands, all further labels share one. */
  of(labels: RequestLabels): number
  /** Adds a request to a total. `work`: what the request took, what refused it, and what it found in caches. */
  add(total: number, status: number, latencyMs: number, work: Work): void
  /** Everything in Prometheus's text format 0.0.4. */
  text(): string
}
