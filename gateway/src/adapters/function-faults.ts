// What a refusal of the Lambda runtime is to whoever invoked: Lambda's status, code and sentence.
import type { RuntimeFault, RuntimeFaultCode } from '@sluice/lambda-runtime'
import { FunctionFault, type FunctionFaultReason } from '../ports/functions.ts'
import { RoleFault } from '../ports/roles.ts'

interface Row {
  readonly reason: FunctionFaultReason
  readonly status: number
  readonly code: string
}

/** Lambda API reference, Invoke, "Errors". */
const rows: Readonly<Record<RuntimeFaultCode, Row>> = {
  FunctionNotFound: { reason: 'not-found', status: 404, code: 'ResourceNotFoundException' },
  TooManyRequests: { reason: 'throttled', status: 429, code: 'TooManyRequestsException' },
  RequestTooLarge: { reason: 'too-large', status: 413, code: 'RequestTooLargeException' },
  InvalidRuntime: { reason: 'refused', status: 502, code: 'InvalidRuntimeException' },
  InvalidZip: { reason: 'refused', status: 502, code: 'InvalidZipFileException' },
  InvalidEnvironment: { reason: 'refused', status: 400, code: 'InvalidParameterValueException' },
  InvalidCode: { reason: 'refused', status: 502, code: 'InvalidZipFileException' },
  SandboxStartFailed: { reason: 'unavailable', status: 500, code: 'ServiceException' },
  FunctionFailed: { reason: 'unavailable', status: 500, code: 'ServiceException' },
  RuntimeClosed: { reason: 'unavailable', status: 500, code: 'ServiceException' },
}

/** The port's fault for what the runtime threw; other errors as they are. */
export function functionFault(error: unknown): unknown {
  if (!isRuntimeFault(error)) return error
  return new FunctionFault(rows[error.code].reason, {
    ...rows[error.code],
    message: error.message,
    throttle: error.reason,
    cause: error,
  })
}

/** `Function not found: ARN` */
export function functionNotFound(arn: string): FunctionFault {
  const { reason, ...detail } = rows.FunctionNotFound
  return new FunctionFault(reason, { ...detail, message: `Function not found: ${arn}` })
}

/** Nobody lets `caller` invoke the function; `byRole`: neither the role's policies nor the function's. */
export function invocationDenied(functionArn: string, caller: string, byRole: boolean): FunctionFault {
  const policy = byRole ? 'identity-based' : 'resource-based'
  return new FunctionFault('denied', {
    status: 403,
    code: 'AccessDeniedException',
    message: `User: ${caller} is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn} because no ${policy} policy allows the lambda:InvokeFunction action`,
  })
}

/** The port's fault for a role that cannot be taken on; other errors as they are. */
export function roleFault(error: unknown): unknown {
  if (!(error instanceof RoleFault)) return error
  return new FunctionFault('role', { status: 403, code: 'AccessDenied', message: error.message, cause: error })
}

const byStatus: Readonly<Record<number, FunctionFaultReason>> = {
  403: 'denied',
  404: 'not-found',
  413: 'too-large',
  429: 'throttled',
}

/** What a refusal of a Lambda API elsewhere means here. */
export function refusalReason(status: number): FunctionFaultReason {
  return byStatus[status] ?? (status >= 500 ? 'unavailable' : 'refused')
}

/** The fault for a refusal as a Lambda API words it: a JSON object with a message, and its type in a header. */
export function remoteRefusal(answer: {
  readonly status: number
  readonly errorType: string | undefined
  readonly payload: Uint8Array
}): FunctionFault {
  const { status, errorType, payload } = answer
  const said = objectIn(payload)
  const text = (name: string): string | undefined => (typeof said[name] === 'string' ? said[name] : undefined)
  return new FunctionFault(refusalReason(status), {
    status,
    code: errorType?.split(':')[0] ?? 'UnknownError',
    message: text('Message') ?? text('message') ?? `status ${status}`,
    throttle: text('Reason'),
  })
}

function objectIn(payload: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString())
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

/** No answer came from the Lambda API. */
export function unavailable(cause: unknown): FunctionFault {
  const message = `The Lambda endpoint did not answer: ${(cause as Error).message}`
  return new FunctionFault('unavailable', { status: 503, code: 'ServiceException', message, cause })
}

/** By name, because the runtime's module is not loaded before it is needed. */
function isRuntimeFault(error: unknown): error is RuntimeFault {
  return error instanceof Error && error.name === 'RuntimeFault'
}
