// Reads traces: summaries by time and filter, whole traces by id. Security G.5.
import { setImmediate } from 'node:timers/promises'
import type { Handlers } from '@sluice/aws-protocol'
import { InvalidRequestException, type Operations, type TraceSummary } from '@sluice/aws-protocol/xray'
import type { Call } from '../call.ts'
import { assemble } from './assemble.ts'
import type { XrayParts } from './parts.ts'
import { durationOf, summaryOf } from './summary.ts'
import { compileTraceFilter } from './trace-filter.ts'

const longestWindowSeconds = 24 * 3_600
const summariesPerPage = 100
/** After this many traces a page ends, even with few summaries or none, as on AWS. */
const mostProcessed = 2_000

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
    GetTraceSummaries: async (input, { scope, nowMs }) => {
      const { StartTime: fromSeconds, EndTime: toSeconds, FilterExpression: expression, NextToken: token } = input
      checkWindow(fromSeconds, toSeconds)
      const filter = expression === undefined ? undefined : compileTraceFilter(expression)
      const summaries: TraceSummary[] = []
      let processed = 0
      let after = positionOf(token)
      let isMore = true
      while (isMore && summaries.length < summariesPerPage && processed < mostProcessed) {
        const limit = summariesPerPage - summaries.length
        const found = traces.page({ scope, fromSeconds, toSeconds, after, limit })
        for (const trace of found.map(assemble)) {
          if (filter === undefined || filter(trace)) summaries.push(summaryOf(scope.account, trace))
        }
        processed += found.length
        after = found.at(-1)?.position ?? after
        isMore = found.length === limit
        await setImmediate()
      }
      return {
        TraceSummaries: summaries,
        ApproximateTime: Math.floor(nowMs / 1000),
        TracesProcessedCount: processed,
        NextToken: isMore ? String(after) : undefined,
      }
    },
  }
}

/** Throws InvalidRequestException for a token that no page gave. */
function positionOf(token: string | undefined): number | undefined {
  if (token === undefined) return undefined
  if (!/^\d{1,15}$/.test(token)) throw new InvalidRequestException('Invalid NextToken')
  return Number(token)
}

/** Throws InvalidRequestException for times that make no window, or too long a one. */
export function checkWindow(startTime: number, endTime: number): void {
  if (!(startTime <= endTime)) throw new InvalidRequestException('Start time must be before end time')
  if (endTime - startTime > longestWindowSeconds) {
    throw new InvalidRequestException('Time range cannot be longer than 24 hours')
  }
}
