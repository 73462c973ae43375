// Integrations with the credentials `arn:aws:iam::*:user/*`: a function is invoked as the IAM caller, by the caller's own policies.
import type { Admitted } from '../../nouns/exchange.ts'
import { configurationFault } from '../../nouns/faults.ts'
import type { Functions } from '../../ports/functions.ts'
import type { Step } from '../pipeline.ts'

/** What an integration names instead of a role. REST 3.3. */
export const callerCredentials = 'arn:aws:iam::*:user/*'

/** Throws AWS's 500 for a caller who may not invoke the function, and for a method that knows no caller. */
export function requireCallerPermission(functionArn: string): Step<Admitted, object> {
  return {
    name: 'callerCredentials',
    run: (exchange) => {
      if (mayInvoke(exchange, functionArn)) return nothing
      throw configurationFault('Invalid permissions on Lambda function')
    },
  }
}

/** A step that throws `refusal` for those same callers, before it does anything else. */
export function forCallers<Known extends Admitted, Told extends object>(
  step: Step<Known, Told>,
  functionArn: string,
  refusal: () => Error,
): Step<Known, Told> {
  return {
    name: step.name,
    run: async (exchange) => {
      if (mayInvoke(exchange, functionArn)) return step.run(exchange)
      throw refusal()
    },
  }
}

const nothing = {}

function mayInvoke({ caller }: Admitted, functionArn: string): boolean {
  return caller?.may?.('lambda:InvokeFunction', functionArn) === true
}

/** The functions as callers invoke them: what a caller may do was decided, so the function's own policy is not asked. */
export function asCaller(functions: Functions): Functions {
  return {
    invoke: (call) => functions.invoke({ ...call, principal: callerCredentials }),
    stream: (call) => functions.stream({ ...call, principal: callerCredentials }),
  }
}
