// Traces in memory: the newest ones, within bounds.
import type { Scope } from '../nouns/records.ts'
import type { SegmentDocument, Trace, Traces } from '../ports/traces.ts'

interface Kept extends Trace {
  readonly scope: Scope
  readonly segments: SegmentDocument[]
  start: number
  end: number
}

/** `traces`: beyond so many the oldest is forgotten. `segments`: more of one trace are not kept. */
export function createMemoryTraces(bounds = { traces: 10_000, segments: 1_000 }): Traces {
  const kept = new Map<string, Kept>()
  const keyOf = ({ account, region }: Scope, id: string): string => `${account}\n${region}\n${id}`
  const open = (scope: Scope, id: string): Kept => {
    const key = keyOf(scope, id)
    let trace = kept.get(key)
    if (trace === undefined) {
      const [oldest] = kept.keys()
      if (kept.size >= bounds.traces && oldest !== undefined) kept.delete(oldest)
      trace = { id, scope, segments: [], start: Number.POSITIVE_INFINITY, end: 0 }
      kept.set(key, trace)
    }
    return trace
  }
  return {
    put: (scope, segment) => {
      const trace = open(scope, segment.trace_id)
      const known = trace.segments.findIndex(({ id }) => id === segment.id)
      if (known >= 0) trace.segments[known] = segment
      else if (trace.segments.length < bounds.segments) trace.segments.push(segment)
      trace.start = Math.min(trace.start, segment.start_time)
      trace.end = Math.max(trace.end, segment.end_time ?? segment.start_time)
    },
    find: (scope, traceId) => kept.get(keyOf(scope, traceId)),
    between: ({ account, region }, fromSeconds, toSeconds) =>
      [...kept.values()].filter(
        ({ scope, start, end }) =>
          scope.account === account && scope.region === region && start <= toSeconds && end >= fromSeconds,
      ),
  }
}
