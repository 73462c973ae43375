// The lines of one request's execution log while it runs, which of them a level wants, and how they are written. Security F.4–F.6.
import { createHash } from 'node:crypto'
import type { Decision, Listener } from '../../nouns/decisions.ts'
import type { Clock } from '../../ports/clock.ts'

/** A request cannot fill the log: its lines beyond so many are left out. */
const maximumLines = 500
const maximumTextBytes = 1_024
const truncated = ' [TRUNCATED]'

/** Lines that need data trace beside INFO. */
const traced =
  /^(?:Incoming identity|Endpoint (?:request|response)|Authorizer result body|API Key:|Method (?:request|response)|Gateway response (?:body|headers)):? ?/
/** Lines of requests that go well; whatever is neither these nor traced is an error's. */
const informative =
  /^(?:Extended Request Id|Starting |Using valid authorizer|Successfully completed|Verifying Usage Plan|Usage Plan check succeeded|API Key .* authorized because|HTTP Method|X-ray Tracing ID|Sending request to|Received response\.|Method completed with status|AWS Integration Endpoint RequestId|WebSocket Request Route|WebSocket API \[|Client \[|Message from client \[)/

export interface Line {
  readonly atMs: number
  readonly text: string
}

/** What a stage says of the lines of a method or route. */
export interface LineSettings {
  readonly loggingLevel?: string | undefined
  readonly dataTraceEnabled?: boolean | undefined
}

/** Gathers the lines of one request, and passes on what somebody else listens to. */
export class GatheredLines implements Listener {
  readonly lines: Line[] = []
  private readonly clock: Clock
  private readonly next: Listener | undefined

  constructor(clock: Clock, next: Listener | undefined) {
    this.clock = clock
    this.next = next
  }

  decided(decision: Decision): void {
    this.next?.decided(decision)
  }

  logged(text: string): void {
    if (this.lines.length < maximumLines) this.lines.push({ atMs: this.clock.now(), text })
    this.next?.logged(text)
  }
}

/** Whether a line belongs into a log of this level. */
export function isWanted(text: string, { loggingLevel, dataTraceEnabled }: LineSettings): boolean {
  if (loggingLevel !== 'ERROR' && loggingLevel !== 'INFO') return false
  if (traced.test(text)) return loggingLevel === 'INFO' && dataTraceEnabled === true
  return loggingLevel === 'INFO' || !informative.test(text)
}

/** All lines of a request are in one of the group's few streams, which are named by 32 hexadecimal characters. */
export function streamOf(group: string, requestId: string): string {
  const key = `${group} ${requestId.charAt(0)}`
  let stream = streams.get(key)
  if (stream === undefined) {
    if (streams.size >= 10_000) streams.clear()
    streams.set(key, (stream = createHash('sha256').update(key).digest('hex').slice(0, 32)))
  }
  return stream
}

const streams = new Map<string, string>()

/** A line as it is written: its text is at most 1,024 bytes long, the mark that it was cut included. */
export function eventText(requestId: string, text: string): string {
  return `(${requestId}) ${cut(text)}`
}

function cut(text: string): string {
  // A byte count is only worth its time where the text could be too long.
  if (text.length * 3 <= maximumTextBytes || Buffer.byteLength(text) <= maximumTextBytes) return text
  const kept = Buffer.from(text).subarray(0, maximumTextBytes - truncated.length)
  return `${kept.toString('utf8').replace(/\uFFFD+$/, '')}${truncated}`
}
