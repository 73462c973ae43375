// The counters port: how much may still pass. Token buckets come and go; what quotas have used is kept. Security D.5, D.6, E.
import type { QuotaPeriod } from '../nouns/quota.ts'
import type { Scope } from '../nouns/records.ts'

/** A token bucket's size and how fast it fills. */
export interface Rate {
  /** Tokens a second. */
  readonly rate: number
  readonly burst: number
}

/** A bucket starts full; a request takes one token. */
export interface BucketLimit extends Rate {
  readonly kind: 'bucket'
  /** Unique over all accounts: whoever names it means this bucket, or these, where each client has its own. */
  readonly key: string
  /** The API key whose bucket it is, where each client has one of its own. */
  readonly client?: string | undefined
}

/** Counts the requests of a key in a usage plan, and refuses those beyond the plan's limit. */
export interface QuotaLimit extends QuotaPeriod, PlanKey {
  readonly kind: 'quota'
  /** Requests a period; `Infinity` for a plan that only counts. */
  readonly limit: number
}

export type Limit = BucketLimit | QuotaLimit

/** A key's place in a usage plan. */
export interface PlanKey {
  readonly scope: Scope
  readonly planId: string
  readonly keyId: string
}

/** What a key used on a day. */
export interface DayUsage {
  readonly used: number
  /** Requests that UpdateUsage added to the limit on that day; negative where it took some away. */
  readonly granted: number
  /** What was left of the period at the end of that day, by the limit that held then. */
  readonly remaining: number
}

/** How a limit stands: the tokens that a bucket has; what was used in a quota's period, and what remains of it. */
export type LimitState = { readonly tokens: number } | { readonly used: number; readonly remaining: number } | undefined

export interface Counters {
  /**
   * Takes one of every limit, or of none. Returns the index of the first limit that has nothing left, -1 when all had.
   * Exact, also for requests that come together. A promise only when a quota has to be looked up first.
   */
  admit(limits: readonly Limit[]): number | Promise<number>
  /** How a limit stands that was just asked for, to be shown to people; undefined where that is not known at once. Changes nothing. */
  state(limit: Limit): LimitState
  /** Gives a key so many requests for the rest of its current period. */
  setRemaining(quota: QuotaLimit, remaining: number): Promise<void>
  /** The days from `first` to `last` (numbers of days, see `nouns/quota.ts`) on which the key was used. */
  usage(key: PlanKey, first: number, last: number): Promise<ReadonlyMap<number, DayUsage>>
  /** Keeps what was counted. It is also done every second, and at the end. */
  flush(): Promise<void>
  close(): Promise<void>
}
