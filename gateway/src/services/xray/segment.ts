// Segments that others send: read, checked by X-Ray's rules, kept. Security specification G.4.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations, UnprocessedTraceSegment } from '@sluice/aws-protocol/xray'
import type { SegmentDocument } from '../../ports/traces.ts'
import type { Call } from '../call.ts'
import type { XrayParts } from './parts.ts'

const maximumBytes = 64 * 1024
/** A trace may have begun so long ago, and the clocks of two machines may differ by so much. */
const oldestSeconds = 30 * 86_400
const futureSeconds = 300

export function segmentHandlers({ traces }: XrayParts): Handlers<Operations, 'PutTraceSegments', Call> {
  return {
    PutTraceSegments: ({ TraceSegmentDocuments: documents }, { scope, nowMs }) => {
      const refused: UnprocessedTraceSegment[] = []
      for (const document of documents) {
        const read = readSegment(document, nowMs / 1000)
        if ('segment' in read) traces.put(scope, read.segment)
        else refused.push(read)
      }
      return { UnprocessedTraceSegments: refused }
    },
  }
}

type Read = { readonly segment: SegmentDocument } | UnprocessedTraceSegment

function readSegment(document: string, nowSeconds: number): Read {
  if (Buffer.byteLength(document) > maximumBytes) return refusal(undefined, 'ParseError', 'The segment is larger than 64 KB')
  let parsed: unknown
  try {
    parsed = JSON.parse(document)
  } catch {
    return refusal(undefined, 'ParseError', 'The segment is no JSON')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return refusal(undefined, 'ParseError', 'The segment is no JSON object')
  }
  const segment = parsed as Partial<Record<keyof SegmentDocument, unknown>>
  const { id, name, trace_id: traceId, start_time: start, end_time: end } = segment
  if (id === undefined) return refusal(undefined, 'MissingId', 'The segment has no id')
  if (typeof id !== 'string' || !/^[0-9a-f]{16}$/i.test(id)) return refusal(String(id), 'InvalidId', 'The id is not 16 hexadecimal digits')
  if (name === undefined) return refusal(id, 'MissingName', 'The segment has no name')
  if (typeof name !== 'string' || !/^[\p{L}\p{N}\s_.:/%&#=+\\\-@]{1,200}$/u.test(name)) {
    return refusal(id, 'InvalidName', 'The name is longer than 200 characters, or has others than AWS allows')
  }
  if (traceId === undefined) return refusal(id, 'MissingTraceId', 'The segment has no trace_id')
  if (typeof traceId !== 'string' || !isRecent(traceId, nowSeconds)) {
    return refusal(id, 'InvalidTraceId', 'The trace id is malformed, older than 30 days, or of the future')
  }
  if (typeof start !== 'number' || (end !== undefined && (typeof end !== 'number' || end < start))) {
    return refusal(id, 'ParseError', 'The times are no numbers, or in the wrong order')
  }
  return { segment: parsed as SegmentDocument }
}

function isRecent(traceId: string, nowSeconds: number): boolean {
  const epoch = Number.parseInt(/^1-([0-9a-f]{8})-[0-9a-f]{24}$/i.exec(traceId)?.[1] ?? '', 16)
  return epoch >= nowSeconds - oldestSeconds && epoch <= nowSeconds + futureSeconds
}

function refusal(Id: string | undefined, ErrorCode: string, Message: string): UnprocessedTraceSegment {
  return { Id, ErrorCode, Message }
}
