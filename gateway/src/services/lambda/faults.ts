// Lambda's faults with the sentences that several operations speak. All carry `Type`, as AWS's do.
import { ServiceFault } from '@sluice/aws-protocol'
import {
  InvalidParameterValueException,
  PreconditionFailedException,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@sluice/aws-protocol/lambda'

const user = { Type: 'User' }

export function notFound(message: string): ResourceNotFoundException {
  return new ResourceNotFoundException(message, user)
}

export function functionNotFound(arn: string): ResourceNotFoundException {
  return notFound(`Function not found: ${arn}`)
}

export function invalidParameter(message: string): InvalidParameterValueException {
  return new InvalidParameterValueException(message, user)
}

export function conflict(message: string): ResourceConflictException {
  return new ResourceConflictException(message, user)
}

/** The refusal of a member that Sluice does not serve: such members are never silently ignored. */
export function unavailable(member: string): InvalidParameterValueException {
  return invalidParameter(`${member} is not available in Sluice yet. See docs/compatibility.md.`)
}

/** Throws PreconditionFailedException when the caller has seen another revision than the current one. */
export function checkRevision(given: string | undefined, current: string | undefined): void {
  if (given === undefined || given === current) return
  throw new PreconditionFailedException(
    'The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId',
    user,
  )
}

export function accessDenied(principal: string, action: string, arn: string): ServiceFault {
  return new ServiceFault(
    'AccessDeniedException',
    403,
    `User: ${principal} is not authorized to perform: lambda:${action} on resource: ${arn} because no resource-based policy allows the lambda:${action} action`,
  )
}
