// The SQLite tables of log groups, streams and events, and the statements that read and write them.
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Scope } from '../nouns/records.ts'
import type {
  KeptLines,
  LogEvent,
  LogGroupFacts,
  LogGroupSettings,
  LogPlace,
  LogQuery,
  LogStreamFacts,
  LogSubscription,
} from '../ports/logs.ts'
import { openDatabaseFile } from './database-file.ts'
import { blocksOf, blockSpanMs, blockText, eventsOf, lineOverheadBytes, readLines } from './log-blocks.ts'
import type { StoredBlock, WaitingLine } from './log-blocks.ts'
import { transact } from './sqlite-transaction.ts'

// No line is worth an fsync: a crash of the machine may cost the last seconds of logs, a crash of the process none.
const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  CREATE TABLE IF NOT EXISTS groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
    created INTEGER NOT NULL, retention INTEGER,
    UNIQUE (account, region, name)
  );
  CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
    first INTEGER, last INTEGER, ingested INTEGER,
    UNIQUE (group_id, name)
  );
  CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, stream_id INTEGER NOT NULL,
    at INTEGER NOT NULL, ingested INTEGER NOT NULL, message TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS events_of_group ON events (group_id, at, id);
  CREATE INDEX IF NOT EXISTS events_of_stream ON events (stream_id, at, id);
`

const texts = {
  group: 'SELECT id, settings FROM groups WHERE account = ? AND region = ? AND name = ?',
  addGroup: 'INSERT INTO groups (account, region, name, created, settings) VALUES (?, ?, ?, ?, ?)',
  changeGroup: 'UPDATE groups SET settings = ? WHERE id = ?',
  retain: 'UPDATE groups SET retention = ? WHERE id = ?',
  groups: `SELECT name, created, retention, settings,
      (SELECT coalesce(sum(coalesce(bytes, length(message) + ${lineOverheadBytes})), 0) FROM events WHERE group_id = groups.id) AS bytes
    FROM groups WHERE account = ? AND region = ? ORDER BY name`,
  retained: 'SELECT id, retention FROM groups WHERE retention IS NOT NULL',
  deleteGroup: 'DELETE FROM groups WHERE id = ?',
  deleteStreams: 'DELETE FROM streams WHERE group_id = ?',
  deleteEvents: 'DELETE FROM events WHERE group_id = ?',
  deleteStream: 'DELETE FROM streams WHERE id = ?',
  deleteStreamEvents: 'DELETE FROM events WHERE stream_id = ?',
  stream: 'SELECT id FROM streams WHERE group_id = ? AND name = ?',
  addStream: 'INSERT INTO streams (group_id, name, created) VALUES (?, ?, ?)',
  touchStream:
    'UPDATE streams SET first = min(coalesce(first, ?1), ?1), last = max(coalesce(last, ?2), ?2), ingested = ?3 WHERE id = ?4',
  streams: 'SELECT name, created, first, last, ingested FROM streams WHERE group_id = ? ORDER BY name',
  lastId: "SELECT seq FROM sqlite_sequence WHERE name = 'events'",
  addBlock:
    'INSERT INTO events (id, group_id, stream_id, at, until, ingested, message, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  expire: 'DELETE FROM events WHERE group_id = ?1 AND at < ?2 AND coalesce(until, at) < ?2',
  shrink: 'DELETE FROM events WHERE id <= (SELECT min(id) + (max(id) - min(id)) / 10 FROM events)',
} as const

const dayMs = 86_400_000
/** The size of the file is checked once in this many lines. */
const linesBetweenChecks = 5_000

interface KnownStream {
  readonly groupId: number
  readonly streamId: number
  readonly subscriptions: readonly LogSubscription[]
}

/** A group that was made by its first line. */
export const plainGroup: LogGroupSettings = {
  logClass: 'STANDARD',
  kmsKeyId: undefined,
  tags: {},
  isProtected: false,
  subscriptions: [],
}

function settingsIn(text: unknown): LogGroupSettings {
  return typeof text === 'string' ? { ...plainGroup, ...(JSON.parse(text) as Partial<LogGroupSettings>) } : plainGroup
}

/**
 * Columns that files of earlier versions lack. `until` and `bytes`: of rows with several lines (see `log-blocks.ts`); `id`
 * is the last line's.
 */
const laterColumns = [
  ['groups', 'settings', 'TEXT'],
  ['events', 'until', 'INTEGER'],
  ['events', 'bytes', 'INTEGER'],
] as const

function addColumns(database: DatabaseSync): void {
  for (const [table, column, type] of laterColumns) {
    const columns = database.prepare(`PRAGMA table_info(${table})`).all()
    if (!columns.some(({ name }) => name === column)) database.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`)
  }
}

export class LogShelf {
  private readonly database: DatabaseSync
  private readonly statements: Readonly<Record<keyof typeof texts, StatementSync>>
  private readonly maximumBytes: number
  private readonly watch: (kept: readonly KeptLines[]) => void
  /** Streams that were written lately, by place; forgotten whole when groups change or it grows large. */
  private readonly known = new Map<string, KnownStream>()
  private uncheckedLines = 0
  /** The id of the last line that was written. */
  private lastId: number

  /** `watch` is told of lines that are written to groups with subscriptions. */
  constructor(file: string, maximumBytes: number, watch: (kept: readonly KeptLines[]) => void) {
    this.database = openDatabaseFile(file, (database) => {
      database.exec(schema)
      addColumns(database)
    })
    this.maximumBytes = maximumBytes
    this.watch = watch
    const prepared = Object.entries(texts).map(([name, text]) => [name, this.database.prepare(text)])
    this.statements = Object.fromEntries(prepared) as Record<keyof typeof texts, StatementSync>
    this.lastId = Number(this.statements.lastId.get()?.['seq'] ?? 0)
  }

  /** Writes all lines or none. Throws what SQLite throws, for example on a full disk. */
  write(lines: readonly WaitingLine[], nowMs: number): number {
    const kept = new Map<KnownStream, { place: LogPlace; events: LogEvent[] }>()
    this.transact(() => {
      const { addBlock, touchStream, shrink } = this.statements
      for (const block of blocksOf(lines, this.lastId)) {
        const { place, lastId, fromMs, untilMs, bytes } = block
        const stream = this.streamOf(place, nowMs)
        const { groupId, streamId } = stream
        const isOne = block.lines.length === 3
        addBlock.run(lastId, groupId, streamId, fromMs, isOne ? null : untilMs, nowMs, blockText(block), bytes)
        touchStream.run(fromMs, untilMs, nowMs, streamId)
        if (stream.subscriptions.length === 0) continue
        const events = kept.get(stream)?.events ?? []
        events.push(...eventsOf(block, nowMs))
        kept.set(stream, { place, events })
      }
      this.uncheckedLines += lines.length
      if (this.uncheckedLines < linesBetweenChecks) return
      this.uncheckedLines = 0
      if (this.usedBytes() > this.maximumBytes) shrink.run()
    })
    this.lastId += lines.length
    if (kept.size > 0) this.watch([...kept].map(([{ subscriptions }, lines]) => ({ ...lines, subscriptions })))
    return 0
  }

  createGroup(scope: Scope, name: string, settings: LogGroupSettings, nowMs: number): boolean {
    if (this.groupId(scope, name) !== undefined) return false
    this.statements.addGroup.run(scope.account, scope.region, name, nowMs, JSON.stringify(settings))
    return true
  }

  changeGroup(scope: Scope, name: string, settings: Partial<LogGroupSettings>): boolean {
    const row = this.groupRow(scope, name)
    if (row === undefined) return false
    this.known.clear()
    this.statements.changeGroup.run(JSON.stringify({ ...settingsIn(row['settings']), ...settings }), row['id'] ?? null)
    return true
  }

  createStream(scope: Scope, group: string, name: string, nowMs: number): boolean | undefined {
    const groupId = this.groupId(scope, group)
    if (groupId === undefined) return undefined
    if (this.statements.stream.get(groupId, name) !== undefined) return false
    this.statements.addStream.run(groupId, name, nowMs)
    return true
  }

  deleteStream(scope: Scope, group: string, name: string): boolean | undefined {
    const groupId = this.groupId(scope, group)
    if (groupId === undefined) return undefined
    const id = this.statements.stream.get(groupId, name)?.['id'] as number | undefined
    if (id === undefined) return false
    this.known.clear()
    this.transact(() => {
      this.statements.deleteStreamEvents.run(id)
      this.statements.deleteStream.run(id)
    })
    return true
  }

  deleteGroup(scope: Scope, name: string): boolean {
    const id = this.groupId(scope, name)
    if (id === undefined) return false
    this.known.clear()
    this.transact(() => {
      this.statements.deleteEvents.run(id)
      this.statements.deleteStreams.run(id)
      this.statements.deleteGroup.run(id)
    })
    return true
  }

  setRetention(scope: Scope, name: string, days: number | undefined): boolean {
    const id = this.groupId(scope, name)
    if (id === undefined) return false
    this.statements.retain.run(days ?? null, id)
    return true
  }

  groups({ account, region }: Scope): readonly LogGroupFacts[] {
    return this.statements.groups.all(account, region).map((row) => ({
      name: row['name'] as string,
      createdMs: row['created'] as number,
      retentionDays: (row['retention'] as number | null) ?? undefined,
      storedBytes: row['bytes'] as number,
      ...settingsIn(row['settings']),
    }))
  }

  streams(scope: Scope, group: string): readonly LogStreamFacts[] | undefined {
    const id = this.groupId(scope, group)
    return id === undefined
      ? undefined
      : this.statements.streams.all(id).map((row) => ({
          name: row['name'] as string,
          createdMs: row['created'] as number,
          firstEventMs: (row['first'] as number | null) ?? undefined,
          lastEventMs: (row['last'] as number | null) ?? undefined,
          lastIngestionMs: (row['ingested'] as number | null) ?? undefined,
        }))
  }

  events(query: LogQuery): readonly LogEvent[] {
    const { scope, group, streams, after, descending = false } = query
    const groupId = this.groupId(scope, group)
    if (groupId === undefined) return []
    const { fromMs = 0, toMs } = query
    // A block that begins before the time may have lines behind it.
    const earliestMs = Math.max(fromMs, descending ? 0 : (after?.timestampMs ?? 0))
    const conditions = ['events.at >= ?', 'coalesce(until, at) >= ?']
    const values: SQLInputValue[] = [earliestMs - blockSpanMs, earliestMs]
    const narrow = (condition: string, ...more: SQLInputValue[]): void => {
      conditions.push(condition)
      values.push(...more)
    }
    if (streams === undefined) narrow('events.group_id = ?', groupId)
    else {
      const ids = streams.flatMap(
        (name) => (this.statements.stream.get(groupId, name)?.['id'] as number | undefined) ?? [],
      )
      if (ids.length === 1) narrow('events.stream_id = ?', ...ids)
      // In the order of the group's index: what several streams wrote need not be sorted.
      else narrow(`events.group_id = ? AND +events.stream_id IN (${ids.map(() => '?').join(', ')})`, groupId, ...ids)
    }
    if (toMs !== undefined) narrow('events.at < ?', toMs)
    if (descending && after !== undefined) narrow('events.at <= ?', after.timestampMs)
    const rows = this.database
      .prepare(
        `SELECT events.id AS id, streams.name AS stream, at AS fromMs, until AS untilMs, events.ingested AS ingestionMs,
           message AS text
         FROM events JOIN streams ON streams.id = events.stream_id
         WHERE ${conditions.join(' AND ')} ORDER BY at ${descending ? 'DESC' : 'ASC'}`,
      )
      .iterate(...values)
    return readLines(rows as Iterable<unknown> as Iterable<StoredBlock>, query)
  }

  /** Removes lines that are older than their group keeps them. */
  expire(nowMs: number): void {
    for (const row of this.statements.retained.all()) {
      this.statements.expire.run(row['id'] as number, nowMs - (row['retention'] as number) * dayMs)
    }
  }

  close(): void {
    this.database.close()
  }

  private transact(work: () => void): void {
    try {
      transact(this.database, work)
    } catch (error) {
      // Groups and streams that the transaction made are not there.
      this.known.clear()
      throw error
    }
  }

  private groupId(scope: Scope, name: string): number | undefined {
    return this.groupRow(scope, name)?.['id'] as number | undefined
  }

  private groupRow({ account, region }: Scope, name: string): Record<string, SQLOutputValue> | undefined {
    return this.statements.group.get(account, region, name)
  }

  private streamOf({ scope, group, stream }: LogPlace, nowMs: number): KnownStream {
    const key = `${scope.account}\n${scope.region}\n${group}\n${stream}`
    const known = this.known.get(key)
    if (known !== undefined) return known
    const { addGroup, addStream, stream: find } = this.statements
    const row = this.groupRow(scope, group)
    const groupId =
      (row?.['id'] as number | undefined) ??
      Number(addGroup.run(scope.account, scope.region, group, nowMs, null).lastInsertRowid)
    const streamId =
      (find.get(groupId, stream)?.['id'] as number | undefined) ??
      Number(addStream.run(groupId, stream, nowMs).lastInsertRowid)
    if (this.known.size >= 1_000) this.known.clear()
    const made = { groupId, streamId, subscriptions: settingsIn(row?.['settings']).subscriptions }
    this.known.set(key, made)
    return made
  }

  private usedBytes(): number {
    const number = (pragma: string): number =>
      Number(Object.values(this.database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0])
    return (number('page_count') - number('freelist_count')) * number('page_size')
  }
}
