// What a request took and why it failed, noted while it runs, for those who record it afterwards.
import type { GatewayFault, HttpFault } from './faults.ts'

/** A request, or an event of a connection, that somebody may record. */
export interface Worked {
  readonly work?: Work | undefined
}

/** Written by the plan; all milliseconds are those of the product's clock, -1 where there is nothing to say. */
export class Work {
  /** From the forwarding of the request to the integration until its answer. */
  integrationMs = -1
  /** When that began: epoch milliseconds. */
  integrationAtMs = -1
  /** From the beginning of the step that decides who may pass to its end. */
  authorizerMs = -1
  /** Whether the stage's cache had the answer; undefined where nothing is cached. */
  cacheHit: boolean | undefined = undefined
  fault: GatewayFault | HttpFault | undefined = undefined
  /** The id that Lambda gave the invocation. */
  awsRequestId: string | undefined = undefined
}
