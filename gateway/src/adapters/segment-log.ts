// Segments as text outside the heap, in order of arrival: appending leaves nothing for the collector, and who asks reads on from where he was.
import type { Scope } from '../nouns/records.ts'
import type { SegmentDocument } from '../ports/traces.ts'

const chunkBytes = 256 * 1024
const lineBreak = 10
/** Bytes of UTF-8 that one unit of a text takes at most. */
const longestCharacter = 3
const noBytes = Buffer.alloc(0)

/** Segments that come and go together. Numbers are held in columns, since an object each would have to be collected. */
export class SegmentChunk {
  /** Of each segment: the ids of its trace and its own, each with a line break behind, and its document. Empty when it is gone. */
  private bytes: Buffer
  private readonly ends: number[] = []
  private readonly times: number[] = []
  private readonly scopes: Scope[] = []
  /** How many of its segments have been read. */
  private read = 0
  used = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get isGone(): boolean {
    return this.bytes === noBytes
  }

  hasRoomFor(bytes: number): boolean {
    return this.used + bytes <= this.bytes.length
  }

  append(
    scope: Scope,
    { trace_id: traceId, id, start_time: start, end_time: end = start }: SegmentDocument,
    document: string,
  ): void {
    // Each for itself: texts that are put together first would be copied once more.
    this.write(traceId)
    this.writeBreak()
    this.write(id)
    this.writeBreak()
    this.write(document)
    this.ends.push(this.used)
    this.times.push(start, end)
    this.scopes.push(scope)
  }

  /** Segments that were not read yet. */
  *unread(): Generator<LoggedSegment> {
    for (; this.read < this.ends.length; this.read++) {
      const scope = this.scopes[this.read]
      if (scope !== undefined) yield this.segment(this.read, scope)
    }
  }

  document(index: number): SegmentDocument {
    const start = this.bytes.indexOf(lineBreak, this.bytes.indexOf(lineBreak, this.startOf(index)) + 1) + 1
    return JSON.parse(this.bytes.toString('utf8', start, this.ends[index])) as SegmentDocument
  }

  /** Its memory, for other segments. */
  letGo(): Buffer {
    const { bytes } = this
    this.bytes = noBytes
    return bytes
  }

  private segment(index: number, scope: Scope): LoggedSegment {
    const from = this.startOf(index)
    const middle = this.bytes.indexOf(lineBreak, from)
    const traceId = this.bytes.toString('latin1', from, middle)
    const id = this.bytes.toString('latin1', middle + 1, this.bytes.indexOf(lineBreak, middle + 1))
    const [start = 0, end = 0] = [this.times[2 * index], this.times[2 * index + 1]]
    return { scope, traceId, id, start, end, place: { chunk: this, index } }
  }

  private write(text: string): void {
    this.used += this.bytes.write(text, this.used)
  }

  private writeBreak(): void {
    this.bytes[this.used++] = lineBreak
  }

  private startOf(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0)
  }
}

/** Where a document is. */
export interface Place {
  readonly chunk: SegmentChunk
  readonly index: number
}

/** What an index needs to know of a segment. Times are epoch seconds. */
export interface LoggedSegment {
  readonly scope: Scope
  readonly traceId: string
  readonly id: string
  readonly start: number
  readonly end: number
  readonly place: Place
}

export class SegmentLog {
  private readonly maximumBytes: number
  private chunks: SegmentChunk[] = []
  private bytes = 0
  /** Memory of a chunk that is gone: fresh memory costs more than writing into it. */
  private spare: Buffer | undefined

  constructor(maximumBytes: number) {
    this.maximumBytes = maximumBytes
  }

  /** Beyond the maximum the oldest go. Ids hold no line break: X-Ray's are hexadecimal digits. */
  append(scope: Scope, segment: SegmentDocument): void {
    const document = JSON.stringify(segment)
    const chunk = this.chunkFor(segment.trace_id.length + segment.id.length + 2, document)
    this.bytes -= chunk.used
    chunk.append(scope, segment, document)
    this.bytes += chunk.used
    while (this.bytes > this.maximumBytes) this.dropOldest()
  }

  *unread(): Generator<LoggedSegment> {
    for (const chunk of this.chunks) yield* chunk.unread()
  }

  clear(): void {
    while (this.chunks.length > 0) this.dropOldest()
    this.spare = undefined
  }

  private chunkFor(headBytes: number, document: string): SegmentChunk {
    const last = this.chunks.at(-1)
    if (last?.hasRoomFor(headBytes + document.length * longestCharacter) === true) return last
    // Bytes are worth counting near the end of a chunk only.
    const bytes = headBytes + Buffer.byteLength(document)
    if (last?.hasRoomFor(bytes) === true) return last
    const next = this.nextChunk(bytes)
    this.chunks.push(next)
    return next
  }

  private nextChunk(leastBytes: number): SegmentChunk {
    const { spare } = this
    this.spare = undefined
    if (spare !== undefined && spare.length >= leastBytes) return new SegmentChunk(spare)
    return new SegmentChunk(Buffer.allocUnsafeSlow(Math.max(chunkBytes, leastBytes)))
  }

  private dropOldest(): void {
    const chunk = this.chunks.shift()
    if (chunk === undefined) return
    this.bytes -= chunk.used
    const memory = chunk.letGo()
    if (memory.length === chunkBytes) this.spare = memory
  }
}
