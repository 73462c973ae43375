// Counts the cost of a render and stops it when its budget is spent.
import { BudgetFault } from './faults.ts'

/** The most that one render may cost. Absent members have their defaults. */
export interface Budget {
  /** Statements, loop turns, calls and 64-character units of string work. Default 300,000. */
  readonly steps?: number
  /** Milliseconds of the thread's processor time, checked every 1,000 steps; waiting for a busy machine does not count. Default 90. */
  readonly timeMs?: number
  /** Characters of the output, and of any one string on the way. Default 10,485,760. */
  readonly outputChars?: number
}

const defaultSteps = 300_000
const defaultTimeMs = 90
const defaultOutputChars = 10_485_760
const stepsPerClockReading = 1_000
const charsPerStep = 64

/** Counts the cost of one render. */
export class Meter {
  readonly outputChars: number
  private readonly maxSteps: number
  private readonly timeMs: number
  private steps = 0
  private nextCheck = stepsPerClockReading
  private startedAtMs = 0

  constructor(budget: Budget) {
    this.maxSteps = budget.steps ?? defaultSteps
    this.timeMs = budget.timeMs ?? defaultTimeMs
    this.outputChars = budget.outputChars ?? defaultOutputChars
    if (this.maxSteps < this.nextCheck) this.nextCheck = this.maxSteps + 1
  }

  /** Pays for `steps` steps. Throws `BudgetFault`. */
  spend(steps: number): void {
    this.steps += steps
    if (this.steps >= this.nextCheck) this.check()
  }

  /** Pays for reading `chars` characters. */
  spendChars(chars: number): void {
    this.spend(1 + Math.floor(chars / charsPerStep))
  }

  /** Pays for a string of `chars` characters before it is made; one longer than the output may be is refused. */
  spendText(chars: number): void {
    if (chars > this.outputChars) throw new BudgetFault('output', `${this.outputChars} characters`)
    this.spendChars(chars)
  }

  private check(): void {
    if (this.steps > this.maxSteps) throw new BudgetFault('steps', `${this.maxSteps} steps`)
    // The first reading starts the clock: most renders end before it and never ask for the time.
    const { user, system } = process.threadCpuUsage()
    const nowMs = (user + system) / 1000
    if (this.startedAtMs === 0) this.startedAtMs = nowMs
    if (nowMs - this.startedAtMs > this.timeMs) throw new BudgetFault('time', `${this.timeMs} ms`)
    this.nextCheck = Math.min(this.steps + stepsPerClockReading, this.maxSteps + 1)
  }
}
