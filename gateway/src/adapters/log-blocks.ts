// Blocks of log lines: what a stream wrote within a second is one row of the shelf, because a row costs more than its lines.
import type { LogEvent, LogPlace, LogQuery } from '../ports/logs.ts'

export interface WaitingLine {
  readonly place: LogPlace
  readonly timestampMs: number
  readonly message: string
}

/** Some lines of one stream as a row; a line alone is written as it is. */
export interface LogBlock {
  readonly place: LogPlace
  /** The id of its last line. Ids grow with every line of any stream. */
  lastId: number
  /** Time of its earliest line, and of its latest. */
  readonly fromMs: number
  untilMs: number
  readonly lines: LineParts
  /** As AWS counts them. */
  bytes: number
}

/** Of each line, one behind the other: its id, its time after the block's `fromMs`, its text. */
type LineParts = (number | string)[]

/** How many bytes a line counts beside its text, as AWS counts them. Security F.9. */
export const lineOverheadBytes = 26

/** The longest time from a block's first line to its last: reading from a moment on has to begin this much before it. */
export const blockSpanMs = 1_000

/** Reading one line of a block reads all of it. */
const mostBlockChars = 65_536

/** The lines as blocks, ids given out above `lastId` in the order of the lines. */
export function blocksOf(lines: readonly WaitingLine[], lastId: number): readonly LogBlock[] {
  const blocks: LogBlock[] = []
  // By identity: whoever writes often keeps its place.
  const open = new Map<LogPlace, LogBlock>()
  let id = lastId
  for (const line of lines) {
    id++
    const block = open.get(line.place)
    if (block !== undefined && fits(block, line)) add(block, line, id)
    else {
      const begun = begin(line, id)
      blocks.push(begun)
      open.set(line.place, begun)
    }
  }
  return blocks
}

function fits({ fromMs, bytes }: LogBlock, { timestampMs, message }: WaitingLine): boolean {
  const isNear = timestampMs >= fromMs && timestampMs <= fromMs + blockSpanMs
  return isNear && bytes + message.length <= mostBlockChars
}

function begin({ place, timestampMs, message }: WaitingLine, id: number): LogBlock {
  const bytes = message.length + lineOverheadBytes
  return { place, lastId: id, fromMs: timestampMs, untilMs: timestampMs, lines: [id, 0, message], bytes }
}

function add(block: LogBlock, { timestampMs, message }: WaitingLine, id: number): void {
  block.lines.push(id, timestampMs - block.fromMs, message)
  block.lastId = id
  block.untilMs = Math.max(block.untilMs, timestampMs)
  block.bytes += message.length + lineOverheadBytes
}

/** The text of a block's row: the line itself, or all of them as JSON. */
export function blockText({ lines }: LogBlock): string {
  return lines.length === 3 ? String(lines[2]) : JSON.stringify(lines)
}

/** A block as it is read back. `untilMs` null: the text is one line. */
export interface StoredBlock {
  readonly id: number
  readonly stream: string
  readonly fromMs: number
  readonly untilMs: number | null
  readonly ingestionMs: number
  readonly text: string
}

/** The lines of a block as they are read later. */
export function eventsOf({ place, fromMs, lines }: LogBlock, ingestionMs: number): readonly LogEvent[] {
  return eventsIn(lines, { stream: place.stream, fromMs, ingestionMs })
}

function linesIn(block: StoredBlock): readonly LogEvent[] {
  const { id, stream, fromMs, untilMs, ingestionMs, text } = block
  if (untilMs === null) return [{ id, stream, timestampMs: fromMs, ingestionMs, message: text }]
  return eventsIn(JSON.parse(text) as LineParts, block)
}

function eventsIn(
  parts: LineParts,
  { stream, fromMs, ingestionMs }: Pick<StoredBlock, 'stream' | 'fromMs' | 'ingestionMs'>,
): readonly LogEvent[] {
  const events: LogEvent[] = []
  for (let index = 0; index < parts.length; index += 3) {
    const timestampMs = fromMs + Number(parts[index + 1])
    events.push({ id: Number(parts[index]), stream, timestampMs, ingestionMs, message: String(parts[index + 2]) })
  }
  return events
}

type Wanted = Pick<LogQuery, 'fromMs' | 'toMs' | 'after' | 'descending' | 'limit'>

/** The wanted lines of `blocks`, which come in order of `fromMs`; reads no more of them than it needs. */
export function readLines(blocks: Iterable<StoredBlock>, wanted: Wanted): readonly LogEvent[] {
  const { descending = false, limit } = wanted
  const order = descending ? (a: LogEvent, b: LogEvent) => compare(b, a) : compare
  const events: LogEvent[] = []
  /** Once there are enough lines: the time of the last one. A block that begins later has no line that is wanted. */
  let boundMs: number | undefined
  for (const block of blocks) {
    if (boundMs !== undefined && (descending ? block.fromMs + blockSpanMs < boundMs : block.fromMs > boundMs)) break
    for (const event of linesIn(block)) if (isWanted(event, wanted)) events.push(event)
    if (boundMs === undefined && events.length >= limit) boundMs = events.sort(order)[limit - 1]?.timestampMs
  }
  return events.sort(order).slice(0, limit)
}

function isWanted(event: LogEvent, { fromMs = 0, toMs, after, descending = false }: Wanted): boolean {
  const { timestampMs } = event
  if (timestampMs < fromMs || (toMs !== undefined && timestampMs >= toMs)) return false
  if (after === undefined) return true
  const distance = compare(event, after)
  return descending ? distance < 0 : distance > 0
}

function compare(a: Pick<LogEvent, 'timestampMs' | 'id'>, b: Pick<LogEvent, 'timestampMs' | 'id'>): number {
  return a.timestampMs - b.timestampMs || a.id - b.id
}
