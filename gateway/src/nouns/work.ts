// What a request took and why it failed, noted while it runs, for those who record it afterwards.
import type { GatewayFault, HttpFault } from './faults.ts'
import type { TraceContext } from './trace-context.ts'

/** A request, or an event of a connection, that somebody may record. */
export interface Worked {
  readonly work?: Work | undefined
}

/** A request that a trace records. */
export interface Sampled {
  readonly segmentId: string
  readonly traceId: string
  /** The segment that called. */
  readonly parentId: string | undefined
  /** The sampling rule that chose the request; undefined when whoever called decided. */
  readonly ruleName: string | undefined
}

/** Written by the plan; all milliseconds are those of the product's clock, -1 where there is nothing to say. */
export class Work {
  /** From the forwarding of the request to the integration until its answer. */
  integrationMs = -1
  /** When that began: epoch milliseconds. */
  integrationAtMs = -1
  /** Of a streamed answer: from the forwarding of the request to the first byte of content. */
  firstContentMs = -1
  /** From the beginning of the step that decides who may pass to its end. */
  authorizerMs = -1
  /** Whether the verdict of a Lambda authorizer was remembered; undefined where none was asked for. */
  authorizerHit: boolean | undefined = undefined
  /** Whether the stage's cache had the answer; undefined where nothing is cached. */
  cacheHit: boolean | undefined = undefined
  /** What its trace records it as; undefined when it is not sampled. */
  sampled: Sampled | undefined = undefined
  /** The W3C trace that it belongs to, where such traces are continued. */
  traceContext: TraceContext | undefined = undefined
  /** The level of the limit that refused the request: `account`, `method`, `route`, `plan`, `planMethod`, `quota`. */
  throttledBy: string | undefined = undefined
  fault: GatewayFault | HttpFault | undefined = undefined
  /** The id that Lambda gave the invocation. */
  awsRequestId: string | undefined = undefined
  /** The id that Lambda gave the invocation of the authorizer. */
  authorizerRequestId: string | undefined = undefined
}
