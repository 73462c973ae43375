// What a refusal of the Lambda runtime is to whoever invoked: Lambda's status, code and sentence.
import type { RuntimeFault, RuntimeFaultCode } from '@sluice/lambda-runtime'
import { FunctionFault, type FunctionFaultReason } from '../ports/functions.ts'

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

/** By name, because the runtime's module is not loaded before it is needed. */
function isRuntimeFault(error: unknown): error is RuntimeFault {
  return error instanceof Error && error.name === 'RuntimeFault'
}
