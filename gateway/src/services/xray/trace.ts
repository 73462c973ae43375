// Traces as they are asked for: in short by time and filter, whole by id. Security specification G.5.
import type { Handlers } from '@sluice/aws-protocol'
import { InvalidRequestException, type Operations } from '@sluice/aws-protocol/xray'
import type { Call } from '../call.ts'
import { pageByName } from '../marker-page.ts'
import type { XrayParts } from './parts.ts'
import { durationOf, summaryOf } from './summary.ts'
import { compileTraceFilter } from './trace-filter.ts'

const longestWindowSeconds = 24 * 3_600
const summariesPerPage = 100

export function traceHandlers({
  traces,
}: XrayParts): Handlers<Operations, 'BatchGetTraces' | 'GetTraceSummaries', Call> {
  return {
    BatchGetTraces: ({ TraceIds: ids }, { scope }) => {
      const found = ids.flatMap((id) => traces.find(scope, id) ?? [])
      const known = new Set(found.map(({ id }) => id))
      return {
        Traces: found.map((trace) => ({
          Id: trace.id,
          Duration: durationOf(trace),
          LimitExceeded: false,
          Segments: trace.segments.map((segment) => ({ Id: segment.id, Document: JSON.stringify(segment) })),
        })),
        UnprocessedTraceIds: ids.filter((id) => !known.has(id)),
      }
    },
    GetTraceSummaries: (input, { scope, nowMs }) => {
      checkWindow(input.StartTime, input.EndTime)
      const filter = input.FilterExpression === undefined ? undefined : compileTraceFilter(input.FilterExpression)
      const all = traces.between(scope, input.StartTime, input.EndTime)
      const matching = all.filter((trace) => filter === undefined || filter(trace))
      const page = pageByName(matching, ({ id }) => id, { marker: input.NextToken, maxItems: summariesPerPage })
      if (page === undefined) throw new InvalidRequestException('Invalid NextToken')
      return {
        TraceSummaries: page.items.map((trace) => summaryOf(scope.account, trace)),
        ApproximateTime: Math.floor(nowMs / 1000),
        TracesProcessedCount: all.length,
        NextToken: page.marker,
      }
    },
  }
}

/** Throws InvalidRequestException for times that make no window, or too long a one. */
export function checkWindow(startTime: number, endTime: number): void {
  if (!(startTime <= endTime)) throw new InvalidRequestException('Start time must be before end time')
  if (endTime - startTime > longestWindowSeconds) {
    throw new InvalidRequestException('Time range cannot be longer than 24 hours')
  }
}
