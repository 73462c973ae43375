// Traces in one SQLite file, written behind the requests that they tell of.
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
import { WriteBehind } from './write-behind.ts'

export interface SqliteTracesOptions {
  readonly file: string
  readonly clock: Clock
  readonly log: Log
  /** When what is kept grows larger, the oldest traces go first. 256 MB when absent. */
  readonly maximumBytes?: number
  /** Segments that wait to be written take at most so many characters; more are dropped. 16 million when absent. */
  readonly maximumWaitingChars?: number
}

class SqliteTraces implements Traces {
  private readonly clock: Clock
  private readonly segments: WriteBehind<WaitingSegment, TraceShelf>

  constructor({ file, clock, log, ...options }: SqliteTracesOptions) {
    const { maximumBytes = 256 * 1024 * 1024, maximumWaitingChars = 16_000_000 } = options
    this.clock = clock
    this.segments = new WriteBehind({
      file,
      clock,
      log,
      open: () => new TraceShelf(file, maximumBytes),
      cost: ({ document }) => document.length,
      maximumCost: maximumWaitingChars,
      batchRows: 100,
      rowsName: 'segments of traces',
    })
  }

  get dropped(): number {
    return this.segments.dropped
  }

  put(scope: Scope, segment: SegmentDocument): void {
    const { trace_id: traceId, id, start_time: start, end_time: end = start } = segment
    this.segments.add({ scope, traceId, id, start, end, document: JSON.stringify(segment) })
  }

  find(scope: Scope, traceId: string): Trace | undefined {
    return this.segments.read().find(scope, traceId, this.sinceSeconds())
  }

  page(query: TraceQuery): readonly PlacedTrace[] {
    return this.segments.read().page(query, this.sinceSeconds())
  }

  close(): void {
    this.segments.close()
  }

  private sinceSeconds(): number {
    return this.clock.now() / 1000 - keptSeconds
  }
}

/** Opens nothing yet: the file is opened for the first segment or the first question. */
export function createSqliteTraces(options: SqliteTracesOptions): Traces {
  return new SqliteTraces(options)
}
