// How asynchronous invocations are retried. https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
import type { Handlers } from '@sluice/aws-protocol'
import type {
  FunctionEventInvokeConfig,
  Operations,
  PutFunctionEventInvokeConfigRequest,
} from '@sluice/aws-protocol/lambda'
import type { EventInvokeRecord } from '../../nouns/function-records.ts'
import { nowSeconds, type Call } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import { invalidParameter, notFound, unavailable } from './faults.ts'
import { foundFunction, foundVersion } from './found.ts'
import { nameOf, type Named } from './name.ts'

const largestPage = 50

type Names =
  | 'PutFunctionEventInvokeConfig'
  | 'UpdateFunctionEventInvokeConfig'
  | 'GetFunctionEventInvokeConfig'
  | 'DeleteFunctionEventInvokeConfig'
  | 'ListFunctionEventInvokeConfigs'

export const eventInvokeConfig: Handlers<Operations, Names, Call> = {
  PutFunctionEventInvokeConfig: async (input, call) => {
    const named = nameOf(call, 'PutFunctionEventInvokeConfig', input.FunctionName, input.Qualifier)
    await foundVersion(call, named)
    return keep(call, named, given(input))
  },

  UpdateFunctionEventInvokeConfig: async (input, call) => {
    const named = nameOf(call, 'UpdateFunctionEventInvokeConfig', input.FunctionName, input.Qualifier)
    const { modifiedAt: _modifiedAt, ...before } = await foundConfig(call, named)
    return keep(call, named, { ...before, ...given(input) })
  },

  GetFunctionEventInvokeConfig: async (input, call) => {
    const named = nameOf(call, 'GetFunctionEventInvokeConfig', input.FunctionName, input.Qualifier)
    return shown(named, await foundConfig(call, named))
  },

  DeleteFunctionEventInvokeConfig: async (input, call) => {
    const named = nameOf(call, 'DeleteFunctionEventInvokeConfig', input.FunctionName, input.Qualifier)
    await foundConfig(call, named)
    call.store.delete('FunctionEventInvoke', keyOf(named))
  },

  ListFunctionEventInvokeConfigs: async (input, call) => {
    const named = nameOf(call, 'ListFunctionEventInvokeConfigs', input.FunctionName)
    await foundFunction(call, named)
    const entries = await call.store.list('FunctionEventInvoke', [named.name])
    const page = pageByName(entries, ({ key }) => key[1] ?? '', {
      marker: input.Marker,
      maxItems: Math.min(input.MaxItems ?? largestPage, largestPage),
    })
    if (page === undefined) throw invalidParameter('Invalid marker')
    const configs = page.items.map(({ key, record }) => shown({ ...named, qualifier: key[1] }, record))
    return { FunctionEventInvokeConfigs: configs, NextMarker: page.marker }
  },
}

type Settings = Omit<EventInvokeRecord, 'modifiedAt'>

/** The settings that a request gives. Throws when it gives none, or names a destination. */
function given(input: Omit<PutFunctionEventInvokeConfigRequest, 'FunctionName'>): Settings {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = input
  const { OnSuccess, OnFailure } = DestinationConfig ?? {}
  if ((OnSuccess?.Destination ?? '') !== '' || (OnFailure?.Destination ?? '') !== '') {
    throw unavailable('DestinationConfig')
  }
  if (MaximumRetryAttempts === undefined && MaximumEventAgeInSeconds === undefined && DestinationConfig === undefined) {
    throw invalidParameter('You must specify at least one error handling or destination setting.')
  }
  return {
    ...(MaximumRetryAttempts !== undefined && { retries: MaximumRetryAttempts }),
    ...(MaximumEventAgeInSeconds !== undefined && { maximumAgeSeconds: MaximumEventAgeInSeconds }),
  }
}

function keyOf({ name, qualifier = '$LATEST' }: Named): readonly [string, string] {
  return [name, qualifier]
}

async function foundConfig(call: Call, named: Named): Promise<EventInvokeRecord> {
  const record = await call.store.get('FunctionEventInvoke', keyOf(named))
  if (record !== undefined) return record
  await foundVersion(call, named)
  throw notFound(`The function ${qualifiedArn(named)} doesn't have an EventInvokeConfig`)
}

function keep(call: Call, named: Named, settings: Settings): FunctionEventInvokeConfig {
  const record = { ...settings, modifiedAt: nowSeconds(call) }
  call.store.put('FunctionEventInvoke', keyOf(named), record)
  return shown(named, record)
}

function shown(named: Named, { modifiedAt, retries, maximumAgeSeconds }: EventInvokeRecord): FunctionEventInvokeConfig {
  return {
    FunctionArn: qualifiedArn(named),
    LastModified: modifiedAt,
    MaximumRetryAttempts: retries,
    MaximumEventAgeInSeconds: maximumAgeSeconds,
    DestinationConfig: { OnSuccess: {}, OnFailure: {} },
  }
}

/** AWS shows `$LATEST` with its qualifier here. */
function qualifiedArn({ unqualifiedArn, qualifier = '$LATEST' }: Named): string {
  return `${unqualifiedArn}:${qualifier}`
}
