// Finds out whether a resource exists.
import { ServiceFault } from '@sluice/aws-protocol'

/** The answer, or `undefined` when the service says that the thing does not exist. */
export async function found<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

/** Whether an error says that a thing does not exist: REST services by 404, others by the fault's name alone. */
export function isAbsence(error: unknown): boolean {
  return error instanceof ServiceFault && (error.status === 404 || error.code === 'ResourceNotFoundException')
}
