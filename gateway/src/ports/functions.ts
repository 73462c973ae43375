// The functions port: invoking Lambda functions, here or at the AWS endpoint that the configuration names.
import type { NamedRole } from './roles.ts'

export interface FunctionCall {
  /** Function ARN, with a qualifier if the integration names one. */
  readonly functionArn: string
  readonly payload: Uint8Array | string
  readonly type: 'RequestResponse' | 'Event' | 'DryRun'
  /** `arn:aws:execute-api:…`: checked against the function's resource policy. */
  readonly sourceArn?: string | undefined
  /** Who asks: `apigateway.amazonaws.com`, or an IAM principal's ARN. */
  readonly principal: string
  /** The role as which a service asks: then its permissions count beside the function's resource policy. */
  readonly role?: NamedRole | undefined
  readonly clientContext?: string | undefined
  readonly traceId?: string | undefined
  /** When the caller stops waiting. The function itself goes on until its own time-out. */
  readonly timeoutMs?: number | undefined
  /** Whether the answer is to have the log's tail. */
  readonly logTail?: boolean | undefined
}

export interface FunctionAnswer {
  /** 200, 202 (Event), 204 (DryRun) */
  readonly status: number
  readonly payload: Uint8Array
  /** `Handled` or `Unhandled` when the function failed; the payload then is its error object. */
  readonly functionError?: string | undefined
  readonly executedVersion: string
  readonly requestId: string
  /** The last 4 KB of the function's log, when the call asked for it; else empty. */
  readonly logTail: string
}

/** How a streamed answer ended. */
export interface StreamEnd {
  readonly functionError?: string | undefined
  /** The error object of a function that failed. */
  readonly payload: Uint8Array
  readonly logTail: string
}

/** An answer whose payload is still arriving. */
export interface StreamedAnswer {
  /** For one reader. Throws when the function fails underway. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** `application/vnd.awslambda.http-integration-response` when the bytes begin with an HTTP prelude. */
  readonly contentType: string
  /** Settles after the last chunk; never rejects for what the function itself did wrong. */
  readonly end: Promise<StreamEnd>
  readonly executedVersion: string
  readonly requestId: string
}

/** `role`: the call's role cannot be taken on, as the message says. */
export type FunctionFaultReason =
  | 'not-found'
  | 'denied'
  | 'role'
  | 'throttled'
  | 'timeout'
  | 'too-large'
  | 'unavailable'
  | 'refused'

export interface FunctionFaultDetail {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly throttle?: string | undefined
  readonly cause?: unknown
}

/** The call did not reach a result. A function that ran and failed is an answer with `functionError`, not a fault. */
export class FunctionFault extends Error {
  readonly reason: FunctionFaultReason
  /** Lambda's HTTP status and error code, for the log. */
  readonly status: number
  readonly code: string
  /** Lambda's `Reason` of a throttled call. */
  readonly throttle: string | undefined

  constructor(reason: FunctionFaultReason, detail: FunctionFaultDetail) {
    super(detail.message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'FunctionFault'
    this.reason = reason
    this.status = detail.status
    this.code = detail.code
    this.throttle = detail.throttle
  }
}

export interface Functions {
  /** Throws FunctionFault. */
  invoke(call: FunctionCall): Promise<FunctionAnswer>
  /** InvokeWithResponseStream. Resolves when the first bytes are there; throws FunctionFault before that. */
  stream(call: FunctionCall): Promise<StreamedAnswer>
}
