// What the steps of a WebSocket API know: the stage, the route, the connection, and the event that is being handled.
import type { AuthorizationType } from '@sluice/aws-protocol/apigatewayv2'
import type { Caller, Keyed } from './exchange.ts'
import type { Listener } from './decisions.ts'
import type { HeaderList } from './headers.ts'
import type { Work } from './work.ts'

/** A stage as its plan sees it. */
export interface SocketStage {
  readonly account: string
  readonly region: string
  readonly apiId: string
  readonly stageName: string
  readonly deploymentId: string
  /** `undefined` when the stage has none. */
  readonly variables: Readonly<Record<string, string>> | undefined
}

/** A route as its plan sees it. */
export interface SocketRoute {
  readonly stage: SocketStage
  /** `$connect`, `$disconnect`, `$default` or a key of the API's own. */
  readonly routeKey: string
  /** Whether what the backend says goes back to the client: a route response, and the expression that selects it. WebSocket 24.5. */
  readonly isTwoWay: boolean
  /** Who decides who may connect; means nothing but for `$connect`. */
  readonly authorization: AuthorizationType
}

/** The request that asked for the connection; forgotten once that is decided. */
export interface Handshake {
  readonly headers: HeaderList
  /** As sent, without the query: what a signature is over. */
  readonly path: string
  /** Without the `?`. */
  readonly rawQuery: string
  readonly scheme: 'http' | 'https'
  /** The port that the client spoke to. */
  readonly port: number
}

/** What stays the same for the life of a connection. */
export interface ConnectionFacts {
  readonly connectionId: string
  /** Epoch milliseconds on the product's clock. */
  readonly connectedAtMs: number
  readonly sourceIp: string
  readonly userAgent: string | undefined
  /** The host name that the client connected to, without port. */
  readonly domainName: string
}

/** How a connection ended: the close code, and the reason in the closing side's words. */
export interface ConnectionEnd {
  readonly statusCode: number
  readonly reason: string
}

export type SocketEventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT'

/** One event of a connection, as it came in. */
export interface SocketReceived {
  readonly eventType: SocketEventType
  /** `$context.requestId` and `$context.extendedRequestId`: AWS gives WebSocket events one id for both. */
  readonly requestId: string
  readonly receivedAtMs: number
  readonly connection: ConnectionFacts
  /** Who opened the connection, as `$connect`'s authorizer said; undefined before and without one. */
  readonly caller: Caller | undefined
  /** The API key that `$connect` was shown and took; undefined before and without one. */
  readonly connectionKey: Keyed['apiKey'] | undefined
  /** A message's text; empty for the other events. */
  readonly body: string
  /** Messages have one. */
  readonly messageId: string | undefined
  /** `$connect` alone knows it. */
  readonly handshake: Handshake | undefined
  /** `$disconnect` alone knows it. */
  readonly end: ConnectionEnd | undefined
  readonly listener: Listener | undefined
  /** Kept while somebody records what events take. */
  readonly work?: Work | undefined
}

/** Which route serves the event. */
export interface SocketRouted {
  readonly target: SocketRoute
  /** The message as JSON; undefined when it is none, or when nothing asked for it. */
  readonly document: unknown
}

export type SocketExchange = SocketReceived & SocketRouted

/** What an integration has to say to the client. */
export interface Replied {
  readonly reply: {
    /** Decides about `$connect`; means nothing elsewhere. */
    readonly status: number
    /** A frame's text, or the body of a refusal; empty: nothing to say. */
    readonly body: string
    /** `$connect`: the subprotocol that the backend chose. */
    readonly subprotocol: string | undefined
  }
}

/** What `$connect` decided. */
export type Admission =
  | {
      readonly accepted: true
      readonly caller: Caller | undefined
      readonly connectionKey: Keyed['apiKey'] | undefined
      readonly subprotocol: string | undefined
    }
  | {
      readonly accepted: false
      readonly status: number
      readonly headers: readonly string[]
      readonly body: string
    }

/** The ARN that policies and permissions know an event's route by. WebSocket 32. */
export function socketRouteArn({ stage, routeKey }: SocketRoute): string {
  return `arn:aws:execute-api:${stage.region}:${stage.account}:${stage.apiId}/${stage.stageName}/${routeKey}`
}
