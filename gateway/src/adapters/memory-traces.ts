// Traces in memory: the newest ones, within bounds. They are put in order when somebody asks, not when they come.
import type { Scope } from '../nouns/records.ts'
import type { Clock } from '../ports/clock.ts'
import {
  keptSeconds,
  mostSegments,
  type PlacedTrace,
  type SegmentDocument,
  type Trace,
  type TraceQuery,
  type Traces,
} from '../ports/traces.ts'
import { SegmentLog, type LoggedSegment, type Place, type SegmentChunk } from './segment-log.ts'

export interface MemoryTracesOptions {
  readonly clock: Clock
  /** Beyond so many the oldest is forgotten. 10,000 when absent. */
  readonly maximumTraces?: number
  /** Segments of more bytes in all make the oldest traces go. 32 MB when absent. */
  readonly maximumBytes?: number
}

interface Kept {
  readonly key: string
  readonly id: string
  readonly position: number
  readonly scope: Scope
  /** The chunk of its first segment. The others came later, in the same chunk or one that is kept longer. */
  readonly firstChunk: SegmentChunk
  /** In order of arrival, and where their documents are. */
  readonly segmentIds: string[]
  readonly places: Place[]
  start: number
  end: number
}

export function createMemoryTraces(options: MemoryTracesOptions): Traces {
  return new MemoryTraces(options)
}

class MemoryTraces implements Traces {
  private readonly clock: Clock
  private readonly maximumTraces: number
  private readonly log: SegmentLog
  /** The traces as they were when somebody last asked. */
  private readonly kept = new Map<string, Kept>()
  /** In order of arrival, from `oldest` on. A map is slow to find its first entry once many were deleted before it. */
  private order: (Kept | undefined)[] = []
  private oldest = 0
  private positions = 0
  /** Counted when somebody asks, as segments are put in order only then. */
  dropped = 0

  constructor({ clock, maximumTraces = 10_000, maximumBytes = 32 * 1024 * 1024 }: MemoryTracesOptions) {
    this.clock = clock
    this.maximumTraces = maximumTraces
    this.log = new SegmentLog(maximumBytes)
  }

  put(scope: Scope, segment: SegmentDocument): void {
    this.log.append(scope, segment)
  }

  find(scope: Scope, traceId: string): Trace | undefined {
    this.readOn()
    const trace = this.kept.get(keyOf(scope, traceId))
    return trace === undefined || this.isExpired(trace) ? undefined : shown(trace)
  }

  page({ scope, fromSeconds, toSeconds, after = 0, limit }: TraceQuery): readonly PlacedTrace[] {
    this.readOn()
    const found: Kept[] = []
    const first = this.order[this.oldest]?.position ?? 1
    const start = this.oldest + Math.max(0, after + 1 - first)
    for (let index = start; index < this.order.length && found.length < limit; index++) {
      const trace = this.order[index]
      if (trace === undefined || trace.start > toSeconds || trace.end < fromSeconds) continue
      const isOwn = trace.scope.account === scope.account && trace.scope.region === scope.region
      if (isOwn && !this.isExpired(trace)) found.push(trace)
    }
    return found.map(shown)
  }

  close(): void {
    this.log.clear()
    this.kept.clear()
    this.order = []
    this.oldest = 0
  }

  private readOn(): void {
    // Before a segment is added: a trace that is no longer kept must not be continued.
    this.forget()
    for (const segment of this.log.unread()) {
      this.add(segment)
      this.forget()
    }
  }

  private add({ scope, traceId, id, start, end, place }: LoggedSegment): void {
    const trace = this.open(scope, traceId, place.chunk)
    const known = trace.segmentIds.indexOf(id)
    if (known >= 0) trace.places[known] = place
    else if (trace.places.length < mostSegments) {
      trace.segmentIds.push(id)
      trace.places.push(place)
    } else {
      this.dropped++
      return
    }
    trace.start = Math.min(trace.start, start)
    trace.end = Math.max(trace.end, end)
  }

  private open(scope: Scope, id: string, firstChunk: SegmentChunk): Kept {
    const key = keyOf(scope, id)
    let trace = this.kept.get(key)
    if (trace === undefined) {
      const [position, start] = [++this.positions, Number.POSITIVE_INFINITY]
      trace = { key, id, position, scope, firstChunk, segmentIds: [], places: [], start, end: 0 }
      this.kept.set(key, trace)
      this.order.push(trace)
    }
    return trace
  }

  /** Forgets traces from the oldest on, as long as it has lost its first segment, has expired, or is one too many. */
  private forget(): void {
    for (let trace = this.order[this.oldest]; trace !== undefined; trace = this.order[++this.oldest]) {
      const isTooMuch = this.kept.size > this.maximumTraces
      if (!isTooMuch && !trace.firstChunk.isGone && !this.isExpired(trace)) break
      this.kept.delete(trace.key)
      // The array itself is cut only now and then, because that copies it.
      this.order[this.oldest] = undefined
    }
    if (this.oldest < this.maximumTraces) return
    this.order = this.order.slice(this.oldest)
    this.oldest = 0
  }

  private isExpired({ end }: Kept): boolean {
    return end < this.clock.now() / 1000 - keptSeconds
  }
}

function keyOf({ account, region }: Scope, id: string): string {
  return `${account}\n${region}\n${id}`
}

function shown({ id, position, places }: Kept): PlacedTrace {
  return { id, position, segments: places.map(({ chunk, index }) => chunk.document(index)) }
}
