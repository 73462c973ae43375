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
  const parsed = parseObject(document)
  if (typeof parsed === 'string') return refusal(undefined, 'ParseError', parsed)
  const { id } = parsed
  if (id === undefined) return refusal(undefined, 'MissingId', 'The segment has no id')
  if (typeof id !== 'string' || !/^[0-9a-f]{16}$/i.test(id)) {
    return refusal(undefined, 'InvalidId', 'The id is not 16 hexadecimal digits')
  }
  const [code, why] = problemOf(parsed, nowSeconds) ?? []
  return code === undefined || why === undefined
    ? { segment: parsed as unknown as SegmentDocument }
    : refusal(id, code, why)
}

type Parsed = Readonly<Partial<Record<keyof SegmentDocument, unknown>>>

/** The document, or why it is none. */
function parseObject(document: string): Parsed | string {
  if (Buffer.byteLength(document) > maximumBytes) return 'The segment is larger than 64 KB'
  try {
    const parsed: unknown = JSON.parse(document)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? parsed
      : 'The segment is no JSON object'
  } catch {
    return 'The segment is no JSON'
  }
}

/** The first rule that a segment with an id breaks. */
function problemOf(
  { name, trace_id: traceId, start_time: start, end_time: end }: Parsed,
  nowSeconds: number,
): readonly [code: string, why: string] | undefined {
  if (name === undefined) return ['MissingName', 'The segment has no name']
  if (typeof name !== 'string' || !/^[\p{L}\p{N}\s_.:/%&#=+\\\-@]{1,200}$/u.test(name)) {
    return ['InvalidName', 'The name is longer than 200 characters, or has others than AWS allows']
  }
  if (traceId === undefined) return ['MissingTraceId', 'The segment has no trace_id']
  if (typeof traceId !== 'string' || !isRecent(traceId, nowSeconds)) {
    return ['InvalidTraceId', 'The trace id is malformed, older than 30 days, or of the future']
  }
  const isOrdered = typeof start === 'number' && (end === undefined || (typeof end === 'number' && end >= start))
  return isOrdered ? undefined : ['ParseError', 'The times are no numbers, or in the wrong order']
}

function isRecent(traceId: string, nowSeconds: number): boolean {
  const epoch = Number.parseInt(/^1-([0-9a-f]{8})-[0-9a-f]{24}$/i.exec(traceId)?.[1] ?? '', 16)
  return epoch >= nowSeconds - oldestSeconds && epoch <= nowSeconds + futureSeconds
}

function refusal(Id: string | undefined, ErrorCode: string, Message: string): UnprocessedTraceSegment {
  return { Id, ErrorCode, Message }
}
