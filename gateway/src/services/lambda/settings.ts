// The settings of functions: their rules, and AWS's defaults for members that are not given.
import type {
  CreateFunctionRequest,
  FunctionConfiguration,
  UpdateFunctionConfigurationRequest,
} from '@sluice/aws-protocol/lambda'
import { ServiceFault } from '@sluice/aws-protocol'
import { invalidParameter, unavailable } from './faults.ts'

/** The settings that CreateFunction and UpdateFunctionConfiguration share. */
export type Settings = Partial<
  Omit<UpdateFunctionConfigurationRequest, 'FunctionName' | 'RevisionId'> & Pick<CreateFunctionRequest, 'FunctionName'>
>

/** The part of a configuration that settings make. */
export type Configured = Pick<
  FunctionConfiguration,
  | 'Description'
  | 'Environment'
  | 'EphemeralStorage'
  | 'Handler'
  | 'KMSKeyArn'
  | 'LoggingConfig'
  | 'MemorySize'
  | 'Role'
  | 'Runtime'
  | 'SnapStart'
  | 'Timeout'
  | 'TracingConfig'
  | 'VpcConfig'
>

/** The runtimes that can run here. */
const runnable = /^(?:nodejs|python3|provided)/

const longestTimeoutSeconds = 900
const largestMemoryMb = 10_240
const largestStorageMb = 10_240

/** Settings that would change what a function does and are not served: refused unless they are empty, which asks for nothing. */
const unserved = [
  'CapacityProviderConfig',
  'DeadLetterConfig',
  'DurableConfig',
  'FileSystemConfigs',
  'ImageConfig',
  'Layers',
] as const satisfies readonly (keyof Settings)[]

/** Throws InvalidParameterValueException or, for numbers, ValidationException for the first setting that breaks a rule. */
export async function checkSettings(settings: Settings): Promise<void> {
  for (const member of unserved) if (!isEmpty(settings[member])) throw unavailable(member)
  const { Runtime, LoggingConfig } = settings
  if (Runtime !== undefined && !runnable.test(Runtime)) {
    throw invalidParameter(
      `The runtime ${Runtime} cannot be run here; nodejs, python3 and provided can. See docs/compatibility.md.`,
    )
  }
  atMost('timeout', settings.Timeout, longestTimeoutSeconds)
  atMost('memorySize', settings.MemorySize, largestMemoryMb)
  atMost('ephemeralStorage.size', settings.EphemeralStorage?.Size, largestStorageMb)
  if (LoggingConfig?.LogFormat === 'JSON') throw unavailable('LogFormat JSON')
  await checkVariables(settings.Environment?.Variables ?? {})
}

/** Checks environment variables by the rules of the runtime library, which is loaded only when there are some. */
async function checkVariables(variables: Readonly<Record<string, string>>): Promise<void> {
  if (Object.keys(variables).length === 0) return
  const { checkEnvironment, RuntimeFault } = await import('@sluice/lambda-runtime')
  try {
    checkEnvironment(variables)
  } catch (error) {
    throw error instanceof RuntimeFault ? invalidParameter(error.message) : error
  }
}

/** A new function's settings, with AWS's defaults. */
export function withDefaults(settings: Settings): Configured {
  return withSettings(
    {
      Description: '',
      Timeout: 3,
      MemorySize: 128,
      TracingConfig: { Mode: 'PassThrough' },
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${settings.FunctionName}` },
    },
    settings,
  )
}

/** Settings that are shown as they are given. */
const plain = [
  'Role',
  'Runtime',
  'Handler',
  'Description',
  'Timeout',
  'MemorySize',
  'EphemeralStorage',
  'TracingConfig',
] as const satisfies readonly (keyof Settings & keyof Configured)[]

/** The earlier settings with the given ones over them. */
export function withSettings(before: Configured, settings: Settings): Configured {
  const { Environment, SnapStart, LoggingConfig, VpcConfig, KMSKeyArn } = settings
  const given = plain.filter((member) => settings[member] !== undefined).map((member) => [member, settings[member]])
  return {
    ...before,
    ...(Object.fromEntries(given) as Configured),
    ...(Environment !== undefined && { Environment: shownEnvironment(Environment.Variables) }),
    ...(SnapStart !== undefined && {
      SnapStart: { ApplyOn: SnapStart.ApplyOn ?? 'None', OptimizationStatus: 'Off' as const },
    }),
    ...(LoggingConfig !== undefined && { LoggingConfig: { ...before.LoggingConfig, ...LoggingConfig } }),
    ...(VpcConfig !== undefined && { VpcConfig: { VpcId: '', ...VpcConfig } }),
    // AWS: the empty text takes the key away.
    ...(KMSKeyArn !== undefined && { KMSKeyArn: KMSKeyArn === '' ? undefined : KMSKeyArn }),
  }
}

function shownEnvironment(variables: Readonly<Record<string, string>> | undefined): Configured['Environment'] {
  return variables === undefined || Object.keys(variables).length === 0 ? undefined : { Variables: variables }
}

/** `undefined`, `[]`, `{}`, and objects whose members are all empty texts or lists. */
function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === undefined || value === ''
  return Object.values(value).every(isEmpty)
}

function atMost(member: string, value: number | undefined, most: number): void {
  if (value === undefined || value <= most) return
  throw new ServiceFault(
    'ValidationException',
    400,
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value less than or equal to ${most}`,
  )
}
