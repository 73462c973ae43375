// Derives ids and names from the stack's name and a logical id, so that URLs stay the same from run to run.
import { stableId } from '../stable-id.ts'
import type { Deployment, Wanted } from './resource-kind.ts'

/** An id of ten characters. */
export function idOf({ stackName }: Deployment, { logicalId }: Wanted): string {
  return stableId(`${stackName}/${logicalId}`)
}

/** A name as CloudFormation makes it: stack, logical id, and something that is nobody else's. */
export function nameOf(deployment: Deployment, wanted: Wanted): string {
  return `${deployment.stackName}-${wanted.logicalId}`.slice(0, 52) + `-${idOf(deployment, wanted).toUpperCase()}`
}
