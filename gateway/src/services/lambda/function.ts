// Functions: made, read, listed and deleted. https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
import type { Handlers } from '@sluice/aws-protocol'
import type { CreateFunctionRequest, FunctionConfiguration, Operations } from '@sluice/aws-protocol/lambda'
import type { FunctionRecord } from '../../nouns/function-records.ts'
import type { Call } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import { readCode, releaseCode, useCode } from './code.ts'
import { conflict, functionNotFound, invalidParameter, unavailable } from './faults.ts'
import { aliasesOf, foundFunction, foundVersion, isAlias } from './found.ts'
import { nameOf, newNameOf, type Named } from './name.ts'
import type { LambdaParts } from './parts.ts'
import { publish } from './publish.ts'
import { checkedTags } from './tag.ts'
import { checkSettings, withDefaults } from './settings.ts'
import { lastModified } from './timestamp.ts'

type Names = 'CreateFunction' | 'GetFunction' | 'GetFunctionConfiguration' | 'ListFunctions' | 'DeleteFunction'

/** AWS returns at most this many at once, whatever the caller asks for. */
const largestPage = 50

export function functionHandlers(parts: LambdaParts): Handlers<Operations, Names, Call> {
  return {
    CreateFunction: async (input, call) => {
      const named = newNameOf(call, input.FunctionName)
      await checkNew(input, named, call)
      const record = await createRecord(input, named, { call, parts })
      call.store.put('Function', [named.name, '$LATEST'], record)
      await useCode(call, record.code)
      return input.Publish === true ? (await publish(call, named, {})).configuration : record.configuration
    },
    GetFunction: async (input, call) => {
      const named = nameOf(call, 'GetFunction', input.FunctionName, input.Qualifier)
      const { configuration, code } = await foundVersion(call, named)
      const { tags, reservedConcurrency } = await foundFunction(call, named)
      const Location =
        'folder' in code ? `file://${code.folder}` : parts.codeLinks.linkTo(call.origin, code.zipSha256, call.nowMs)
      return {
        Configuration: shown(configuration, named),
        Code: { RepositoryType: 'S3', Location },
        ...(Object.keys(tags).length > 0 && { Tags: tags }),
        ...(reservedConcurrency !== undefined && {
          Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
        }),
      }
    },
    GetFunctionConfiguration: async (input, call) => {
      const named = nameOf(call, 'GetFunctionConfiguration', input.FunctionName, input.Qualifier)
      return shown((await foundVersion(call, named)).configuration, named)
    },
    ListFunctions: async (input, call) => {
      if (input.MasterRegion !== undefined) throw unavailable('MasterRegion')
      const entries = await call.store.list('Function', [])
      const wanted = input.FunctionVersion === 'ALL' ? entries : entries.filter(({ key }) => key[1] === '$LATEST')
      const page = pageByName(wanted, ({ key }) => key.join(':'), {
        marker: input.Marker,
        maxItems: Math.min(input.MaxItems ?? largestPage, largestPage),
      })
      if (page === undefined) throw invalidParameter('Invalid marker')
      return { Functions: page.items.map(({ record }) => record.configuration), NextMarker: page.marker }
    },
    DeleteFunction: async (input, call) => {
      const named = nameOf(call, 'DeleteFunction', input.FunctionName, input.Qualifier)
      if (named.qualifier === undefined) await deleteFunction(named, call, parts)
      else await deleteVersion(named, call, parts)
      return { StatusCode: 204 }
    },
  }
}

async function checkNew(input: CreateFunctionRequest, named: Named, call: Call): Promise<void> {
  if (input.PackageType === 'Image') throw unavailable('PackageType Image')
  for (const member of ['CodeSigningConfigArn', 'PublishTo', 'TenancyConfig'] as const) {
    if (input[member] !== undefined) throw unavailable(member)
  }
  if (input.Runtime === undefined || input.Handler === undefined) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    )
  }
  await checkSettings(input)
  if ((await call.store.get('Function', [named.name, '$LATEST'])) !== undefined) {
    throw conflict(`Function already exist: ${named.name}`)
  }
}

interface Place {
  readonly call: Call
  readonly parts: LambdaParts
}

async function createRecord(
  input: CreateFunctionRequest,
  named: Named,
  { call, parts }: Place,
): Promise<FunctionRecord> {
  const code = await readCode(input.Code, parts)
  const configuration: FunctionConfiguration = {
    FunctionName: named.name,
    FunctionArn: named.unqualifiedArn,
    ...withDefaults({ ...input, FunctionName: named.name }),
    CodeSize: code.sizeBytes,
    CodeSha256: code.sha256,
    LastModified: lastModified(call.nowMs),
    Version: '$LATEST',
    RevisionId: call.ids.uuid(),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: input.Architectures ?? ['x86_64'],
  }
  return { configuration, code: code.location, tags: checkedTags(input.Tags ?? {}) }
}

/** The configuration with the ARN in the form that was asked for, as AWS shows it: with the alias, or with `$LATEST` when it was named. */
function shown(configuration: FunctionConfiguration, { qualifier, arn }: Named): FunctionConfiguration {
  return qualifier !== undefined && !/^\d+$/.test(qualifier) ? { ...configuration, FunctionArn: arn } : configuration
}

async function deleteFunction(named: Named, call: Call, parts: LambdaParts): Promise<void> {
  await foundFunction(call, named)
  for (const { key, record } of await call.store.list('Function', [named.name])) {
    call.store.delete('Function', key)
    await releaseCode(call, record.code, parts)
  }
  for (const kind of ['FunctionAlias', 'FunctionPolicy', 'FunctionEventInvoke'] as const) {
    for (const { key } of await call.store.list(kind, [named.name])) call.store.delete(kind, key)
  }
}

async function deleteVersion(named: Named, call: Call, parts: LambdaParts): Promise<void> {
  const { name, qualifier = '', arn } = named
  if (qualifier === '$LATEST') {
    throw invalidParameter('$LATEST version cannot be deleted without deleting the function.')
  }
  if (isAlias(qualifier)) throw invalidParameter('Deletion of aliases is not currently supported.')
  const record = await call.store.get('Function', [name, qualifier])
  if (record === undefined) throw functionNotFound(arn)
  const aliases = (await aliasesOf(call, name)).filter(
    ({ functionVersion, additionalVersionWeights }) =>
      functionVersion === qualifier || Object.hasOwn(additionalVersionWeights ?? {}, qualifier),
  )
  if (aliases.length > 0) {
    const names = aliases.map((alias) => alias.name).join(', ')
    throw conflict(`Version ${qualifier} cannot be deleted because aliases point to it: [${names}]`)
  }
  call.store.delete('Function', [name, qualifier])
  call.store.delete('FunctionPolicy', [name, qualifier])
  call.store.delete('FunctionEventInvoke', [name, qualifier])
  await releaseCode(call, record.code, parts)
}
