// Reserved concurrency: so many invocations of a function at once, over all its versions; Lambda's 429 for one more.
import { FunctionFault } from '../ports/functions.ts'

/** A function as far as its reservation goes. */
export interface Reserving {
  readonly functionId: string
  readonly reservedConcurrency: number | undefined
}

export class FunctionConcurrency {
  /** How many invocations run of each function with a reservation, by function id. */
  private readonly running = new Map<string, number>()

  /**
   * Takes a place; the returned function gives it back. Undefined of a function without a reservation. Throws FunctionFault
   * (throttled) when all are taken.
   */
  enter({ functionId, reservedConcurrency }: Reserving): (() => void) | undefined {
    if (reservedConcurrency === undefined) return undefined
    const running = this.running.get(functionId) ?? 0
    if (running >= reservedConcurrency) {
      throw new FunctionFault('throttled', {
        status: 429,
        code: 'TooManyRequestsException',
        message: 'Rate Exceeded.',
        throttle: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      })
    }
    this.running.set(functionId, running + 1)
    return () => {
      const left = (this.running.get(functionId) ?? 1) - 1
      if (left > 0) this.running.set(functionId, left)
      else this.running.delete(functionId)
    }
  }
}
