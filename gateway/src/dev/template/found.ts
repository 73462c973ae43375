// Looking whether something is there.
import { ServiceFault } from '@sluice/aws-protocol'

/** The answer, or `undefined` where the service says 404. */
export async function found<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ServiceFault && error.status === 404) return undefined
    throw error
  }
}
