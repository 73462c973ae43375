// Changing `$LATEST`: its code and its configuration.
import type { Handlers } from '@sluice/aws-protocol'
import type { FunctionConfiguration, Operations } from '@sluice/aws-protocol/lambda'
import type { FunctionRecord } from '../../nouns/function-records.ts'
import type { Call } from '../call.ts'
import { readCode, releaseCode, useCode } from './code.ts'
import { checkRevision, unavailable } from './faults.ts'
import { foundFunction } from './found.ts'
import { nameOf, type Named } from './name.ts'
import type { LambdaParts } from './parts.ts'
import { publish } from './publish.ts'
import { checkSettings, withSettings } from './settings.ts'
import { lastModified } from './timestamp.ts'

export function updateHandlers(
  parts: LambdaParts,
): Handlers<Operations, 'UpdateFunctionCode' | 'UpdateFunctionConfiguration', Call> {
  return {
    UpdateFunctionCode: async (input, call) => {
      if (input.PublishTo !== undefined) throw unavailable('PublishTo')
      const named = nameOf(call, 'UpdateFunctionCode', input.FunctionName)
      const before = await foundFunction(call, named)
      checkRevision(input.RevisionId, before.configuration.RevisionId)
      const code = await readCode(input, parts)
      const after = changed(call, before, {
        CodeSha256: code.sha256,
        CodeSize: code.sizeBytes,
        ...(input.Architectures !== undefined && { Architectures: input.Architectures }),
      })
      if (input.DryRun === true) return after.configuration
      call.store.put('Function', [named.name, '$LATEST'], { ...after, code: code.location })
      await useCode(call, code.location)
      await releaseCode(call, before.code, parts)
      return input.Publish === true ? (await publish(call, named, {})).configuration : after.configuration
    },
    UpdateFunctionConfiguration: async (input, call) => {
      const named = nameOf(call, 'UpdateFunctionConfiguration', input.FunctionName)
      const before = await foundFunction(call, named)
      await checkSettings(input)
      checkRevision(input.RevisionId, before.configuration.RevisionId)
      const after = changed(call, before, withSettings(before.configuration, input))
      return put(call, named, after)
    },
  }
}

function changed(call: Call, before: FunctionRecord, change: FunctionConfiguration): FunctionRecord {
  return {
    ...before,
    configuration: {
      ...before.configuration,
      ...change,
      RevisionId: call.ids.uuid(),
      LastModified: lastModified(call.nowMs),
    },
  }
}

function put(call: Call, { name }: Named, record: FunctionRecord): FunctionConfiguration {
  call.store.put('Function', [name, '$LATEST'], record)
  return record.configuration
}
