// Segments that other programs send: reads, checks and keeps them by X-Ray's rules. Security G.4.
import type { Handlers } from '@sluice/aws-protocol'
import type { Operations, UnprocessedTraceSegment } from '@sluice/aws-protocol/xray'
import type { SegmentDocument } from '../../ports/traces.ts'
import type { Call } from '../call.ts'
import type { XrayParts } from './parts.ts'
import { isId, isObject, misshapen, type Parsed } from './segment-shape.ts'

const maximumBytes = 64 * 1024
/** How long ago a trace may have begun, and how far the clocks of two machines may differ. */
const oldestSeconds = 30 * 86_400
const futureSeconds = 300

export function segmentHandlers({
  traces,
}: XrayParts): Handlers<Operations, 'PutTelemetryRecords' | 'PutTraceSegments', Call> {
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
    // AWS: a daemon's report about itself is accepted; no operation returns it.
    PutTelemetryRecords: () => ({}),
  }
}

export type ReadSegment = { readonly segment: SegmentDocument } | UnprocessedTraceSegment

/** `isKnownTrace`: a trace that was begun here may have any id, as W3C allows; others begin with their time. */
export function readSegment(
  document: string,
  nowSeconds: number,
  isKnownTrace: (traceId: string) => boolean = () => false,
): ReadSegment {
  const parsed = parseObject(document)
  if (typeof parsed === 'string') return refusal(undefined, 'ParseError', parsed)
  const { id } = parsed
  if (id === undefined) return refusal(undefined, 'MissingId', 'The segment has no id')
  if (!isId(id)) return refusal(undefined, 'InvalidId', 'The id is not 16 hexadecimal digits')
  const [code, why] = problemOf(parsed, (traceId) => isKnownTrace(traceId) || isRecent(traceId, nowSeconds)) ?? []
  return code === undefined || why === undefined
    ? { segment: parsed as unknown as SegmentDocument }
    : refusal(id, code, why)
}

/** The parsed document, or the reason why it is none. */
function parseObject(document: string): Parsed | string {
  if (Buffer.byteLength(document) > maximumBytes) return 'The segment is larger than 64 KB'
  try {
    const parsed: unknown = JSON.parse(document)
    return isObject(parsed) ? parsed : 'The segment is no JSON object'
  } catch {
    return 'The segment is no JSON'
  }
}

/** The first rule that a segment with an id breaks. */
function problemOf(
  parsed: Parsed,
  isTrace: (traceId: string) => boolean,
): readonly [code: string, why: string] | undefined {
  const { name, trace_id: traceId } = parsed
  if (name === undefined) return ['MissingName', 'The segment has no name']
  if (typeof name !== 'string' || !/^[\p{L}\p{N}\s_.:/%&#=+\\\-@]{1,200}$/u.test(name)) {
    return ['InvalidName', 'The name is longer than 200 characters, or has others than AWS allows']
  }
  if (traceId === undefined) return ['MissingTraceId', 'The segment has no trace_id']
  if (typeof traceId !== 'string' || !/^1-[0-9a-f]{8}-[0-9a-f]{24}$/i.test(traceId) || !isTrace(traceId)) {
    return ['InvalidTraceId', 'The trace id is malformed, older than 30 days, or of the future']
  }
  const wrong = misshapen(parsed)
  return wrong === undefined ? undefined : ['ParseError', `${wrong} is not what a segment has there`]
}

function isRecent(traceId: string, nowSeconds: number): boolean {
  const epoch = Number.parseInt(traceId.slice(2, 10), 16)
  return epoch >= nowSeconds - oldestSeconds && epoch <= nowSeconds + futureSeconds
}

function refusal(Id: string | undefined, ErrorCode: string, Message: string): UnprocessedTraceSegment {
  return { Id, ErrorCode, Message }
}
