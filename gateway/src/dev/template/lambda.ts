// `AWS::Lambda::…`: functions with their code, permissions, versions, aliases, and how asynchronous invocations are retried.
import { member, textOf } from '@sluice/cloudformation'
import type { AwsCall } from '../client.ts'
import type { ResourceKind, Wanted } from './resource-kind.ts'
import { codeOf } from './code.ts'
import { found } from './found.ts'
import { nameOf } from './ids.ts'
import { attributesOf, inputOf, textMember, textProperty, type Input } from './input.ts'
import { quietly } from './row-kind.ts'

/** AWS's defaults, which an update sets for properties that the template no longer has. */
const defaults = {
  Description: '',
  Timeout: 3,
  MemorySize: 128,
  Environment: { Variables: {} },
  Layers: [],
  TracingConfig: { Mode: 'PassThrough' },
  EphemeralStorage: { Size: 512 },
} as const

const lambdaFunction: ResourceKind = {
  put: async (wanted, deployment) => {
    const { call } = deployment
    const given = inputOf(wanted, ['lambda', 'CreateFunction'], { except: ['Code', 'ReservedConcurrentExecutions'] })
    const code = await codeOf(wanted, deployment)
    const FunctionName = textOf(member(wanted.properties, 'FunctionName')) ?? nameOf(deployment, wanted)
    const input: Input = { ...given, FunctionName }
    const before = await found(call('lambda', 'GetFunction', { FunctionName }))
    if (before === undefined) {
      await call('lambda', 'CreateFunction', { ...input, Code: code })
    } else {
      const { Tags = {}, Architectures, PackageType: _type, ...configuration } = input
      await call('lambda', 'UpdateFunctionConfiguration', { ...defaults, ...configuration })
      await call('lambda', 'UpdateFunctionCode', { FunctionName, Architectures, ...code })
      await retag(call, before, Tags as Input)
    }
    await reserve(call, wanted, FunctionName)
    const configuration = await call('lambda', 'GetFunctionConfiguration', { FunctionName })
    return {
      physicalId: FunctionName,
      ref: FunctionName,
      attributes: { Arn: textMember(configuration, 'FunctionArn') },
      input,
      remove: async (call) => void (await call('lambda', 'DeleteFunction', { FunctionName })),
    }
  },
}

/** The function's tags become those of the template. */
async function retag(call: AwsCall, before: Input, tags: Input): Promise<void> {
  const { Configuration, Tags = {} } = before as { Configuration: Input; Tags?: Input }
  const Resource = textMember(Configuration, 'FunctionArn')
  const gone = Object.keys(Tags).filter((name) => !Object.hasOwn(tags, name))
  if (gone.length > 0) await call('lambda', 'UntagResource', { Resource, TagKeys: gone })
  if (Object.keys(tags).length > 0) await call('lambda', 'TagResource', { Resource, Tags: tags })
}

async function reserve(call: AwsCall, { type, properties }: Wanted, FunctionName: string): Promise<void> {
  const entries = new Map([...properties.entries].filter(([name]) => name === 'ReservedConcurrentExecutions'))
  const reserved = inputOf({ type, properties: { ...properties, entries } }, ['lambda', 'PutFunctionConcurrency'])
  await (entries.size === 0
    ? call('lambda', 'DeleteFunctionConcurrency', { FunctionName })
    : call('lambda', 'PutFunctionConcurrency', { ...reserved, FunctionName }))
}

const eventInvokeConfig: ResourceKind = {
  put: async (wanted, { call }) => {
    const input = inputOf(wanted, ['lambda', 'PutFunctionEventInvokeConfig'])
    const { FunctionName, Qualifier } = input
    const output = await call('lambda', 'PutFunctionEventInvokeConfig', input)
    const arn = textMember(output, 'FunctionArn')
    return {
      physicalId: arn,
      ref: arn,
      attributes: {},
      input,
      remove: (call) => quietly(call('lambda', 'DeleteFunctionEventInvokeConfig', { FunctionName, Qualifier })),
    }
  },
}

const permission: ResourceKind = {
  put: async (wanted, { call, stackName }) => {
    const given = inputOf(wanted, ['lambda', 'AddPermission'])
    const FunctionName = textProperty(wanted, 'FunctionName')
    const StatementId = `${stackName}-${wanted.logicalId}`
    const at = { FunctionName, StatementId }
    await quietly(call('lambda', 'RemovePermission', at))
    await call('lambda', 'AddPermission', { ...given, StatementId })
    return {
      physicalId: `${FunctionName}/${StatementId}`,
      ref: StatementId,
      attributes: { Id: StatementId },
      input: given,
      remove: async (call) => void (await call('lambda', 'RemovePermission', at)),
    }
  },
}

const version: ResourceKind = {
  put: async (wanted, { call }) => {
    const input = inputOf(wanted, ['lambda', 'PublishVersion'], { except: ['ProvisionedConcurrencyConfig'] })
    const output = await call('lambda', 'PublishVersion', input)
    const [FunctionName, Qualifier] = [textMember(output, 'FunctionName'), textMember(output, 'Version')]
    const arn = textMember(output, 'FunctionArn')
    return {
      physicalId: arn,
      ref: arn,
      attributes: { ...attributesOf(output), FunctionArn: arn },
      input,
      remove: async (call) => void (await call('lambda', 'DeleteFunction', { FunctionName, Qualifier })),
    }
  },
}

const alias: ResourceKind = {
  put: async (wanted, { call }) => {
    const input = inputOf(wanted, ['lambda', 'CreateAlias'], { except: ['ProvisionedConcurrencyConfig'] })
    const { FunctionName, Name } = input
    const isThere = (await found(call('lambda', 'GetAlias', { FunctionName, Name }))) !== undefined
    const output = await call('lambda', isThere ? 'UpdateAlias' : 'CreateAlias', input)
    const arn = textMember(output, 'AliasArn')
    return {
      physicalId: arn,
      ref: arn,
      attributes: { AliasArn: arn },
      input,
      remove: async (call) => void (await call('lambda', 'DeleteAlias', { FunctionName, Name })),
    }
  },
}

export const lambdaKinds: readonly (readonly [string, ResourceKind])[] = [
  ['AWS::Lambda::Function', lambdaFunction],
  ['AWS::Lambda::Permission', permission],
  ['AWS::Lambda::Version', version],
  ['AWS::Lambda::Alias', alias],
  ['AWS::Lambda::EventInvokeConfig', eventInvokeConfig],
]
