// Looking whether something is there.
import { ServiceFault } from '@sluice/aws-protocol'

/** The answer, or `undefined` where the service says that there is nothing. */
export async function found<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

/** Whether a service says that there is no such thing: REST services by 404, others by the fault's name alone. */
export function isAbsence(error: unknown): boolean {
  return error instanceof ServiceFault && (error.status === 404 || error.code === 'ResourceNotFoundException')
}
