// The SQLite tables of traces and their segments, and the statements that read and write them.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Scope } from '../nouns/records.ts'
import {
  keptSeconds,
  mostSegments,
  type PlacedTrace,
  type SegmentDocument,
  type Trace,
  type TraceQuery,
} from '../ports/traces.ts'
import { openDatabaseFile } from './database-file.ts'
import { transact } from './sqlite-transaction.ts'

/** A segment that is not written yet. Times are epoch seconds. */
export interface WaitingSegment {
  readonly scope: Scope
  readonly traceId: string
  readonly id: string
  readonly start: number
  readonly end: number
  readonly document: string
}

// No segment is worth an fsync: a crash of the machine may cost the last seconds of traces, a crash of the process none.
const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  CREATE TABLE IF NOT EXISTS traces (
    position INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
    start REAL NOT NULL, end REAL NOT NULL,
    UNIQUE (account, region, id)
  );
  CREATE INDEX IF NOT EXISTS traces_by_end ON traces (end);
  CREATE TABLE IF NOT EXISTS segments (
    number INTEGER PRIMARY KEY AUTOINCREMENT, trace INTEGER NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (trace, id)
  );
`

const texts = {
  position: 'SELECT position FROM traces WHERE account = ? AND region = ? AND id = ?',
  addTrace: 'INSERT INTO traces (account, region, id, start, end) VALUES (?, ?, ?, ?, ?)',
  widenTrace: 'UPDATE traces SET start = min(start, ?), end = max(end, ?) WHERE position = ?',
  addFirst: 'INSERT INTO segments (trace, id, document) VALUES (?, ?, ?)',
  addSegment: `INSERT INTO segments (trace, id, document) SELECT ?1, ?2, ?3
    WHERE (SELECT count(*) FROM segments WHERE trace = ?1) < ${mostSegments}
      OR EXISTS (SELECT 1 FROM segments WHERE trace = ?1 AND id = ?2)
    ON CONFLICT DO UPDATE SET document = excluded.document`,
  trace: 'SELECT position FROM traces WHERE account = ? AND region = ? AND id = ? AND end >= ?',
  segments: 'SELECT document FROM segments WHERE trace = ? ORDER BY number',
  // By position: page after page goes on where the one before ended, and none has to be sorted.
  page: `SELECT position, id FROM traces NOT INDEXED
    WHERE end >= ? AND start <= ? AND account = ? AND region = ? AND position > ? ORDER BY position LIMIT ?`,
  expireSegments: 'DELETE FROM segments WHERE trace IN (SELECT position FROM traces WHERE end < ?)',
  expireTraces: 'DELETE FROM traces WHERE end < ?',
  // The oldest hundredth.
  cut: 'SELECT min(position) + (max(position) - min(position)) / 100 AS cut FROM traces',
  shrinkSegments: 'DELETE FROM segments WHERE trace <= ?',
  shrinkTraces: 'DELETE FROM traces WHERE position <= ?',
} as const

/** The size is looked at once in so many segments. */
const segmentsBetweenChecks = 500

export class TraceShelf {
  private readonly database: DatabaseSync
  private readonly statements: Readonly<Record<keyof typeof texts, StatementSync>>
  private readonly maximumBytes: number
  private uncheckedSegments = 0

  constructor(file: string, maximumBytes: number) {
    this.database = openDatabaseFile(file, (database) => database.exec(schema))
    this.maximumBytes = maximumBytes
    const prepared = Object.entries(texts).map(([name, text]) => [name, this.database.prepare(text)])
    this.statements = Object.fromEntries(prepared) as Record<keyof typeof texts, StatementSync>
  }

  /** All segments or none; of a trace that is full, none more: how many those were. Throws when the disk does. */
  write(segments: readonly WaitingSegment[]): number {
    let refused = 0
    transact(this.database, () => {
      for (const segment of segments) if (!this.add(segment)) refused++
    })
    this.uncheckedSegments += segments.length
    if (this.uncheckedSegments >= segmentsBetweenChecks) {
      this.uncheckedSegments = 0
      this.shrink()
    }
    return refused
  }

  /** `sinceSeconds`: what ended before has expired. */
  find({ account, region }: Scope, traceId: string, sinceSeconds: number): Trace | undefined {
    const row = this.statements.trace.get(account, region, traceId, sinceSeconds)
    return row && { id: traceId, segments: this.segmentsOf(row['position'] as number) }
  }

  page({ scope, fromSeconds, toSeconds, after = 0, limit }: TraceQuery, sinceSeconds: number): readonly PlacedTrace[] {
    const from = Math.max(fromSeconds, sinceSeconds)
    return this.statements.page.all(from, toSeconds, scope.account, scope.region, after, limit).map((row) => {
      const position = row['position'] as number
      return { id: row['id'] as string, position, segments: this.segmentsOf(position) }
    })
  }

  /** Removes traces that ended longer ago than they are kept. */
  expire(nowMs: number): void {
    const beforeSeconds = nowMs / 1000 - keptSeconds
    transact(this.database, () => {
      this.statements.expireSegments.run(beforeSeconds)
      this.statements.expireTraces.run(beforeSeconds)
    })
  }

  close(): void {
    this.database.close()
  }

  /** False when its trace is full. Most traces have one segment: the first asks for no more than it needs. */
  private add({ scope: { account, region }, traceId, id, start, end, document }: WaitingSegment): boolean {
    const { position, addTrace, widenTrace, addFirst, addSegment } = this.statements
    const known = position.get(account, region, traceId)?.['position'] as number | undefined
    if (known === undefined) {
      const { lastInsertRowid } = addTrace.run(account, region, traceId, start, end)
      addFirst.run(lastInsertRowid, id, document)
      return true
    }
    widenTrace.run(start, end, known)
    return addSegment.run(known, id, document).changes !== 0
  }

  private segmentsOf(position: number): readonly SegmentDocument[] {
    return this.statements.segments.all(position).map((row) => JSON.parse(row['document'] as string) as SegmentDocument)
  }

  /** A hundredth at a time: no request should wait for a large deletion. */
  private shrink(): void {
    while (this.usedBytes() > this.maximumBytes) {
      const cut = this.statements.cut.get()?.['cut'] as number | null
      if (cut === null) return
      transact(this.database, () => {
        this.statements.shrinkSegments.run(cut)
        this.statements.shrinkTraces.run(cut)
      })
    }
  }

  private usedBytes(): number {
    const number = (pragma: string): number =>
      Number(Object.values(this.database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0])
    return (number('page_count') - number('freelist_count')) * number('page_size')
  }
}
