// Execution logs of REST APIs: the lines of each request, by its method's level, in AWS's words and log group. Security specification F.3–F.6.
import { createHash } from 'node:crypto'
import type { Stage } from '@sluice/aws-protocol/apigateway'
import type { Decision, Listener } from '../../nouns/decisions.ts'
import type { Received } from '../../nouns/exchange.ts'
import { methodSetting } from '../../nouns/method-settings.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logs } from '../../ports/logs.ts'
import type { RecordedRestStage, RestOutcome, StageRecorder } from '../../ports/recorder.ts'

export interface ExecutionLogPorts {
  readonly logs: Logs
  readonly clock: Clock
}

/** A request cannot fill the log: its lines beyond so many are left out. */
const maximumLines = 500
const maximumTextBytes = 1_024
const truncated = ' [TRUNCATED]'

/** Lines that need data trace beside INFO. */
const traced =
  /^(?:Incoming identity|Endpoint (?:request|response)|Authorizer result body|API Key:|Method (?:request|response)|Gateway response (?:body|headers)):? ?/
/** Lines of requests that go well; whatever is neither these nor traced is an error's. */
const informative =
  /^(?:Extended Request Id|Starting |Using valid authorizer|Successfully completed|Verifying Usage Plan|Usage Plan check succeeded|API Key .* authorized because|HTTP Method|X-ray Tracing ID|Sending request to|Received response\.|Method completed with status|AWS Integration Endpoint RequestId)/

interface Line {
  readonly atMs: number
  readonly text: string
}

/** Gathers the lines of one request, and passes on what somebody else listens to. */
class ExecutionLines implements Listener {
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

  ran(step: string, tookMs: number): void {
    this.next?.ran?.(step, tookMs)
  }
}

/** Undefined when no method of the stage logs anything. */
export function recordExecutionLog(
  { scope, api, stage }: RecordedRestStage,
  { logs, clock }: ExecutionLogPorts,
): StageRecorder<RestOutcome> | undefined {
  if (!logsAnything(stage)) return undefined
  const open = new WeakMap<Received, ExecutionLines>()
  const group = `API-Gateway-Execution-Logs_${api.id ?? ''}/${stage.stageName ?? ''}`
  return {
    begin: (received) => {
      const listener = new ExecutionLines(clock, received.listener)
      listener.logged(`Extended Request Id: ${received.extendedRequestId}`)
      open.set(received, listener)
      return Object.assign<Received, Pick<Received, 'listener'>>(received, { listener })
    },
    record: (outcome) => {
      const { exchange } = outcome
      const gathered = open.get(exchange)
      if (gathered === undefined) return
      const { resourcePath = '*', httpMethod = '*' } = exchange.target ?? {}
      const { loggingLevel, dataTraceEnabled } = methodSetting(stage.methodSettings, resourcePath, httpMethod)
      if (loggingLevel !== 'ERROR' && loggingLevel !== 'INFO') return
      const place = { scope, group, stream: streamOf(group, exchange.requestId) }
      for (const { atMs, text } of [...gathered.lines, ...closingLines(outcome)]) {
        const isTraced = traced.test(text)
        const isWanted = isTraced
          ? loggingLevel === 'INFO' && dataTraceEnabled === true
          : loggingLevel === 'INFO' || !informative.test(text)
        if (isWanted) logs.append(place, atMs, `(${exchange.requestId}) ${cut(text)}`)
      }
    },
  }
}

function logsAnything({ methodSettings }: Stage): boolean {
  return Object.values(methodSettings ?? {}).some(({ loggingLevel = 'OFF' }) => loggingLevel !== 'OFF')
}

/** What is known only of a whole request: the gateway response that it got, and the id of the function's invocation. */
function closingLines({ exchange, answer, work, endedAtMs }: RestOutcome): readonly Line[] {
  const texts: string[] = []
  const { fault } = exchange
  if (fault !== undefined) {
    texts.push(`Gateway response type: ${fault.type} with status code: ${answer.status}`)
    texts.push(`Gateway response body: ${typeof answer.body === 'string' ? answer.body : ''}`)
  }
  if (work.awsRequestId !== undefined) texts.push(`AWS Integration Endpoint RequestId : ${work.awsRequestId}`)
  return texts.map((text) => ({ atMs: endedAtMs, text }))
}

/** All lines of a request are in one of the group's sixteen streams, which are named by 32 hexadecimal characters. */
function streamOf(group: string, requestId: string): string {
  const key = `${group} ${requestId.charAt(0)}`
  let stream = streams.get(key)
  if (stream === undefined) {
    if (streams.size >= 10_000) streams.clear()
    streams.set(key, (stream = createHash('sha256').update(key).digest('hex').slice(0, 32)))
  }
  return stream
}

const streams = new Map<string, string>()

/** An event's text is at most 1,024 bytes long, the mark that it was cut included. */
function cut(text: string): string {
  // A byte count is only worth its time where the text could be too long.
  if (text.length * 3 <= maximumTextBytes || Buffer.byteLength(text) <= maximumTextBytes) return text
  const kept = Buffer.from(text).subarray(0, maximumTextBytes - truncated.length)
  return `${kept.toString('utf8').replace(/\uFFFD+$/, '')}${truncated}`
}
