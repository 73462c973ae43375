// Settings that functions never have here but tools ask for: AWS's answers for a function without them.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/lambda'
import type { Call } from '../call.ts'
import { foundFunction, foundVersion } from './found.ts'
import { nameOf } from './name.ts'

export const unset: Handlers<Operations, 'GetFunctionCodeSigningConfig' | 'GetRuntimeManagementConfig', Call> = {
  GetFunctionCodeSigningConfig: async (input, call) => {
    const named = nameOf(call, 'GetFunctionCodeSigningConfig', input.FunctionName)
    await foundFunction(call, named)
    return { CodeSigningConfigArn: '', FunctionName: named.name }
  },

  GetRuntimeManagementConfig: async (input, call) => {
    const named = nameOf(call, 'GetRuntimeManagementConfig', input.FunctionName, input.Qualifier)
    await foundVersion(call, named)
    return { UpdateRuntimeOn: 'Auto', FunctionArn: `${named.unqualifiedArn}:${named.qualifier ?? '$LATEST'}` }
  },
}
