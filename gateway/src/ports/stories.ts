// The stories port: the way of the last requests through their plans, for whoever asks why they were answered so.
import type { Decision, Listener } from '../nouns/decisions.ts'
import type { Received } from '../nouns/exchange.ts'
import type { Work } from '../nouns/work.ts'

/** What all stories of a stage have in common. */
export interface StoryStage {
  readonly account: string
  readonly region: string
  readonly protocol: 'REST' | 'HTTP' | 'WEBSOCKET'
  readonly apiId: string
  readonly apiName: string
  readonly stage: string
  readonly deploymentId: string
}

/** One request, from its receipt on, as it is read. */
export interface Story extends StoryStage {
  readonly requestId: string
  readonly extendedRequestId: string
  /** Epoch milliseconds. */
  readonly receivedAtMs: number
  readonly method: string
  /** As sent, with the stage, without the query. */
  readonly path: string
  /** The path that routes are matched against. */
  readonly resourcePath: string
  readonly sourceIp: string
  /** Every step that ran, in order, and how long it took. */
  readonly steps: readonly { readonly name: string; readonly tookMs: number }[]
  readonly decisions: readonly Decision[]
  /** What was told of failures, in the words of the execution log. */
  readonly lines: readonly string[]
  /** Counts answered requests from 1, in the order of their answers; 0 while the request is being served. */
  readonly answeredAs: number
  /** Absent while the request is being served. */
  readonly outcome: StoryOutcome | undefined
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

/** A stage whose requests are kept. */
export interface ToldStage extends StoryStage {
  /** How the target that served a request is called: `GET /pets/{petId}`. */
  readonly routeOf: (target: object) => string
}

/** A request, or an event of a connection, that begins. */
export type ToldRequest = Pick<
  Received,
  | 'requestId'
  | 'extendedRequestId'
  | 'receivedAtMs'
  | 'method'
  | 'rawPath'
  | 'resourcePathStart'
  | 'sourceIp'
  | 'listener'
>

/** How it ended. */
export interface ToldOutcome {
  readonly exchange: { readonly listener: Listener | undefined; readonly target?: object | undefined }
  readonly answer: { readonly status: number }
  readonly work: Work
  readonly endedAtMs: number
  readonly responseBytes: number
}

export interface Stories {
  /** Keeps the story of a request from now on: what its steps tell the listener, which tells `received.listener` too. */
  open(stage: ToldStage, received: ToldRequest): Listener
  /** The request, whose listener `open` gave, is answered. */
  finish(outcome: ToldOutcome): void
  /** By either id of the request. */
  find(id: string): Story | undefined
  /** Stories of requests that were answered after that number, in order, at most `limit` of the newest. */
  after(answeredAs: number, limit: number): readonly Story[]
}
