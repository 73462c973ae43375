// Reserved concurrency: how many invocations of a function may run at once, and what that leaves to the others.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/lambda'
import type { Call } from '../call.ts'
import { invalidParameter } from './faults.ts'
import { foundFunction } from './found.ts'
import { nameOf, type Named } from './name.ts'

/** AWS's quotas of an account, as it shows them. Own: invocations without a reservation are not counted. */
const account = {
  TotalCodeSize: 80_530_636_800,
  CodeSizeUnzipped: 262_144_000,
  CodeSizeZipped: 52_428_800,
  ConcurrentExecutions: 1000,
} as const

/** AWS keeps so many for functions without a reservation. */
const leastUnreserved = 100

type Names = 'PutFunctionConcurrency' | 'GetFunctionConcurrency' | 'DeleteFunctionConcurrency' | 'GetAccountSettings'

export const concurrency: Handlers<Operations, Names, Call> = {
  PutFunctionConcurrency: async (input, call) => {
    const named = unqualified(call, 'PutFunctionConcurrency', input.FunctionName)
    const record = await foundFunction(call, named)
    const reserved = input.ReservedConcurrentExecutions
    const others = (await reservations(call)) - (record.reservedConcurrency ?? 0)
    if (account.ConcurrentExecutions - others - reserved < leastUnreserved) {
      throw invalidParameter(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${leastUnreserved}].`,
      )
    }
    call.store.put('Function', [named.name, '$LATEST'], { ...record, reservedConcurrency: reserved })
    return { ReservedConcurrentExecutions: reserved }
  },

  GetFunctionConcurrency: async (input, call) => {
    const named = unqualified(call, 'GetFunctionConcurrency', input.FunctionName)
    return { ReservedConcurrentExecutions: (await foundFunction(call, named)).reservedConcurrency }
  },

  DeleteFunctionConcurrency: async (input, call) => {
    const named = unqualified(call, 'DeleteFunctionConcurrency', input.FunctionName)
    const { reservedConcurrency: _removed, ...record } = await foundFunction(call, named)
    call.store.put('Function', [named.name, '$LATEST'], record)
  },

  GetAccountSettings: async (_input, call) => {
    const functions = await call.store.list('Function', [])
    const latest = functions.filter(({ key }) => key[1] === '$LATEST')
    return {
      AccountLimit: {
        ...account,
        UnreservedConcurrentExecutions: account.ConcurrentExecutions - (await reservations(call)),
      },
      AccountUsage: {
        TotalCodeSize: functions.reduce((sum, { record }) => sum + (record.configuration.CodeSize ?? 0), 0),
        FunctionCount: latest.length,
      },
    }
  },
}

async function reservations(call: Call): Promise<number> {
  const functions = await call.store.list('Function', [])
  return functions.reduce((sum, { record }) => sum + (record.reservedConcurrency ?? 0), 0)
}

/** A reservation is the whole function's. Throws InvalidParameterValueException for a version or an alias. */
function unqualified(call: Call, action: string, functionName: string): Named {
  const named = nameOf(call, action, functionName)
  if (named.qualifier === undefined) return named
  throw invalidParameter(
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation.',
  )
}
