// The types of a loaded service: its operations, faults and conventions, and a request that matched.
import type { Budget } from './budget.ts'
import type { Overlay, Protocol } from './model.ts'
import type { Parameter } from './route.ts'
import type { StructureType } from './type.ts'
import type { WireRequest } from './wire.ts'

export interface Operation {
  readonly name: string
  readonly method: string
  /** The model's path template, without literal query: what a client sends. */
  readonly path: string
  /** The path template a server accepts: the overlay's where it has one. */
  readonly acceptedPath: string
  /** Query parameters that belong to the template: `mode=import`. */
  readonly literalQuery: readonly Parameter[]
  readonly successStatus: number
  readonly input: StructureType
  readonly output: StructureType | undefined
  /** Query protocol: the element around the output. */
  readonly resultWrapper: string | undefined
  /** The content type of a raw payload in the answer. */
  readonly contentType: string
  /** Whether it is called without a signature, because the caller proves its identity in another way. */
  readonly isUnsigned: boolean
}

export interface Conventions {
  readonly targetPrefix: string
  readonly jsonVersion: string
  readonly xmlNamespace: string
  /** The service once spoke only the query protocol: faults repeat their query code in a header for clients that ask. */
  readonly queryCompatible: boolean
  readonly overlay: Overlay
  readonly budget: Budget
}

/** The protocol in which a request speaks to a service. */
export interface Dialect {
  readonly service: Service
  readonly protocol: Protocol
  /** The client asked (`x-amzn-query-mode`) for the query protocol's fault codes. */
  readonly queryMode: boolean
}

export interface Match extends Dialect {
  readonly operation: Operation
  /** Raw path labels, still percent-encoded. */
  readonly labels: ReadonlyMap<string, string>
  /** The query string's parameters; in the query protocol, the form's. */
  readonly parameters: readonly Parameter[]
}

export interface Service {
  /** The name in credential scopes and ARNs: `apigateway`. */
  readonly name: string
  /** The model's id: `API Gateway`, `ApiGatewayV2`. */
  readonly id: string
  readonly apiVersion: string
  readonly protocols: readonly Protocol[]
  readonly operations: ReadonlyMap<string, Operation>
  readonly faults: ReadonlyMap<string, StructureType>
  readonly conventions: Conventions
  /** The operation a request asks for, or `undefined`. Throws `ServiceFault` on a request over budget or with unreadable parameters. */
  match(request: WireRequest): Match | undefined
  /** How to answer a request that matches nothing. */
  dialect(request: WireRequest): Dialect
}
