// Traces in memory: the newest ones, within bounds.
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

export interface MemoryTracesOptions {
  readonly clock: Clock
  /** Beyond so many the oldest is forgotten. 10,000 when absent. */
  readonly maximumTraces?: number
  /** Documents of more characters in all make the oldest traces go. 64 million when absent. */
  readonly maximumChars?: number
}

interface Kept {
  readonly id: string
  readonly position: number
  readonly scope: Scope
  /** By segment id, in order of arrival. Text takes less memory than objects, and nobody can change it. */
  readonly documents: Map<string, string>
  start: number
  end: number
}

export function createMemoryTraces(options: MemoryTracesOptions): Traces {
  return new MemoryTraces(options)
}

class MemoryTraces implements Traces {
  private readonly clock: Clock
  private readonly maximumTraces: number
  private readonly maximumChars: number
  private readonly kept = new Map<string, Kept>()
  /** In order of arrival, from `oldest` on: a map from whose front much was deleted is slow to begin with. */
  private order: Kept[] = []
  private oldest = 0
  private positions = 0
  private chars = 0
  dropped = 0

  constructor({ clock, maximumTraces = 10_000, maximumChars = 64_000_000 }: MemoryTracesOptions) {
    this.clock = clock
    this.maximumTraces = maximumTraces
    this.maximumChars = maximumChars
  }

  put(scope: Scope, segment: SegmentDocument): void {
    const trace = this.open(scope, segment.trace_id)
    const before = trace.documents.get(segment.id)
    if (before === undefined && trace.documents.size >= mostSegments) {
      this.dropped++
      return
    }
    const document = JSON.stringify(segment)
    trace.documents.set(segment.id, document)
    trace.start = Math.min(trace.start, segment.start_time)
    trace.end = Math.max(trace.end, segment.end_time ?? segment.start_time)
    this.chars += document.length - (before?.length ?? 0)
    this.forget()
  }

  find(scope: Scope, traceId: string): Trace | undefined {
    const trace = this.kept.get(keyOf(scope, traceId))
    return trace === undefined || this.isExpired(trace) ? undefined : shown(trace)
  }

  page({ scope, fromSeconds, toSeconds, after = 0, limit }: TraceQuery): readonly PlacedTrace[] {
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
    this.kept.clear()
    this.order = []
    this.oldest = 0
    this.chars = 0
  }

  private open(scope: Scope, id: string): Kept {
    const key = keyOf(scope, id)
    let trace = this.kept.get(key)
    if (trace === undefined) {
      const position = ++this.positions
      trace = { id, position, scope, documents: new Map(), start: Number.POSITIVE_INFINITY, end: 0 }
      this.kept.set(key, trace)
      this.order.push(trace)
    }
    return trace
  }

  /** Too old, too many, too large: from the oldest on, until none of it is true. */
  private forget(): void {
    for (let trace = this.order[this.oldest]; trace !== undefined; trace = this.order[++this.oldest]) {
      const isTooMuch = this.kept.size > this.maximumTraces || this.chars > this.maximumChars
      if (!isTooMuch && !this.isExpired(trace)) break
      this.kept.delete(keyOf(trace.scope, trace.id))
      for (const document of trace.documents.values()) this.chars -= document.length
      // It stands in the order for a while.
      trace.documents.clear()
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

function shown({ id, position, documents }: Kept): PlacedTrace {
  return { id, position, segments: [...documents.values()].map((text) => JSON.parse(text) as SegmentDocument) }
}
