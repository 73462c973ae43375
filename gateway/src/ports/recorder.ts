// The recorder port: whoever records requests of a stage is found when the stage is planned, and told once of each answer.
import type * as apigateway from '@sluice/aws-protocol/apigateway'
import type * as apigatewayv2 from '@sluice/aws-protocol/apigatewayv2'
import type { ContextExchange } from '../nouns/context.ts'
import type { Answer, Received } from '../nouns/exchange.ts'
import type { HttpContextExchange } from '../nouns/http-context.ts'
import type { Scope } from '../nouns/records.ts'
import type { RestMethod } from '../nouns/rest.ts'
import type { SocketContextExchange } from '../nouns/socket-context.ts'
import type { Replied, SocketReceived } from '../nouns/socket.ts'
import type { Work } from '../nouns/work.ts'

/** A request that was answered. */
export interface Outcome<Exchange extends Received> {
  /** With all that its steps told; with `fault` when it failed. */
  readonly exchange: Exchange
  readonly answer: Answer
  readonly work: Work
  /** Epoch milliseconds of the end of the answer. */
  readonly endedAtMs: number
  /** The answer's body. */
  readonly responseBytes: number
}

export type RestOutcome = Outcome<ContextExchange>
export type HttpOutcome = Outcome<HttpContextExchange>

/** Is told of every request, or of every event of connections, of one stage. */
export interface StageRecorder<Told, Start = Received> {
  /** Before the plan runs: may return the request with a listener of its own. */
  readonly begin?: ((received: Start) => Start) | undefined
  /** Once, when the answer is complete. Must not throw. */
  readonly record: (outcome: Told) => void
}

/** A stage as it is stored, and what its deployment froze of its API. */
export interface RecordedRestStage {
  readonly scope: Scope
  readonly api: apigateway.RestApi
  /** The integration of a method that a request found. */
  readonly integrationOf: (method: RestMethod) => apigateway.Integration | undefined
  readonly stage: apigateway.Stage
}

/** Whose connection it is. */
export interface SocketPlace {
  readonly scope: Scope
  readonly apiId: string
  readonly stageName: string
}

export interface RecordedHttpStage {
  readonly scope: Scope
  readonly api: apigatewayv2.Api
  readonly stage: apigatewayv2.Stage
}

/** An event of a WebSocket connection that was handled. */
export interface SocketOutcome {
  /** With all that its steps told; with `fault` when it failed. */
  readonly exchange: SocketContextExchange & Partial<Replied>
  readonly work: Work
  /** Epoch milliseconds. */
  readonly endedAtMs: number
  /** The status of a refused upgrade or of a failure; else 200. */
  readonly status: number
  /** Whether the client is sent a frame for it. */
  readonly isAnswered: boolean
}

/** Asked when a stage is planned; undefined when nobody listens to it. */
export interface Recorders {
  readonly rest: (stage: RecordedRestStage) => StageRecorder<RestOutcome> | undefined
  readonly http: (stage: RecordedHttpStage) => StageRecorder<HttpOutcome> | undefined
  readonly websocket: (stage: RecordedHttpStage) => StageRecorder<SocketOutcome, SocketReceived> | undefined
  /** A message that a backend pushed to a connection. */
  readonly pushed: (place: SocketPlace) => void
}
