// Execution logs of REST APIs: the lines of each request, by its method's level, in AWS's words and log group. Security F.3–F.6.
import type { Stage } from '@sluice/aws-protocol/apigateway'
import type { Listener } from '../../nouns/decisions.ts'
import type { Received } from '../../nouns/exchange.ts'
import { methodSetting } from '../../nouns/method-settings.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logs } from '../../ports/logs.ts'
import type { RecordedRestStage, RestOutcome, StageRecorder } from '../../ports/recorder.ts'
import { eventText, GatheredLines, isWanted, streamOf, type Line } from './gathered-lines.ts'

export interface ExecutionLogPorts {
  readonly logs: Logs
  readonly clock: Clock
}

/** Undefined when no method of the stage logs anything. */
export function recordExecutionLog(
  { scope, api, stage }: RecordedRestStage,
  { logs, clock }: ExecutionLogPorts,
): StageRecorder<RestOutcome> | undefined {
  if (!logsAnything(stage)) return undefined
  const open = new WeakMap<Received, GatheredLines>()
  const group = `API-Gateway-Execution-Logs_${api.id ?? ''}/${stage.stageName ?? ''}`
  return {
    begin: (received) => {
      const listener = new GatheredLines(clock, received.listener)
      listener.logged(`Extended Request Id: ${received.extendedRequestId}`)
      open.set(received, listener)
      return Object.assign<Received, { readonly listener: Listener }>(received, { listener })
    },
    record: (outcome) => {
      const { exchange } = outcome
      const gathered = open.get(exchange)
      if (gathered === undefined) return
      const { resourcePath = '*', httpMethod = '*' } = exchange.target ?? {}
      const setting = methodSetting(stage.methodSettings, resourcePath, httpMethod, exchange.method)
      const place = { scope, group, stream: streamOf(group, exchange.requestId) }
      for (const { atMs, text } of [...gathered.lines, ...closingLines(outcome)]) {
        if (isWanted(text, setting)) logs.append(place, atMs, eventText(exchange.requestId, text))
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
