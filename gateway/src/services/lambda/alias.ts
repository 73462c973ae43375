// Aliases: names for versions. https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html
import type { Handlers } from '@sluice/aws-protocol'
import type { AliasConfiguration, AliasRoutingConfiguration, Operations } from '@sluice/aws-protocol/lambda'
import type { FunctionAliasRecord } from '../../nouns/function-records.ts'
import type { Call } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import { checkRevision, conflict, functionNotFound, invalidParameter, notFound } from './faults.ts'
import { aliasesOf, foundFunction } from './found.ts'
import { nameOf, type Named } from './name.ts'

type Names = 'CreateAlias' | 'GetAlias' | 'ListAliases' | 'UpdateAlias' | 'DeleteAlias'

const largestPage = 50

export const alias: Handlers<Operations, Names, Call> = {
  CreateAlias: async (input, call) => {
    const named = nameOf(call, 'CreateAlias', input.FunctionName)
    await foundFunction(call, named)
    const aliasArn = `${named.unqualifiedArn}:${input.Name}`
    if ((await call.store.get('FunctionAlias', [named.name, input.Name])) !== undefined) {
      throw conflict(`Alias already exists: ${aliasArn}`)
    }
    await checkVersion(call, named, input.FunctionVersion)
    return put(call, named, {
      name: input.Name,
      aliasArn,
      functionVersion: input.FunctionVersion,
      description: input.Description ?? '',
      revisionId: call.ids.uuid(),
      additionalVersionWeights: await weightsOf(call, named, {
        functionVersion: input.FunctionVersion,
        routing: input.RoutingConfig,
      }),
    })
  },
  GetAlias: async (input, call) => {
    const named = nameOf(call, 'GetAlias', input.FunctionName)
    return shown(await foundAlias(call, named, input.Name))
  },
  ListAliases: async (input, call) => {
    const named = nameOf(call, 'ListAliases', input.FunctionName)
    await foundFunction(call, named)
    const { FunctionVersion } = input
    const all = await aliasesOf(call, named.name)
    const wanted =
      FunctionVersion === undefined ? all : all.filter(({ functionVersion }) => functionVersion === FunctionVersion)
    const page = pageByName(wanted, ({ name }) => name, {
      marker: input.Marker,
      maxItems: Math.min(input.MaxItems ?? largestPage, largestPage),
    })
    if (page === undefined) throw invalidParameter('Invalid marker')
    return { Aliases: page.items.map(shown), NextMarker: page.marker }
  },
  UpdateAlias: async (input, call) => {
    const named = nameOf(call, 'UpdateAlias', input.FunctionName)
    const before = await foundAlias(call, named, input.Name)
    checkRevision(input.RevisionId, before.revisionId)
    const functionVersion = input.FunctionVersion ?? before.functionVersion
    await checkVersion(call, named, functionVersion)
    const routing = input.RoutingConfig ?? { AdditionalVersionWeights: before.additionalVersionWeights }
    return put(call, named, {
      ...before,
      functionVersion,
      description: input.Description ?? before.description,
      revisionId: call.ids.uuid(),
      additionalVersionWeights: await weightsOf(call, named, { functionVersion, routing }),
    })
  },
  DeleteAlias: async (input, call) => {
    const { name } = nameOf(call, 'DeleteAlias', input.FunctionName)
    call.store.delete('FunctionAlias', [name, input.Name])
    call.store.delete('FunctionPolicy', [name, input.Name])
  },
}

async function foundAlias(call: Call, named: Named, aliasName: string): Promise<FunctionAliasRecord> {
  const record = await call.store.get('FunctionAlias', [named.name, aliasName])
  if (record === undefined) throw notFound(`Cannot find alias arn: ${named.unqualifiedArn}:${aliasName}`)
  return record
}

async function checkVersion(call: Call, named: Named, functionVersion: string): Promise<void> {
  if ((await call.store.get('Function', [named.name, functionVersion])) === undefined) {
    throw functionNotFound(`${named.unqualifiedArn}:${functionVersion}`)
  }
}

interface Routed {
  readonly functionVersion: string
  readonly routing: AliasRoutingConfiguration | undefined
}

/** Checks an alias's routing weights: at most one further version, which is neither `$LATEST` nor the alias's own. */
async function weightsOf(
  call: Call,
  named: Named,
  { functionVersion, routing }: Routed,
): Promise<FunctionAliasRecord['additionalVersionWeights']> {
  const weights = routing?.AdditionalVersionWeights
  const [other, ...more] = Object.keys(weights ?? {})
  if (weights === undefined || other === undefined) return undefined
  if (more.length > 0) throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1')
  if (functionVersion === '$LATEST') {
    throw invalidParameter('$LATEST is not supported for an alias pointing to more than 1 version')
  }
  if (other === functionVersion) {
    throw invalidParameter(
      `Invalid function version ${other}. Function version ${other} is already included in routing configuration.`,
    )
  }
  await checkVersion(call, named, other)
  return weights
}

function put(call: Call, { name }: Named, record: FunctionAliasRecord): AliasConfiguration {
  call.store.put('FunctionAlias', [name, record.name], record)
  return shown(record)
}

function shown(record: FunctionAliasRecord): AliasConfiguration {
  const { additionalVersionWeights: weights } = record
  return {
    AliasArn: record.aliasArn,
    Name: record.name,
    FunctionVersion: record.functionVersion,
    Description: record.description,
    RevisionId: record.revisionId,
    ...(weights !== undefined && { RoutingConfig: { AdditionalVersionWeights: weights } }),
  }
}
