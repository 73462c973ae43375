// Traces in one SQLite file: segments wait in memory and are written in small batches between requests.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../log.ts'
import type { Scope } from '../nouns/records.ts'
import type { Clock } from '../ports/clock.ts'
import {
  keptSeconds,
  type PlacedTrace,
  type SegmentDocument,
  type Trace,
  type TraceQuery,
  type Traces,
} from '../ports/traces.ts'
import { TraceShelf, type WaitingSegment } from './trace-shelf.ts'

export interface SqliteTracesOptions {
  readonly file: string
  readonly clock: Clock
  readonly log: Log
  /** When what is kept grows larger, the oldest traces go first. 256 MB when absent. */
  readonly maximumBytes?: number
  /** Segments that wait to be written take at most so many characters; more are dropped. 16 million when absent. */
  readonly maximumWaitingChars?: number
}

const batchSegments = 100
const flushDelayMs = 200
const sweepMs = 3_600_000
const complainMs = 60_000

class SqliteTraces implements Traces {
  private readonly options: Required<SqliteTracesOptions>
  private waiting: WaitingSegment[] = []
  private waitingChars = 0
  private timer: NodeJS.Timeout | NodeJS.Immediate | undefined
  private stopSweeping: (() => void) | undefined
  private opened: TraceShelf | undefined
  private complainedAtMs = Number.NEGATIVE_INFINITY
  private isClosed = false
  dropped = 0

  constructor(options: SqliteTracesOptions) {
    this.options = { maximumBytes: 256 * 1024 * 1024, maximumWaitingChars: 16_000_000, ...options }
  }

  put(scope: Scope, segment: SegmentDocument): void {
    const document = JSON.stringify(segment)
    if (this.isClosed || this.waitingChars + document.length > this.options.maximumWaitingChars) {
      this.drop(1, undefined)
      return
    }
    const { trace_id: traceId, id, start_time: start, end_time: end = start } = segment
    this.waiting.push({ scope, traceId, id, start, end, document })
    this.waitingChars += document.length
    this.timer ??= setTimeout(() => this.writeBatch(), flushDelayMs).unref()
  }

  find(scope: Scope, traceId: string): Trace | undefined {
    return this.read().find(scope, traceId, this.sinceSeconds())
  }

  page(query: TraceQuery): readonly PlacedTrace[] {
    return this.read().page(query, this.sinceSeconds())
  }

  close(): void {
    this.writeAll()
    this.isClosed = true
    this.stopSweeping?.()
    this.opened?.close()
  }

  /** The shelf with every segment on it that was put so far. */
  private read(): TraceShelf {
    this.writeAll()
    return this.shelf()
  }

  private shelf(): TraceShelf {
    if (this.opened === undefined) {
      const { file, clock, maximumBytes } = this.options
      mkdirSync(dirname(file), { recursive: true })
      this.opened = new TraceShelf(file, maximumBytes)
      this.stopSweeping = clock.after(sweepMs, () => this.sweep())
    }
    return this.opened
  }

  private sweep(): void {
    const { clock, log } = this.options
    this.stopSweeping = clock.after(sweepMs, () => this.sweep())
    try {
      this.shelf().expire(this.sinceSeconds())
    } catch (error) {
      log.warn({ error }, 'expired traces could not be removed')
    }
  }

  /** A batch now, the next one when requests that wait had their turn. */
  private writeBatch(): void {
    this.timer = undefined
    this.write(this.waiting.splice(0, batchSegments))
    if (this.waiting.length > 0) this.timer = setImmediate(() => this.writeBatch())
  }

  private writeAll(): void {
    clearTimeout(this.timer as NodeJS.Timeout)
    clearImmediate(this.timer as NodeJS.Immediate)
    this.timer = undefined
    const segments = this.waiting
    this.waiting = []
    if (segments.length > 0) this.write(segments)
  }

  private write(segments: readonly WaitingSegment[]): void {
    for (const { document } of segments) this.waitingChars -= document.length
    try {
      const refused = this.shelf().write(segments)
      this.dropped += refused
    } catch (error) {
      this.drop(segments.length, error)
    }
  }

  private sinceSeconds(): number {
    return this.options.clock.now() / 1000 - keptSeconds
  }

  private drop(segments: number, error: unknown): void {
    this.dropped += segments
    const nowMs = this.options.clock.now()
    if (nowMs - this.complainedAtMs < complainMs) return
    this.complainedAtMs = nowMs
    this.options.log.warn(
      { dropped: this.dropped, error },
      'segments of traces were dropped: they could not be written fast enough, or at all',
    )
  }
}

/** Opens nothing yet: the file is opened for the first segment or the first question. */
export function createSqliteTraces(options: SqliteTracesOptions): Traces {
  return new SqliteTraces(options)
}
