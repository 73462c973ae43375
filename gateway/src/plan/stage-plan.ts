// A stage's plan as the front sees it: one function from a received request to an answer, and the names of its steps.
import type { Backends } from '../nouns/backends.ts'
import type { Answer, Received } from '../nouns/exchange.ts'
import type { Admission, SocketReceived } from '../nouns/socket.ts'
import type { ApiKeys } from '../ports/api-keys.ts'
import type { Aws } from '../ports/aws.ts'
import type { Clock } from '../ports/clock.ts'
import type { Counters, Rate } from '../ports/counters.ts'
import type { Functions } from '../ports/functions.ts'
import type { Principals } from '../ports/principals.ts'
import type { Recorders } from '../ports/recorder.ts'
import type { ResponseCaches } from '../ports/response-cache.ts'
import type { Upstream } from '../ports/upstream.ts'
import type { VpcLinks } from '../ports/vpc-links.ts'
import type { Issuers } from '../steps/authorize/issuers.ts'

export interface StagePlan {
  readonly protocol: 'REST' | 'HTTP'
  /** Whether only custom domain names lead here: REST APIs alone, HTTP APIs answer 404 by themselves. */
  readonly isDefaultEndpointDisabled?: boolean
  /** Whether VPC endpoints lead here, and they alone. REST APIs. */
  readonly isPrivate?: boolean
  /** Never throws nor rejects: every failure is an answer. A promise only where something has to be waited for. */
  readonly run: (received: Received) => Answer | Promise<Answer>
  /** The answer to a request whose body exceeds the payload limit; it was not read. */
  readonly tooLarge: (received: Received) => Answer
  /** The steps of every method or route, for people: `GET /pets` → step names. */
  readonly describe: () => readonly { readonly route: string; readonly steps: readonly string[] }[]
}

/** A WebSocket API's stage: what its connections' events lead to. Nothing of it ever rejects. */
export interface SocketPlan {
  readonly protocol: 'WEBSOCKET'
  /** Whether only custom domain names lead here. */
  readonly isDefaultEndpointDisabled: boolean
  readonly connect: (received: SocketReceived) => Promise<Admission>
  /** Resolves with the frame that goes back: an answer or an error; undefined for none. */
  readonly message: (received: SocketReceived) => Promise<string | undefined>
  readonly disconnect: (received: SocketReceived) => Promise<void>
  readonly describe: StagePlan['describe']
}

/** What a stage compiles to. */
export type Plan = StagePlan | SocketPlan

/** What plans need of the world. */
export interface PlanPorts {
  readonly upstream: Upstream
  readonly functions: Functions
  readonly aws: Aws
  readonly principals: Principals
  readonly vpcLinks: VpcLinks
  /** Where listeners and Cloud Map services lead; absent: nowhere. */
  readonly backends?: Backends | undefined
  readonly clock: Clock
  /** Told of an error that is our own fault; the client reads a plain 500. */
  readonly bug: (error: unknown, requestId: string) => void
  /** Who records requests, asked for each stage; undefined when nobody does. */
  readonly record?: Recorders | undefined
  /** Whether refusals say why, in a header; absent: no. */
  readonly explainsRefusals?: boolean | undefined
  /** How much may pass; undefined where nobody counts. */
  readonly traffic?: Traffic | undefined
}

/** What limits requests. */
export interface Traffic {
  readonly counters: Counters
  /** What all requests of an account share; undefined for no limit. */
  readonly account: Rate | undefined
  /** What all new WebSocket connections of an account share; undefined for no limit. */
  readonly connections: Rate | undefined
}

/** What plans of HTTP APIs need beside: the token issuers that all of them share. */
export interface HttpPlanPorts extends PlanPorts {
  readonly issuers: Issuers
}

/** What plans of WebSocket APIs need beside: whose API key it is. */
export interface SocketPlanPorts extends PlanPorts {
  readonly apiKeys: ApiKeys
}

/** What plans of REST APIs need beside. */
export interface RestPlanPorts extends HttpPlanPorts, SocketPlanPorts {
  /** Cognito user pool id → the issuer whose tokens count as the pool's. Of other pools it is AWS's own. */
  readonly cognitoIssuers: ReadonlyMap<string, string>
  readonly caches: ResponseCaches
}
