// Reads log events: one stream page by page in both directions, and a group by a filter pattern. Security F.9.
import type { Handlers } from '@sluice/aws-protocol'
import { InvalidParameterException, type Operations } from '@sluice/aws-protocol/logs'
import type { LogEvent, LogPosition } from '../../ports/logs.ts'
import { logEventId } from '../../nouns/log-event-id.ts'
import type { Call } from '../call.ts'
import { compileFilter } from './filter-pattern.ts'
import { groupNameOf, invalidToken, noSuchGroup, noSuchStream, type LogsParts } from './parts.ts'

/** A page holds at most this many events, and a limited number of bytes. */
const maximumEvents = 10_000
const maximumPageChars = 1024 * 1024
/** A call looks at no more than this many events; the next page continues there. */
const maximumScanned = 50_000
const scanBatch = 5_000

export function eventHandlers(parts: LogsParts): Handlers<Operations, 'GetLogEvents' | 'FilterLogEvents', Call> {
  const { logs } = parts
  return {
    GetLogEvents: (input, { scope }) => {
      const group = groupNameOf(input)
      checkStreams(parts, { scope, group, names: [input.logStreamName] })
      const place = input.nextToken === undefined ? undefined : parsePlace(input.nextToken)
      const backward = place === undefined ? input.startFromHead !== true : place.direction === 'b'
      const found = logs.events({
        scope,
        group,
        streams: [input.logStreamName],
        fromMs: input.startTime,
        toMs: input.endTime,
        after: place?.position,
        descending: backward,
        limit: input.limit ?? maximumEvents,
      })
      const page = withinPage(found)
      const events = backward ? page.reverse() : page
      // AWS: at the end of a stream the token that came in goes out again.
      const forward = events.at(-1) ?? place?.position ?? { timestampMs: 0, id: 0 }
      const back = events[0] ?? place?.position ?? { timestampMs: 0, id: 0 }
      return {
        events: events.map(({ timestampMs, message, ingestionMs }) => ({
          timestamp: timestampMs,
          message,
          ingestionTime: ingestionMs,
        })),
        nextForwardToken: placeText('f', forward),
        nextBackwardToken: placeText('b', back),
      }
    },
    FilterLogEvents: (input, { scope }) => {
      const group = groupNameOf(input)
      const streams = chosenStreams(parts, { scope, group, input })
      const filter = compileFilter(input.filterPattern ?? '')
      const limit = input.limit ?? maximumEvents
      let after = input.nextToken === undefined ? undefined : parsePlace(input.nextToken).position
      const taken: LogEvent[] = []
      let takenChars = 0
      // endTime is inclusive here, unlike GetLogEvents'.
      const toMs = input.endTime === undefined ? undefined : input.endTime + 1
      for (let scanned = 0; scanned < maximumScanned;) {
        const batch = logs.events({ scope, group, streams, fromMs: input.startTime, toMs, after, limit: scanBatch })
        for (const event of batch) {
          if (filter(event.message)) {
            taken.push(event)
            takenChars += event.message.length
          }
          after = event
          if (taken.length >= limit || takenChars >= maximumPageChars) return filtered(taken, after)
        }
        scanned += batch.length
        if (batch.length < scanBatch) return filtered(taken, undefined)
      }
      return filtered(taken, after)
    },
  }
}

/** One page and the token of the next, which is undefined on the last. */
function filtered(events: readonly LogEvent[], next: LogPosition | undefined): Operations['FilterLogEvents']['output'] {
  return {
    events: events.map((event) => ({
      logStreamName: event.stream,
      timestamp: event.timestampMs,
      message: event.message,
      ingestionTime: event.ingestionMs,
      eventId: logEventId(event),
    })),
    searchedLogStreams: [],
    nextToken: next && placeText('f', next),
  }
}

interface Streams {
  readonly scope: Call['scope']
  readonly group: string
  readonly names: readonly string[]
}

/** Throws ResourceNotFoundException for a group, or a stream, that is not there. */
function checkStreams({ logs }: LogsParts, { scope, group, names }: Streams): void {
  const streams = logs.streams(scope, group)
  if (streams === undefined) throw noSuchGroup()
  const known = new Set(streams.map(({ name }) => name))
  if (!names.every((name) => known.has(name))) throw noSuchStream()
}

interface StreamChoice {
  readonly scope: Call['scope']
  readonly group: string
  readonly input: Operations['FilterLogEvents']['input']
}

/** The streams that a call chooses; undefined for all of the group. */
function chosenStreams(parts: LogsParts, { scope, group, input }: StreamChoice): readonly string[] | undefined {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input
  if (names !== undefined && prefix !== undefined) {
    throw new InvalidParameterException('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.')
  }
  checkStreams(parts, { scope, group, names: names ?? [] })
  if (prefix === undefined) return names
  const streams = parts.logs.streams(scope, group) ?? []
  return streams.map(({ name }) => name).filter((name) => name.startsWith(prefix))
}

/** As many events as fit into the bytes of a page, at least one. */
function withinPage(events: readonly LogEvent[]): LogEvent[] {
  let chars = 0
  const end = events.findIndex(({ message }, index) => (chars += message.length) > maximumPageChars && index > 0)
  return events.slice(0, end < 0 ? events.length : end)
}

/** AWS's tokens have as many digits as its events' ids. */
function placeText(direction: 'f' | 'b', position: LogPosition): string {
  return `${direction}/${logEventId(position)}/s`
}

function parsePlace(token: string): { readonly direction: string; readonly position: LogPosition } {
  const [, direction, timestamp, id] = /^([fb])\/(\d{20})(\d{36})\/s$/.exec(token) ?? []
  if (direction === undefined) throw invalidToken()
  return { direction, position: { timestampMs: Number(timestamp), id: Number(id) } }
}
