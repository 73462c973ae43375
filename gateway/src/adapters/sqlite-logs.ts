// Log groups in one SQLite file or in memory; lines are written behind the requests that they tell of.
import type { Log } from '../log.ts'
import type { Scope } from '../nouns/records.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  KeptLines,
  LogEvent,
  LogGroupFacts,
  LogGroupSettings,
  LogPlace,
  LogQuery,
  Logs,
  LogStreamFacts,
  PutEvent,
} from '../ports/logs.ts'
import { lineOverheadBytes, type WaitingLine } from './log-blocks.ts'
import { LogShelf, plainGroup } from './log-shelf.ts'
import { WriteBehind } from './write-behind.ts'

export interface SqliteLogsOptions {
  /** Absent: in memory. */
  readonly file: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** When what is kept grows larger, the oldest lines go first. 1 GB on disk, 128 MB in memory when absent. */
  readonly maximumBytes?: number
  /** Lines that wait to be written take at most so much memory; more are dropped. 32 MB when absent. */
  readonly maximumWaitingBytes?: number
  /** Is told of lines that were written to groups with subscriptions; must not throw. Nobody when absent. */
  readonly watch?: (kept: readonly KeptLines[]) => void
}

const gigabyte = 1024 ** 3
/** AWS cuts longer events. */
const maximumLineChars = 1024 * 1024

class SqliteLogs implements Logs {
  private readonly clock: Clock
  private readonly lines: WriteBehind<WaitingLine, LogShelf>

  constructor({ file, clock, log, ...options }: SqliteLogsOptions) {
    const { maximumBytes = file === undefined ? gigabyte / 8 : gigabyte, maximumWaitingBytes } = options
    const { watch = (): void => {} } = options
    this.clock = clock
    this.lines = new WriteBehind({
      file,
      clock,
      log,
      open: () => new LogShelf(file ?? ':memory:', maximumBytes, watch),
      cost: ({ message }) => message.length + lineOverheadBytes,
      maximumCost: maximumWaitingBytes ?? gigabyte / 32,
      batchRows: 500,
      rowsName: 'log lines',
    })
  }

  get dropped(): number {
    return this.lines.dropped
  }

  append(place: LogPlace, timestampMs: number, text: string): void {
    const message = text.length > maximumLineChars ? text.slice(0, maximumLineChars) : text
    this.lines.add({ place, timestampMs, message })
  }

  put(place: LogPlace, events: readonly PutEvent[]): boolean {
    if (this.lines.isClosed) return false
    try {
      const lines = events.map(({ timestampMs, message }) => ({ place, timestampMs, message }))
      this.lines.read().write(lines, this.clock.now())
      return true
    } catch {
      return false
    }
  }

  createGroup(scope: Scope, name: string, settings: Partial<LogGroupSettings> = {}): boolean {
    return this.lines.read().createGroup(scope, name, { ...plainGroup, ...settings }, this.clock.now())
  }

  changeGroup(scope: Scope, name: string, settings: Partial<LogGroupSettings>): boolean {
    return this.lines.read().changeGroup(scope, name, settings)
  }

  createStream(scope: Scope, group: string, name: string): boolean | undefined {
    return this.lines.read().createStream(scope, group, name, this.clock.now())
  }

  deleteStream(scope: Scope, group: string, name: string): boolean | undefined {
    return this.lines.read().deleteStream(scope, group, name)
  }

  deleteGroup(scope: Scope, name: string): boolean {
    return this.lines.read().deleteGroup(scope, name)
  }

  setRetention(scope: Scope, name: string, days: number | undefined): boolean {
    return this.lines.read().setRetention(scope, name, days)
  }

  groups(scope: Scope): readonly LogGroupFacts[] {
    return this.lines.read().groups(scope)
  }

  streams(scope: Scope, group: string): readonly LogStreamFacts[] | undefined {
    return this.lines.read().streams(scope, group)
  }

  events(query: LogQuery): readonly LogEvent[] {
    return this.lines.read().events(query)
  }

  close(): void {
    this.lines.close()
  }
}

/** Opens nothing yet: the file is opened for the first line or the first question. */
export function createSqliteLogs(options: SqliteLogsOptions): Logs {
  return new SqliteLogs(options)
}
