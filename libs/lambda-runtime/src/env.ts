// Builds the environment of a function's process: what Lambda sets, what the function adds, and nothing of our own.
import { join } from 'node:path'
import type { FunctionDefinition } from './definition.ts'
import { RuntimeFault } from './faults.ts'
import { logGroupName } from './log.ts'

/** Names that a function may not set itself (Lambda developer guide, "Reserved environment variables"). */
export const reservedEnvironmentNames: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
])

const limitBytes = 4096

/**
 * Throws `InvalidEnvironment` when a function's own variables have reserved names, names no process can have,
 * or more than 4 KB in all.
 */
export function checkEnvironment(environment: Readonly<Record<string, string>>): void {
  const names = Object.keys(environment)
  const refuse = (sentence: string): never => {
    throw new RuntimeFault(
      'InvalidEnvironment',
      `Lambda was unable to configure your environment variables because the environment variables you have provided ${sentence}`,
    )
  }
  const reserved = names.filter((name) => reservedEnvironmentNames.has(name))
  if (reserved.length > 0) {
    refuse(
      `contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    )
  }
  const impossible = names.find((name) => !/^[a-zA-Z]\w+$/.test(name) || environment[name]?.includes('\0') === true)
  if (impossible !== undefined) refuse(`contains a key or value that is not allowed: ${JSON.stringify(impossible)}`)
  const measured = JSON.stringify(environment)
  if (Buffer.byteLength(measured) > limitBytes) refuse(`exceeded the 4KB limit. String measured: ${measured}`)
}

/** The sandbox's own values for the environment. */
export interface SandboxPlace {
  readonly codeFolder: string
  readonly bootstrapFolder: string
  readonly logStreamName: string
  readonly initializationType: 'on-demand' | 'provisioned-concurrency'
  readonly endpointUrl: string | undefined
  readonly xrayDaemonAddress?: string | undefined
  /** `host:port` of the Runtime API, for processes that speak it. */
  readonly runtimeApi: string | undefined
}

/** The whole environment of a process (Security L.4); of the parent's own, only `PATH` passes. */
export function processEnvironment(definition: FunctionDefinition, place: SandboxPlace): Record<string, string> {
  const root = place.codeFolder
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    LD_LIBRARY_PATH: `${root}:${join(root, 'lib')}`,
    PYTHONPATH: root,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
  }
  if (place.endpointUrl !== undefined) environment['AWS_ENDPOINT_URL'] = place.endpointUrl
  if (place.xrayDaemonAddress !== undefined) environment['AWS_XRAY_DAEMON_ADDRESS'] = place.xrayDaemonAddress
  Object.assign(environment, definition.environment, {
    _HANDLER: definition.handler,
    AWS_REGION: definition.region,
    AWS_DEFAULT_REGION: definition.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: definition.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: place.initializationType,
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupName(definition),
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStreamName,
    LAMBDA_TASK_ROOT: root,
    LAMBDA_RUNTIME_DIR: place.bootstrapFolder,
  })
  if (place.runtimeApi !== undefined) environment['AWS_LAMBDA_RUNTIME_API'] = place.runtimeApi
  const credentials = definition.credentials
  if (credentials !== undefined) {
    environment['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId
    environment['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey
    if (credentials.sessionToken !== undefined) environment['AWS_SESSION_TOKEN'] = credentials.sessionToken
  }
  return environment
}
