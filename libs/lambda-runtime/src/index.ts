// The public face of the library: a runtime for Lambda functions, its types, limits and faults.
export { codeSha256 } from './code.ts'
export { defaultLimits } from './definition.ts'
export type {
  FunctionCode,
  FunctionCredentials,
  FunctionDefinition,
  FunctionHandle,
  InvokeOptions,
  InvokeResult,
  LogEvent,
  LogSink,
  RuntimeLimits,
  RuntimeOptions,
  StreamInvocation,
} from './definition.ts'
export { checkEnvironment, reservedEnvironmentNames } from './env.ts'
export { RuntimeFault } from './faults.ts'
export type { RuntimeFaultCode, ThrottleReason } from './faults.ts'
export { createRuntime } from './runtime.ts'
export type { LambdaRuntime } from './runtime.ts'
