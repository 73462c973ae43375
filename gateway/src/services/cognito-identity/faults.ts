// Faults that several operations of identity pools throw, with AWS's sentences.
import {
  InvalidIdentityPoolConfigurationException,
  NotAuthorizedException,
  ResourceNotFoundException,
} from '@sluice/aws-protocol/cognito-identity'

export function noSuchPool(identityPoolId: string): ResourceNotFoundException {
  return new ResourceNotFoundException(`IdentityPool '${identityPoolId}' not found.`)
}

export function noSuchIdentity(identityId: string): ResourceNotFoundException {
  return new ResourceNotFoundException(`Identity '${identityId}' not found.`)
}

/** The fault for an identity that is somebody else's, or a role that the caller may not have. */
export function forbidden(identityId: string): NotAuthorizedException {
  return new NotAuthorizedException(`Access to Identity '${identityId}' is forbidden.`)
}

export function otherLogins(): NotAuthorizedException {
  return new NotAuthorizedException(
    "Logins don't match. Please include at least one valid login for this identity or identity pool.",
  )
}

/** The fault for a token that is not accepted. `reason` is a sentence: `Couldn't verify signed token.` */
export function invalidToken(reason: string): NotAuthorizedException {
  return new NotAuthorizedException(`Invalid login token. ${reason}`)
}

/** The fault of a pool whose role is missing, or does not trust the pool. */
export function misconfigured(): InvalidIdentityPoolConfigurationException {
  return new InvalidIdentityPoolConfigurationException(
    'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
  )
}
