// The role that an integration's or an authorizer's credentials name. REST 3.3.
import type { NamedRole } from '../../ports/roles.ts'
import { callerCredentials } from './caller-credentials.ts'
import { fillStageVariables } from './uri.ts'

interface Place {
  readonly account: string
  readonly variables?: Readonly<Record<string, string>> | undefined
}

/** Stage variables may be part of the ARN. Undefined where there is no role: no credentials, or the caller's own. */
export function namedRole(credentials: string | undefined, stage: Place): NamedRole | undefined {
  if (credentials === undefined || credentials === '' || credentials === callerCredentials) return undefined
  const arn = fillStageVariables(credentials, stage.variables)
  return { arn, isOwn: arn.split(':', 5)[4] === stage.account }
}

/** What an HTTP API's log says of a role that cannot be taken on; as users of AWS report it. */
export const noRole =
  "API Gateway doesn't have permissions to assume the IAM role configured on the integration. Check the permissions and try again."
