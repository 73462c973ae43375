// The logs port: lines appended to streams of log groups while requests run, and read back by whoever asks.
import type { Scope } from '../nouns/records.ts'

/** Where a line goes. Group and stream are made when they are missing. */
export interface LogPlace {
  readonly scope: Scope
  /** `/aws/lambda/pets` */
  readonly group: string
  readonly stream: string
}

/** A subscription filter: a function that gets the lines of a group that a pattern takes. */
export interface LogSubscription {
  readonly name: string
  /** A filter pattern of CloudWatch Logs; `''` takes every line. */
  readonly pattern: string
  readonly destinationArn: string
  /** As whom the function is invoked: `logs.amazonaws.com`, or the one of its region. */
  readonly principal: string
  readonly distribution: 'Random' | 'ByLogStream'
  readonly createdMs: number
}

/** What is said of a group beside its name and retention. */
export interface LogGroupSettings {
  readonly logClass: 'STANDARD' | 'INFREQUENT_ACCESS' | 'DELIVERY'
  readonly kmsKeyId: string | undefined
  readonly tags: Readonly<Record<string, string>>
  /** Whether it is not to be deleted. */
  readonly isProtected: boolean
  /** In order of their names. */
  readonly subscriptions: readonly LogSubscription[]
}

export interface LogGroupFacts extends LogGroupSettings {
  readonly name: string
  /** Epoch milliseconds. */
  readonly createdMs: number
  /** Undefined: lines never expire. */
  readonly retentionDays: number | undefined
  readonly storedBytes: number
}

/** A line that another program put, with PutLogEvents. */
export interface PutEvent {
  readonly timestampMs: number
  readonly message: string
}

export interface LogStreamFacts {
  readonly name: string
  readonly createdMs: number
  readonly firstEventMs: number | undefined
  readonly lastEventMs: number | undefined
  readonly lastIngestionMs: number | undefined
}

export interface LogEvent {
  /** Grows with every event of the gateway. */
  readonly id: number
  readonly stream: string
  readonly timestampMs: number
  readonly ingestionMs: number
  readonly message: string
}

/** Lines of one stream that were just written, and who wants them. */
export interface KeptLines {
  readonly place: LogPlace
  readonly subscriptions: readonly LogSubscription[]
  readonly events: readonly LogEvent[]
}

/** A place between events, in their order: by time, then by id. */
export type LogPosition = Pick<LogEvent, 'timestampMs' | 'id'>

export interface LogQuery {
  readonly scope: Scope
  readonly group: string
  /** Absent: all streams of the group. */
  readonly streams?: readonly string[] | undefined
  /** Epoch milliseconds, inclusive; 0 when absent. */
  readonly fromMs?: number | undefined
  /** Epoch milliseconds, exclusive. */
  readonly toMs?: number | undefined
  /** Only events behind (with `descending`: before) this place. */
  readonly after?: LogPosition | undefined
  readonly descending?: boolean | undefined
  readonly limit: number
}

export interface Logs {
  /** Takes a line; never throws and never waits. A line that cannot be kept is dropped, counted, and told to the application log. */
  append(place: LogPlace, timestampMs: number, message: string): void
  /** Keeps lines that somebody waits for; false when they cannot be kept. */
  put(place: LogPlace, events: readonly PutEvent[]): boolean
  /** False when there is such a group already. Absent settings: a plain group. */
  createGroup(scope: Scope, name: string, settings?: Partial<LogGroupSettings>): boolean
  /** Replaces what is given. False when there is no such group. */
  changeGroup(scope: Scope, name: string, settings: Partial<LogGroupSettings>): boolean
  /** False when there is no such group. */
  deleteGroup(scope: Scope, name: string): boolean
  /** `days` undefined: lines never expire. False when there is no such group. */
  setRetention(scope: Scope, name: string, days: number | undefined): boolean
  /** False when the group has such a stream already; undefined when there is no such group. */
  createStream(scope: Scope, group: string, name: string): boolean | undefined
  /** With its lines. False when there is no such stream; undefined when there is no such group. */
  deleteStream(scope: Scope, group: string, name: string): boolean | undefined
  /** In order of their names. */
  groups(scope: Scope): readonly LogGroupFacts[]
  /** In order of their names; undefined when there is no such group. */
  streams(scope: Scope, group: string): readonly LogStreamFacts[] | undefined
  /** In order of time, with `descending` in reverse; every line appended before is there. */
  events(query: LogQuery): readonly LogEvent[]
  /** Lines that could not be kept since the start. */
  readonly dropped: number
  /** Writes what is waiting, and lets go of files. */
  close(): void
}
