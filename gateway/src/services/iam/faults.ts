// IAM's faults that several operations throw, with AWS's sentences.
import { PolicyFault, parsePolicy, type PolicyKind } from '@sluice/iam-policy'
import { ServiceFault } from '@sluice/aws-protocol'
import {
  DeleteConflictException,
  EntityAlreadyExistsException,
  LimitExceededException,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
} from '@sluice/aws-protocol/iam'

export function noSuchEntity(message: string): NoSuchEntityException {
  return new NoSuchEntityException(message)
}

export function alreadyExists(message: string): EntityAlreadyExistsException {
  return new EntityAlreadyExistsException(message)
}

/** The refusal to delete. `blocking` says what has to be removed first: `delete policies`, `detach all policies`. */
export function deleteConflict(blocking: string): DeleteConflictException {
  return new DeleteConflictException(`Cannot delete entity, must ${blocking} first.`)
}

export function limitExceeded(message: string): LimitExceededException {
  return new LimitExceededException(message)
}

/** The query protocol's own fault for input that no other fault is for. */
export function validationError(message: string): ServiceFault {
  return new ServiceFault('ValidationError', 400, message)
}

/** Throws MalformedPolicyDocument or LimitExceeded when the text is no policy of its kind. */
export function checkPolicy(document: string, kind: PolicyKind, maxCharacters?: number): void {
  try {
    parsePolicy(document, { kind, maxCharacters })
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error
    throw error.code === 'LimitExceeded'
      ? new LimitExceededException(error.message)
      : new MalformedPolicyDocumentException(error.message)
  }
}
