// The Lambda API: the record of all its operations.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations } from '@sluice/aws-protocol/lambda'
import type { Blobs } from '../../ports/blobs.ts'
import type { Functions } from '../../ports/functions.ts'
import type { Call } from '../call.ts'
import { notYet } from '../not-yet.ts'
import type { Service } from '../service.ts'

/** What the Lambda API needs of the place it runs in. */
export interface LambdaParts {
  readonly blobs: Blobs
  readonly functions: Functions
  /** Whether code may be a folder of this machine (`dev`). */
  readonly folders: boolean
}

export function createLambdaService(_parts: LambdaParts): Service {
  const handlers = {
    ...notYet(['AddPermission','CreateAlias','CreateFunction','DeleteAlias','DeleteFunction','GetAlias','GetFunction','GetFunctionConfiguration','GetPolicy','Invoke','InvokeAsync','InvokeWithResponseStream','ListAliases','ListFunctions','ListVersionsByFunction','PublishVersion','RemovePermission','UpdateAlias','UpdateFunctionCode','UpdateFunctionConfiguration']),
  } satisfies Handlers<Operations, keyof Operations, Call>
  return { name: 'lambda', handlers }
}
