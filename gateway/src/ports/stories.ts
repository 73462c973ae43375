// The stories port: the way of the last requests through their plans, for whoever asks why they were answered so.
import type { Decision } from '../nouns/decisions.ts'

/** One request, from its receipt on. */
export interface Story {
  readonly requestId: string
  readonly extendedRequestId: string
  /** Epoch milliseconds. */
  readonly receivedAtMs: number
  readonly account: string
  readonly region: string
  readonly protocol: 'REST' | 'HTTP'
  readonly apiId: string
  readonly apiName: string
  readonly stage: string
  readonly deploymentId: string
  readonly method: string
  /** As sent, with the stage, without the query. */
  readonly path: string
  /** The path that routes are matched against. */
  readonly resourcePath: string
  readonly sourceIp: string
  /** Every step that ran, in order, and how long it took. */
  readonly steps: { readonly name: string; readonly tookMs: number }[]
  readonly decisions: Decision[]
  /** What was told of failures, in the words of the execution log. */
  readonly lines: string[]
  /** Counts answered requests from 1, in the order of their answers; 0 while the request is being served. */
  answeredAs: number
  /** Absent while the request is being served. */
  outcome: StoryOutcome | undefined
}

export interface StoryOutcome {
  readonly status: number
  /** `GET /pets/{petId}`; undefined when no route was found. */
  readonly route: string | undefined
  readonly latencyMs: number
  readonly integrationMs: number | undefined
  readonly responseBytes: number
  readonly fault: StoryFault | undefined
}

export interface StoryFault {
  /** A REST API's gateway response type. */
  readonly type: string | undefined
  readonly message: string | null
  /** The reason, in the words of the execution log. */
  readonly log: string | undefined
  /** What lies behind it: the backend's error, the template engine's words. */
  readonly cause: string | undefined
}

export interface Stories {
  /** Keeps the story of a request that is being served. */
  add(story: Story): void
  /** The request is answered. */
  finish(story: Story, outcome: StoryOutcome): void
  /** By either id of the request. */
  find(id: string): Story | undefined
  /** Stories of requests that were answered after that number, in order, at most `limit` of the newest. */
  after(answeredAs: number, limit: number): readonly Story[]
}
