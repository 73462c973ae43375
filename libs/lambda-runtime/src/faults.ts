// Faults that are thrown to the invoker, and the error documents that a failed function answers with.

/** The reasons for refusing an invocation or a definition. */
export type RuntimeFaultCode =
  | 'FunctionNotFound'
  | 'TooManyRequests'
  | 'RequestTooLarge'
  | 'InvalidRuntime'
  | 'InvalidZip'
  | 'InvalidEnvironment'
  | 'InvalidCode'
  | 'SandboxStartFailed'
  | 'FunctionFailed'
  | 'RuntimeClosed'

/** Lambda's `Reason` of a throttled invocation. */
export type ThrottleReason = 'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded'

/** A refusal by the runtime itself. A function's own failure is a result with `functionError` instead. */
export class RuntimeFault extends Error {
  override readonly name: string = 'RuntimeFault'
  readonly code: RuntimeFaultCode
  readonly reason: ThrottleReason | undefined

  constructor(code: RuntimeFaultCode, message: string, reason?: ThrottleReason) {
    super(message)
    this.code = code
    this.reason = reason
  }
}

/** The ways in which a sandbox ends other than by an answer. */
export type SandboxEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'outOfMemory' }
  | { readonly kind: 'timedOut'; readonly timeoutMs: number }
  | { readonly kind: 'invalidEntrypoint'; readonly message: string }
  | { readonly kind: 'failed'; readonly document: Uint8Array }
  | { readonly kind: 'refused'; readonly fault: RuntimeFault }
  | { readonly kind: 'stopped' }

/** The names Lambda gives to signals in `Runtime exited with error: signal: …`. */
const signalNames: ReadonlyMap<string, string> = new Map([
  ['SIGKILL', 'killed'],
  ['SIGTERM', 'terminated'],
  ['SIGABRT', 'aborted'],
  ['SIGSEGV', 'segmentation fault'],
  ['SIGBUS', 'bus error'],
  ['SIGILL', 'illegal instruction'],
  ['SIGFPE', 'floating point exception'],
  ['SIGINT', 'interrupt'],
  ['SIGHUP', 'hangup'],
])

/** An error document as Lambda's platform writes it. */
export function errorDocument(errorType: string, errorMessage: string): Uint8Array {
  return Buffer.from(JSON.stringify({ errorType, errorMessage }))
}

/** `3.00`, as in `Task timed out after 3.00 seconds`. */
export function timeoutSeconds(timeoutMs: number): string {
  return (timeoutMs / 1000).toFixed(2)
}

/** The document for an answer that is too big (Security L.1). */
export function responseTooLarge(limitBytes: number): Uint8Array {
  return errorDocument(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${limitBytes} bytes).`,
  )
}

/** A failure of the sandbox in the words of an invocation that was under way (Security L.1). */
export interface PlatformError {
  readonly errorType: string
  readonly document: Uint8Array
  /** Undefined when the document is the process's own, which has been logged. */
  readonly errorMessage: string | undefined
}

function exitReason(end: SandboxEnd & { kind: 'exited' | 'signalled' | 'outOfMemory' }): string {
  if (end.kind === 'outOfMemory') return 'Runtime exited with error: signal: killed'
  if (end.kind === 'signalled') {
    return `Runtime exited with error: signal: ${signalNames.get(end.signal) ?? end.signal.slice(3).toLowerCase()}`
  }
  return end.exitCode === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${end.exitCode}`
}

/** The error of an invocation whose sandbox ended in this way. Throws for ends that the runtime itself caused. */
export function platformError(end: SandboxEnd, requestId: string): PlatformError {
  const from = (errorType: string, sentence: string): PlatformError => {
    const errorMessage = `RequestId: ${requestId} Error: ${sentence}`
    return { errorType, errorMessage, document: errorDocument(errorType, errorMessage) }
  }
  switch (end.kind) {
    case 'timedOut':
      return from('Sandbox.Timedout', `Task timed out after ${timeoutSeconds(end.timeoutMs)} seconds`)
    case 'outOfMemory':
      return from('Runtime.OutOfMemory', exitReason(end))
    case 'exited':
    case 'signalled':
      return from('Runtime.ExitError', exitReason(end))
    case 'invalidEntrypoint':
      return from('Runtime.InvalidEntrypoint', end.message)
    case 'failed':
      return { errorType: 'Runtime.ExitError', errorMessage: undefined, document: end.document }
    case 'refused':
      throw end.fault
    case 'stopped':
      throw new RuntimeFault('RuntimeClosed', 'The runtime was closed before the function answered')
  }
}
