// `iam:PassRole`: who gives API Gateway a role for its calls must be allowed to hand that role on.
import type { Call } from './call.ts'

/** The marker by which an integration calls with its caller's credentials; it names no role. */
const callerCredentials = 'arn:aws:iam::*:user/*'

/**
 * Checks that the caller may pass the role of an integration or an authorizer. `before` is the stored one; keeping it needs
 * no permission. Throws ServiceFault AccessDeniedException. The ARN is taken as written: one with a stage variable needs a
 * policy whose resource matches that text. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
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
