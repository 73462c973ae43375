// Limits on the work that one message may cause before it is refused as unreadable.

export interface Budget {
  readonly bodyBytes: number
  /** How deeply structures, lists and maps may be nested. */
  readonly depth: number
  /** How many parameters a query string or a form body may have. */
  readonly parameters: number
}

/** Own: a zipped function of 50 MB travels as 70 MB of JSON; no AWS input nests deeper than WAF statements do. */
export const defaultBudget: Budget = { bodyBytes: 72 * 1024 * 1024, depth: 64, parameters: 10_000 }
