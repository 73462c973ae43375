// The forms of `FunctionName`: a name, `ACCOUNT:function:NAME` or an ARN, each with a qualifier or without.
import { functionArn } from '../../nouns/function-arn.ts'
import type { Call } from '../call.ts'
import { accessDenied, invalidParameter, notFound } from './faults.ts'

/** The function that a call is about. */
export interface Named {
  readonly name: string
  /** From the name or from `Qualifier`; undefined when neither has one. */
  readonly qualifier: string | undefined
  /** With the qualifier, if there is one: what AWS's sentences show. */
  readonly arn: string
  readonly unqualifiedArn: string
}

const form =
  /^(?:arn:aws(?:-[a-z-]+)?:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([A-Za-z0-9_-]+)(?::(\$LATEST|[A-Za-z0-9_-]+))?$/

const longestName = 64

/**
 * The function, and version or alias, that a call names. Throws when the name and `Qualifier` disagree, or for another
 * region or account.
 */
export function nameOf(call: Call, action: string, functionName: string, qualifier?: string): Named {
  const [, region = call.scope.region, account = call.scope.account, name, derived] = form.exec(functionName) ?? []
  if (name === undefined || name.length > longestName) {
    throw invalidParameter(`1 validation error detected: Value '${functionName}' at 'functionName' is no function name`)
  }
  if (derived !== undefined && qualifier !== undefined && derived !== qualifier) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.')
  }
  if (region !== call.scope.region) {
    throw notFound(`Functions from '${region}' are not reachable in this region ('${call.scope.region}')`)
  }
  const wanted = derived ?? qualifier
  const unqualifiedArn = functionArn({ account, region }, name)
  const arn = wanted === undefined ? unqualifiedArn : `${unqualifiedArn}:${wanted}`
  if (account !== call.scope.account) throw accessDenied(call.principal.arn, action, arn)
  return { name, qualifier: wanted, arn, unqualifiedArn }
}

/** A new function's name, which has no qualifier. */
export function newNameOf(call: Call, functionName: string): Named {
  const named = nameOf(call, 'CreateFunction', functionName)
  if (named.qualifier === undefined) return named
  throw invalidParameter(
    `The function name can not be qualified: ${functionName}. Create the function, then publish a version or an alias.`,
  )
}
