// The calling user, whom GetUser and the access key operations mean when they name nobody.
import type { Call } from '../call.ts'
import { validationError } from './faults.ts'

/** The calling user's name; undefined for the account's root. Throws ValidationError for a role's session, which is no user. */
export function callerName({ principal }: Call): string | undefined {
  if (principal.arn.endsWith(':root')) return undefined
  const name = /:user\/(?:.*\/)?([^/]+)$/.exec(principal.arn)?.[1]
  if (name === undefined) throw validationError('Must specify userName when calling with non-User credentials')
  return name
}
