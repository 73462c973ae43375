// Log groups in one SQLite file or in memory: lines wait in memory and are written in small batches between requests.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../log.ts'
import type { Scope } from '../nouns/records.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  LogEvent,
  LogGroupFacts,
  LogGroupSettings,
  LogPlace,
  LogQuery,
  Logs,
  LogStreamFacts,
  PutEvent,
} from '../ports/logs.ts'
import { LogShelf, plainGroup, type WaitingLine } from './log-shelf.ts'

export interface SqliteLogsOptions {
  /** Absent: in memory. */
  readonly file: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** When what is kept grows larger, the oldest lines go first. 1 GB on disk, 128 MB in memory when absent. */
  readonly maximumBytes?: number
  /** Lines that wait to be written take at most so much memory; more are dropped. 32 MB when absent. */
  readonly maximumWaitingBytes?: number
}

const gigabyte = 1024 ** 3
const batchLines = 500
const flushDelayMs = 200
const sweepMs = 3_600_000
const complainMs = 60_000
/** What a line counts beside its text, as AWS counts it. Security specification F.9. */
const lineOverheadBytes = 26
/** AWS cuts longer events. */
const maximumLineChars = 1024 * 1024

class SqliteLogs implements Logs {
  private readonly options: SqliteLogsOptions
  private readonly maximumWaitingBytes: number
  private waiting: WaitingLine[] = []
  private waitingBytes = 0
  private timer: NodeJS.Timeout | NodeJS.Immediate | undefined
  private stopSweeping: (() => void) | undefined
  private opened: LogShelf | undefined
  private complainedAtMs = Number.NEGATIVE_INFINITY
  private isClosed = false
  dropped = 0

  constructor(options: SqliteLogsOptions) {
    this.options = options
    this.maximumWaitingBytes = options.maximumWaitingBytes ?? 32 * 1024 * 1024
  }

  append(place: LogPlace, timestampMs: number, text: string): void {
    const message = text.length > maximumLineChars ? text.slice(0, maximumLineChars) : text
    const bytes = message.length + lineOverheadBytes
    if (this.isClosed || this.waitingBytes + bytes > this.maximumWaitingBytes) {
      this.drop(1, undefined)
      return
    }
    this.waiting.push({ place, timestampMs, message })
    this.waitingBytes += bytes
    this.timer ??= setTimeout(() => this.writeBatch(), flushDelayMs).unref()
  }

  put(place: LogPlace, events: readonly PutEvent[]): boolean {
    if (this.isClosed) return false
    try {
      const lines = events.map(({ timestampMs, message }) => ({ place, timestampMs, message }))
      this.read().write(lines, this.options.clock.now())
      return true
    } catch {
      return false
    }
  }

  createGroup(scope: Scope, name: string, settings: Partial<LogGroupSettings> = {}): boolean {
    return this.read().createGroup(scope, name, { ...plainGroup, ...settings }, this.options.clock.now())
  }

  changeGroup(scope: Scope, name: string, settings: Partial<LogGroupSettings>): boolean {
    return this.read().changeGroup(scope, name, settings)
  }

  createStream(scope: Scope, group: string, name: string): boolean | undefined {
    return this.read().createStream(scope, group, name, this.options.clock.now())
  }

  deleteStream(scope: Scope, group: string, name: string): boolean | undefined {
    return this.read().deleteStream(scope, group, name)
  }

  deleteGroup(scope: Scope, name: string): boolean {
    return this.read().deleteGroup(scope, name)
  }

  setRetention(scope: Scope, name: string, days: number | undefined): boolean {
    return this.read().setRetention(scope, name, days)
  }

  groups(scope: Scope): readonly LogGroupFacts[] {
    return this.read().groups(scope)
  }

  streams(scope: Scope, group: string): readonly LogStreamFacts[] | undefined {
    return this.read().streams(scope, group)
  }

  events(query: LogQuery): readonly LogEvent[] {
    return this.read().events(query)
  }

  close(): void {
    if (this.waiting.length > 0) this.writeAll()
    this.isClosed = true
    this.stopSweeping?.()
    this.opened?.close()
  }

  /** The shelf with every line on it that was appended so far. */
  private read(): LogShelf {
    this.writeAll()
    return this.shelf()
  }

  private shelf(): LogShelf {
    if (this.opened === undefined) {
      const { file, clock, maximumBytes = file === undefined ? gigabyte / 8 : gigabyte } = this.options
      if (file !== undefined) mkdirSync(dirname(file), { recursive: true })
      this.opened = new LogShelf(file ?? ':memory:', maximumBytes)
      this.stopSweeping = clock.after(sweepMs, () => this.sweep())
    }
    return this.opened
  }

  private sweep(): void {
    const { clock, log } = this.options
    this.stopSweeping = clock.after(sweepMs, () => this.sweep())
    try {
      this.shelf().expire(clock.now())
    } catch (error) {
      log.warn({ error }, 'expired log lines could not be removed')
    }
  }

  /** A batch now, the next one when requests that wait had their turn. */
  private writeBatch(): void {
    this.timer = undefined
    this.write(this.waiting.splice(0, batchLines))
    if (this.waiting.length > 0) this.timer = setImmediate(() => this.writeBatch())
    else this.waitingBytes = 0
  }

  private writeAll(): void {
    if (this.timer !== undefined) {
      clearTimeout(this.timer as NodeJS.Timeout)
      clearImmediate(this.timer as NodeJS.Immediate)
      this.timer = undefined
    }
    const lines = this.waiting
    this.waiting = []
    this.waitingBytes = 0
    if (lines.length > 0) this.write(lines)
  }

  private write(lines: readonly WaitingLine[]): void {
    try {
      this.shelf().write(lines, this.options.clock.now())
    } catch (error) {
      this.drop(lines.length, error)
    }
    for (const { message } of lines) this.waitingBytes -= message.length + lineOverheadBytes
    if (this.waitingBytes < 0) this.waitingBytes = 0
  }

  private drop(lines: number, error: unknown): void {
    this.dropped += lines
    const nowMs = this.options.clock.now()
    if (nowMs - this.complainedAtMs < complainMs) return
    this.complainedAtMs = nowMs
    this.options.log.warn(
      { dropped: this.dropped, error },
      'log lines were dropped: they could not be written fast enough, or at all',
    )
  }
}

/** Opens nothing yet: the file is opened for the first line or the first question. */
export function createSqliteLogs(options: SqliteLogsOptions): Logs {
  return new SqliteLogs(options)
}
