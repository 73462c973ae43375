// Rows that wait in memory and are written to a SQLite shelf in small batches between requests: bounded, and never waited for.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'

/** The tables that rows end in. */
export interface Shelf<Row> {
  /** Throws when the disk does. Gives how many rows it did not take, for a reason of its own. */
  write(rows: readonly Row[], nowMs: number): number
  /** Removes what has been kept long enough. */
  expire(nowMs: number): void
  close(): void
}

export interface WriteBehindOptions<Row, Kept extends Shelf<Row>> {
  /** Absent: in memory. */
  readonly file: string | undefined
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
  readonly open: () => Kept
  /** What a row counts while it waits, in characters or bytes. */
  readonly cost: (row: Row) => number
  /** Rows beyond this cost are dropped. */
  readonly maximumCost: number
  readonly batchRows: number
  /** Plural, for what the log says: `log lines`. */
  readonly rowsName: string
}

const flushDelayMs = 200
const sweepMs = 3_600_000
const complainMs = 60_000

export class WriteBehind<Row, Kept extends Shelf<Row>> {
  private readonly options: WriteBehindOptions<Row, Kept>
  private waiting: Row[] = []
  private waitingCost = 0
  private timer: NodeJS.Timeout | NodeJS.Immediate | undefined
  private stopSweeping: (() => void) | undefined
  private opened: Kept | undefined
  private complainedAtMs = Number.NEGATIVE_INFINITY
  isClosed = false
  /** Rows that did not fit or could not be written. */
  dropped = 0

  constructor(options: WriteBehindOptions<Row, Kept>) {
    this.options = options
  }

  add(row: Row): void {
    const cost = this.options.cost(row)
    if (this.isClosed || this.waitingCost + cost > this.options.maximumCost) {
      this.drop(1, undefined)
      return
    }
    this.waiting.push(row)
    this.waitingCost += cost
    this.timer ??= setTimeout(() => this.writeBatch(), flushDelayMs).unref()
  }

  /** The shelf with every row on it that was added so far; opened for the first row or the first question. */
  read(): Kept {
    this.writeAll()
    return this.shelf()
  }

  close(): void {
    if (this.waiting.length > 0) this.writeAll()
    this.isClosed = true
    this.stopSweeping?.()
    this.opened?.close()
  }

  private shelf(): Kept {
    if (this.opened === undefined) {
      const { file, clock, open } = this.options
      if (file !== undefined) mkdirSync(dirname(file), { recursive: true })
      this.opened = open()
      this.stopSweeping = clock.after(sweepMs, () => this.sweep())
    }
    return this.opened
  }

  private sweep(): void {
    const { clock, log, rowsName } = this.options
    this.stopSweeping = clock.after(sweepMs, () => this.sweep())
    try {
      this.shelf().expire(clock.now())
    } catch (error) {
      log.warn({ error }, `expired ${rowsName} could not be removed`)
    }
  }

  /** A batch now, the next one when requests that wait had their turn. */
  private writeBatch(): void {
    this.timer = undefined
    this.write(this.waiting.splice(0, this.options.batchRows))
    if (this.waiting.length > 0) this.timer = setImmediate(() => this.writeBatch())
  }

  private writeAll(): void {
    clearTimeout(this.timer as NodeJS.Timeout)
    clearImmediate(this.timer as NodeJS.Immediate)
    this.timer = undefined
    const rows = this.waiting
    this.waiting = []
    if (rows.length > 0) this.write(rows)
  }

  private write(rows: readonly Row[]): void {
    for (const row of rows) this.waitingCost -= this.options.cost(row)
    try {
      this.dropped += this.shelf().write(rows, this.options.clock.now())
    } catch (error) {
      this.drop(rows.length, error)
    }
  }

  private drop(rows: number, error: unknown): void {
    this.dropped += rows
    const nowMs = this.options.clock.now()
    if (nowMs - this.complainedAtMs < complainMs) return
    this.complainedAtMs = nowMs
    const { log, rowsName } = this.options
    log.warn(
      { dropped: this.dropped, error },
      `${rowsName} were dropped: they could not be written fast enough, or at all`,
    )
  }
}
