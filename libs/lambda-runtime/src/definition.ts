// The types of the library's interface: what describes a function and an invocation, and the results.

/** A function's code: the bytes of a deployment package, or a folder of this machine that is used in place. */
export type FunctionCode = { readonly zip: Uint8Array } | { readonly folder: string }

/** Credentials that the function's process gets as `AWS_ACCESS_KEY_ID` and so on. */
export interface FunctionCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** One version of a function, as the runtime needs it. */
export interface FunctionDefinition {
  /** The caller's own name for this version, such as its qualified ARN; `invoke` and `remove` take it. */
  readonly key: string
  readonly name: string
  /** `$LATEST` or a number, as text. */
  readonly version: string
  /** The value of `context.invokedFunctionArn`, unless an invocation names another (an alias). */
  readonly arn: string
  /** `nodejs…`, `python3…` or `provided…`. */
  readonly runtime: string
  readonly handler: string
  readonly code: FunctionCode
  readonly environment?: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly memoryMb: number
  readonly region: string
  /** Sandboxes that are started ahead of the first invocation and never reaped. */
  readonly provisionedConcurrency?: number
  /** The log group; `/aws/lambda/NAME` by default. */
  readonly logGroupName?: string
  readonly credentials?: FunctionCredentials
}

/** A function that has been defined: its code is unpacked and new invocations use it. */
export interface FunctionHandle {
  readonly key: string
  /** SHA-256 of the deployment package in base64, as Lambda's `CodeSha256`; undefined for code in a folder. */
  readonly codeSha256: string | undefined
  /** Bytes of the deployment package; 0 for code in a folder. */
  readonly codeSizeBytes: number
  /** The folder that the function sees as `LAMBDA_TASK_ROOT`. */
  readonly codeFolder: string
}

/** Options of an invocation besides its payload. */
export interface InvokeOptions {
  /** The request id; a new UUID by default. */
  readonly requestId?: string | undefined
  /** The alias or version that was called; the definition's ARN unless given. */
  readonly invokedFunctionArn?: string | undefined
  /** Value of the `X-Amzn-Trace-Id` header, seen as `_X_AMZN_TRACE_ID`. */
  readonly traceHeader?: string | undefined
  /** JSON text, seen as `context.clientContext`. */
  readonly clientContext?: string | undefined
  /** JSON text with `cognitoIdentityId` and `cognitoIdentityPoolId`, seen as `context.identity`. */
  readonly cognitoIdentity?: string | undefined
  /** `Tail` asks for the last 4 KB of the log in the result. */
  readonly logType?: 'None' | 'Tail'
}

/** The result of an invocation. Thrown faults (see `RuntimeFault`) are for invocations that never reached a function. */
export interface InvokeResult {
  readonly requestId: string
  readonly executedVersion: string
  /** What the function returned as JSON bytes, or the error document when `functionError` is set. */
  readonly payload: Uint8Array
  readonly functionError?: 'Unhandled'
  readonly durationMs: number
  readonly billedDurationMs: number
  readonly maxMemoryUsedMb: number
  /** How long the sandbox took to start; only set for the invocation that waited for it (a cold start). */
  readonly initDurationMs?: number
  /** The last 4 KB of the log, when the invocation asked for it. */
  readonly logTail?: string
}

/** An invocation whose answer arrives piece by piece. */
export interface StreamInvocation {
  readonly requestId: string
  readonly executedVersion: string
  /** `application/vnd.awslambda.http-integration-response` when the bytes begin with an HTTP prelude. */
  readonly contentType: string
  /** The function's bytes as they come, for one reader. Throws a `FunctionFailed` fault when the function fails underway. */
  readonly body: AsyncIterable<Uint8Array>
  /** Settles after the last byte; its payload is the error document, or empty. */
  readonly completion: Promise<InvokeResult>
}

/** One line (or one console call) of a function's log. */
export interface LogEvent {
  readonly functionKey: string
  readonly logGroupName: string
  readonly logStreamName: string
  readonly timestampMs: number
  /** Without the final line break. */
  readonly message: string
}

/** Takes log events as they come; it must return quickly and keep no unbounded list. */
export type LogSink = (event: LogEvent) => void

/** The quotas of a runtime. Bytes and entries are AWS's unless marked as our own. */
export interface RuntimeLimits {
  /** Largest payload of an invocation. */
  readonly requestBytes: number
  /** Largest answer that is not streamed. */
  readonly responseBytes: number
  /** Largest streamed answer (Security L.3 (?): 20 MB once, 200 MB now). */
  readonly streamBytes: number
  /** A deployment package, unpacked. */
  readonly unpackedBytes: number
  /** Files and folders in a deployment package (own). */
  readonly zipEntries: number
  /** A longer log line is cut. */
  readonly logLineBytes: number
  /** Processes at a time over all functions (own); beyond it an idle one goes, or the invocation is throttled. */
  readonly sandboxes: number
  /** How long a sandbox may start before its time counts against the function's time-out. */
  readonly initTimeoutMs: number
  /** An idle sandbox ends after this time (own). */
  readonly idleTimeoutMs: number
  /** Resident memory above the function's `memoryMb` that is let pass, for the weight of the local interpreter (own). */
  readonly memoryAllowanceMb: number
}

/** The limits of a runtime for which none are given. */
export const defaultLimits: RuntimeLimits = {
  requestBytes: 6_291_456,
  responseBytes: 6_291_556,
  streamBytes: 209_715_200,
  unpackedBytes: 262_144_000,
  zipEntries: 50_000,
  logLineBytes: 262_144,
  sandboxes: 256,
  initTimeoutMs: 10_000,
  idleTimeoutMs: 300_000,
  memoryAllowanceMb: 32,
}

/** Options of `createRuntime`. */
export interface RuntimeOptions {
  /** A folder of this machine for unpacked code; the runtime keeps a folder of its own in it and removes it on `close`. */
  readonly folder: string
  readonly log?: LogSink
  readonly limits?: Partial<RuntimeLimits>
  /** Given to functions as `AWS_ENDPOINT_URL`, so that their AWS SDKs call it. */
  readonly endpointUrl?: string
  /** Given to functions as `AWS_XRAY_DAEMON_ADDRESS`, so that their X-Ray SDKs send segments there: `127.0.0.1:2000`. */
  readonly xrayDaemonAddress?: string
  /** The folder of the bootstraps, where the package's own `bootstrap/` was moved (bundles). */
  readonly bootstrapFolder?: string
}
