// A stage's plan as the front sees it: one function from a received request to an answer, and the names of its steps.
import type { Answer, Received } from '../nouns/exchange.ts'
import type { Functions } from '../ports/functions.ts'
import type { Upstream } from '../ports/upstream.ts'

export interface StagePlan {
  readonly protocol: 'REST' | 'HTTP'
  /** Never rejects: every failure is an answer. */
  readonly run: (received: Received) => Promise<Answer>
  /** The answer to a request whose body exceeds the payload limit; it was not read. */
  readonly tooLarge: (received: Received) => Answer
  /** The steps of every method or route, for people: `GET /pets` → step names. */
  readonly describe: () => readonly { readonly route: string; readonly steps: readonly string[] }[]
}

/** What plans need of the world. */
export interface PlanPorts {
  readonly upstream: Upstream
  readonly functions: Functions
  /** Told of an error that is our own fault; the client reads a plain 500. */
  readonly bug: (error: unknown, requestId: string) => void
}
