// Decisions are events: what each step found and why, told to whoever listens; when nobody does, it costs nothing.

export interface Decision {
  /** The step's name, as in the plan: `route`, `authorize`, `integrate` … */
  readonly step: string
  /** The outcome in a word or two: `matched`, `no route`, `allowed`, `template rendered` … */
  readonly verdict: string
  /**
   * What the verdict rests on: the policy statement, the template's key, the upstream's status … Absent of a matched route:
   * its reason is the request's own verb and path.
   */
  readonly reason?: Readonly<Record<string, unknown>>
  /** Whether the request ends here because of it. */
  readonly refuses?: boolean | undefined
  /** Epoch milliseconds. */
  readonly atMs: number
}

/** The decision of nearly every request, told without making anything. Its time is the request's receipt. */
export const routeMatched: Decision = { step: 'route', verdict: 'matched', atMs: 0 }

/** Receives decisions as they are made, and execution-log lines in AWS's words. */
export interface Listener {
  readonly decided: (decision: Decision) => void
  readonly logged: (line: string) => void
  /** Told when a list of steps begins; whoever has it has `ran` too. Absent: nobody measures. */
  readonly began?: (() => void) | undefined
  /** Told after each step, also after one that failed. */
  readonly ran?: ((step: string) => void) | undefined
  /** Of the execution log's lines only those of failures are wanted: the others cost time to write. */
  readonly decisionsOnly?: boolean | undefined
}
