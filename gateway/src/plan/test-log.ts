// The log of a test call: execution-log lines, each behind its time as Java prints it. Recorded: REST 19.
import type { Listener } from '../nouns/decisions.ts'
import type { Clock } from '../ports/clock.ts'

export class TestLog implements Listener {
  readonly requestId: string
  readonly startedMs: number
  private readonly clock: Clock
  private lines = ''

  constructor(requestId: string, clock: Clock) {
    this.requestId = requestId
    this.startedMs = clock.now()
    this.clock = clock
  }

  readonly decided = (): void => {}

  readonly logged = (line: string): void => {
    this.lines += `${javaDate(this.clock.now())} : ${line}\n`
  }

  get text(): string {
    return `Execution log for request ${this.requestId}\n${this.lines}`
  }
}

/** `Fri Nov 20 08:16:02 UTC 2026` */
function javaDate(epochMs: number): string {
  const [weekday, day, month, year, time] = new Date(epochMs).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${time} UTC ${year}`
}
