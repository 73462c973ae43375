// Decisions are events: what each step found and why, told to whoever listens; when nobody does, it costs nothing.

export interface Decision {
  /** The step's name, as in the plan: `route`, `authorize`, `integrate` … */
  readonly step: string
  /** The outcome in a word or two: `matched`, `no route`, `allowed`, `template rendered` … */
  readonly verdict: string
  /** What the verdict rests on: the route, the policy statement, the template's key, the upstream's status … */
  readonly reason?: Readonly<Record<string, unknown>>
  /** Epoch milliseconds. */
  readonly atMs: number
}

/** Receives decisions as they are made, and execution-log lines in AWS's words. */
export interface Listener {
  readonly decided: (decision: Decision) => void
  readonly logged: (line: string) => void
  /** Told after each step, with how long it took; absent: nobody measures. */
  readonly ran?: ((step: string, tookMs: number) => void) | undefined
  /** Of the execution log's lines only those of failures are wanted: the others cost time to write. */
  readonly decisionsOnly?: boolean | undefined
}
