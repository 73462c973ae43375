// Faults of STS that several operations throw, with AWS's sentences.
import { ServiceFault } from '@sluice/aws-protocol'

export function validationError(message: string): ServiceFault {
  return new ServiceFault('ValidationError', 400, message)
}

/** The fault for arguments that contradict each other. */
export function invalidParameter(message: string): ServiceFault {
  return new ServiceFault('InvalidParameterValue', 400, message)
}

export function accessDenied(message: string): ServiceFault {
  return new ServiceFault('AccessDenied', 403, message)
}

/** `User: ARN is not authorized to perform: sts:AssumeRole on resource: ROLE` */
export function notAuthorized(caller: string, action: string, resource: string): ServiceFault {
  return accessDenied(`User: ${caller} is not authorized to perform: ${action} on resource: ${resource}`)
}

/** Throws AccessDenied when a device is named: there is none here. The blanks are AWS's. */
export function refuseDevices(input: {
  readonly SerialNumber?: string | undefined
  readonly TokenCode?: string | undefined
}): void {
  if (input.SerialNumber === undefined && input.TokenCode === undefined) return
  throw accessDenied(
    'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
  )
}
