// `iam:PassRole`: who gives API Gateway a role for its calls must be allowed to hand that role on.
import type { Call } from './call.ts'

/** Not a role: an integration calls as whoever calls it. */
const callerCredentials = 'arn:aws:iam::*:user/*'

/**
 * Whether the caller may pass the role of an integration or an authorizer. `before`: the one that is stored; keeping it asks for
 * nothing. Throws ServiceFault AccessDeniedException. The ARN is taken as written: one with a stage variable in it needs a policy
 * whose resource matches it so. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export function checkPassRole(call: Call, credentials: string | undefined, before?: string): void {
  if (credentials === undefined || credentials === '' || credentials === before) return
  if (credentials === callerCredentials) return
  call.require?.({
    action: 'iam:PassRole',
    resource: credentials,
    conditions: [['iam:PassedToService', 'apigateway.amazonaws.com']],
  })
}
