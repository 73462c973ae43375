// The functions port: invoking Lambda functions, here or at the AWS endpoint that the configuration names.

export interface FunctionCall {
  /** Function ARN, with a qualifier if the integration names one. */
  readonly functionArn: string
  readonly payload: Uint8Array | string
  readonly type: 'RequestResponse' | 'Event' | 'DryRun'
  /** `arn:aws:execute-api:…`: checked against the function's resource policy. */
  readonly sourceArn?: string | undefined
  /** Who asks: `apigateway.amazonaws.com`, or an IAM principal's ARN. */
  readonly principal: string
  readonly clientContext?: string | undefined
  readonly traceId?: string | undefined
  /** When the caller stops waiting. The function itself goes on until its own time-out. */
  readonly timeoutMs?: number | undefined
}

export interface FunctionAnswer {
  /** 200, 202 (Event), 204 (DryRun) */
  readonly status: number
  readonly payload: Uint8Array
  /** `Handled` or `Unhandled` when the function failed; the payload then is its error object. */
  readonly functionError?: string | undefined
  readonly executedVersion: string
  readonly requestId: string
  /** The last 4 KB of the function's log. */
  readonly logTail: string
}

/** An answer whose payload is still arriving. */
export interface StreamedAnswer {
  readonly chunks: AsyncIterable<Uint8Array>
  readonly executedVersion: string
  readonly requestId: string
}

export type FunctionFaultReason =
  | 'not-found'
  | 'denied'
  | 'throttled'
  | 'timeout'
  | 'too-large'
  | 'unavailable'
  | 'refused'

/** The call did not reach a result. A function that ran and failed is an answer with `functionError`, not a fault. */
export class FunctionFault extends Error {
  readonly reason: FunctionFaultReason
  /** Lambda's HTTP status and error code, for the log. */
  readonly status: number
  readonly code: string

  constructor(reason: FunctionFaultReason, detail: { status: number; code: string; message: string; cause?: unknown }) {
    super(detail.message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'FunctionFault'
    this.reason = reason
    this.status = detail.status
    this.code = detail.code
  }
}

export interface Functions {
  /** Throws FunctionFault. */
  invoke(call: FunctionCall): Promise<FunctionAnswer>
  /** InvokeWithResponseStream. Resolves when the first bytes are there; throws FunctionFault before that. */
  stream(call: FunctionCall): Promise<StreamedAnswer>
}
