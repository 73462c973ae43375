// Integrations with the credentials `arn:aws:iam::*:user/*`: a function is invoked as the IAM caller, by the caller's own policies.
import { configurationFault } from '../../nouns/faults.ts'
import type { RestAdmitted } from '../../nouns/rest.ts'
import type { Functions } from '../../ports/functions.ts'
import type { Step } from '../pipeline.ts'

/** What an integration names instead of a role. rest specification 3.3. */
export const callerCredentials = 'arn:aws:iam::*:user/*'

/** Throws AWS's 500 for a caller who may not invoke the function, and for a method that knows no caller. */
export function requireCallerPermission(functionArn: string): Step<RestAdmitted, object> {
  return {
    name: 'callerCredentials',
    run: ({ caller }) => {
      if (caller?.may?.('lambda:InvokeFunction', functionArn) === true) return nothing
      throw configurationFault('Invalid permissions on Lambda function')
    },
  }
}

const nothing = {}

/** The functions as callers invoke them: what a caller may do was decided, so the function's own policy is not asked. */
export function asCaller(functions: Functions): Functions {
  return {
    invoke: (call) => functions.invoke({ ...call, principal: callerCredentials }),
    stream: (call) => functions.stream({ ...call, principal: callerCredentials }),
  }
}
