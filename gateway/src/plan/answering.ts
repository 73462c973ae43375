// A plan's run: the answer at once where nothing had to be waited for, and every failure as an answer.
import type { Answer, Answered, Received } from '../nouns/exchange.ts'
import type { StagePlan } from './stage-plan.ts'

type Soon<Value> = Value | Promise<Value>

interface Ends {
  readonly succeed: (answered: Answered, received: Received) => Soon<Answer>
  /** What an error is to the client. Does not throw. */
  readonly fail: (error: unknown, received: Received) => Soon<Answer>
}

/** `steps` may throw or reject, and gives a promise only where a step has to wait. The run does likewise, but never fails. */
export function answering(steps: (received: Received) => Soon<Answered>, { succeed, fail }: Ends): StagePlan['run'] {
  return (received) => {
    try {
      const answered = steps(received)
      if (!(answered instanceof Promise)) return succeed(answered, received)
      return answered.then((each) => succeed(each, received)).catch((error: unknown) => fail(error, received))
    } catch (error) {
      return fail(error, received)
    }
  }
}
