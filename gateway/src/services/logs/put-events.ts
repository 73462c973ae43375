// PutLogEvents: stores log events of other programs, in order of time, within AWS's bounds of size and age. Security F.9.
import type { Handlers } from '@sluice/aws-protocol'
import {
  InvalidParameterException,
  ServiceUnavailableException,
  type InputLogEvent,
  type Operations,
  type RejectedLogEventsInfo,
} from '@sluice/aws-protocol/logs'
import type { Call } from '../call.ts'
import { noSuchGroup, noSuchStream, uploadToken, type LogsParts } from './parts.ts'

const maximumBytes = 1024 * 1024
/** The bytes that an event counts beside its text. */
const overheadBytes = 26
const dayMs = 86_400_000
const oldestDays = 14
const newestMs = 2 * 3_600_000

export function putHandlers({ logs }: LogsParts): Handlers<Operations, 'PutLogEvents', Call> {
  return {
    PutLogEvents: ({ logGroupName, logStreamName, logEvents }, { scope, nowMs }) => {
      checkEvents(logEvents)
      const group = logs.groups(scope).find(({ name }) => name === logGroupName)
      if (group === undefined) throw noSuchGroup()
      if (!(logs.streams(scope, logGroupName) ?? []).some(({ name }) => name === logStreamName)) throw noSuchStream()
      const rejected = rejectedOf(logEvents, nowMs, group.retentionDays)
      const from = Math.max(rejected.tooOldLogEventEndIndex ?? 0, rejected.expiredLogEventEndIndex ?? 0)
      const kept = logEvents
        .slice(from, rejected.tooNewLogEventStartIndex)
        .map(({ timestamp, message }) => ({ timestampMs: timestamp, message }))
      if ((kept.at(-1)?.timestampMs ?? 0) - (kept[0]?.timestampMs ?? 0) > dayMs) {
        throw new InvalidParameterException(
          'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
        )
      }
      const place = { scope, group: logGroupName, stream: logStreamName }
      if (kept.length > 0 && !logs.put(place, kept)) {
        throw new ServiceUnavailableException('The log events could not be written.')
      }
      const isRejected = kept.length < logEvents.length
      return { nextSequenceToken: uploadToken, ...(isRejected && { rejectedLogEventsInfo: rejected }) }
    },
  }
}

/** Throws InvalidParameterException for what is refused as a whole. */
function checkEvents(events: readonly InputLogEvent[]): void {
  let bytes = 0
  let lastMs = Number.NEGATIVE_INFINITY
  for (const { timestamp, message } of events) {
    const own = Buffer.byteLength(message) + overheadBytes
    if (own > maximumBytes) {
      throw new InvalidParameterException(`Log event too large: ${own} bytes exceeds limit of ${maximumBytes}`)
    }
    if (timestamp < lastMs) {
      throw new InvalidParameterException('Log events in a single PutLogEvents request must be in chronological order.')
    }
    bytes += own
    lastMs = timestamp
  }
  if (bytes > maximumBytes) {
    throw new InvalidParameterException(`Upload too large: ${bytes} bytes exceeds limit of ${maximumBytes}`)
  }
}

/** The borders, as indices, of the events that are too old, expired, or too new; the events are in order of time. */
function rejectedOf(
  events: readonly InputLogEvent[],
  nowMs: number,
  retentionDays: number | undefined,
): RejectedLogEventsInfo {
  const before = (limitMs: number): number => events.filter(({ timestamp }) => timestamp < limitMs).length
  const tooOld = before(nowMs - oldestDays * dayMs)
  const expired = retentionDays === undefined ? 0 : before(nowMs - retentionDays * dayMs)
  const inTime = events.filter(({ timestamp }) => timestamp <= nowMs + newestMs).length
  return {
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
    ...(inTime < events.length && { tooNewLogEventStartIndex: inTime }),
  }
}
