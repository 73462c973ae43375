// When the caller of a function stops waiting.
import type { Clock } from '../ports/clock.ts'
import { FunctionFault, type FunctionCall } from '../ports/functions.ts'

/** The work's outcome, or the fault `timeout` when the call's time is over before. The work itself goes on. */
export function withinTime<Outcome>(
  clock: Clock,
  { timeoutMs, functionArn }: FunctionCall,
  work: Promise<Outcome>,
): Promise<Outcome> {
  if (timeoutMs === undefined) return work
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => reject(timeoutOf(functionArn, timeoutMs)))
    work.then(
      (outcome) => {
        cancel()
        return resolve(outcome)
      },
      (error: unknown) => {
        cancel()
        reject(error)
      },
    )
  })
}

/** The caller stopped waiting. */
export function timeoutOf(functionArn: string, timeoutMs: number): FunctionFault {
  const message = `${functionArn} did not answer within ${timeoutMs} ms`
  return new FunctionFault('timeout', { status: 504, code: 'TimeoutException', message })
}
