// How much work one message may cause before it is refused as unreadable.

export interface Budget {
  readonly bodyBytes: number
  /** Structures, lists and maps within each other. */
  readonly depth: number
  /** Parameters of a query string or of a form body. */
  readonly parameters: number
}

/** Own: a zipped function of 50 MB travels as 70 MB of JSON; no AWS input nests deeper than WAF statements do. */
export const defaultBudget: Budget = { bodyBytes: 72 * 1024 * 1024, depth: 64, parameters: 10_000 }
