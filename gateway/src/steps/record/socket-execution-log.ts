// Execution logs of WebSocket APIs: the lines of each connection, message and end, by its route's level. WebSocket 33.2, Security F.6.
import type { Stage } from '@sluice/aws-protocol/apigatewayv2'
import type { Listener } from '../../nouns/decisions.ts'
import { routeSettings } from '../../nouns/route-settings.ts'
import type { SocketReceived } from '../../nouns/socket.ts'
import { eventRoute } from '../../nouns/socket-context.ts'
import type { RecordedHttpStage, SocketOutcome, StageRecorder } from '../../ports/recorder.ts'
import type { ExecutionLogPorts } from './execution-log.ts'
import { eventText, GatheredLines, isWanted, streamOf, type Line } from './gathered-lines.ts'

/** Undefined when no route of the stage logs anything. */
export function recordSocketExecutionLog(
  { scope, api, stage }: RecordedHttpStage,
  { logs, clock }: ExecutionLogPorts,
): StageRecorder<SocketOutcome, SocketReceived> | undefined {
  if (!logsAnything(stage)) return undefined
  const open = new WeakMap<SocketReceived, GatheredLines>()
  const apiId = api.ApiId ?? ''
  const group = `API-Gateway-Execution-Logs_${apiId}/${stage.StageName}`
  return {
    begin: (received) => {
      const listener = new GatheredLines(clock, received.listener)
      open.set(received, listener)
      return Object.assign<SocketReceived, { readonly listener: Listener }>(received, { listener })
    },
    record: (outcome) => {
      const { exchange } = outcome
      const { requestId } = exchange
      const gathered = open.get(exchange)
      if (gathered === undefined) return
      const { LoggingLevel: loggingLevel, DataTraceEnabled: dataTraceEnabled } = routeSettings(
        stage,
        eventRoute(exchange) ?? '',
      )
      const place = { scope, group, stream: streamOf(group, requestId) }
      for (const { atMs, text } of [
        ...openingLines(outcome, apiId),
        ...gathered.lines,
        ...closingLines(outcome, apiId),
      ]) {
        if (isWanted(text, { loggingLevel, dataTraceEnabled })) logs.append(place, atMs, eventText(requestId, text))
      }
    },
  }
}

function logsAnything({ DefaultRouteSettings: setting, RouteSettings: own = {} }: Stage): boolean {
  return [setting, ...Object.values(own)].some((each) => (each?.LoggingLevel ?? 'OFF') !== 'OFF')
}

/** The wording of these lines is reported, not recorded (?). */
function openingLines({ exchange }: SocketOutcome, apiId: string): readonly Line[] {
  const { eventType, requestId, receivedAtMs: atMs, connection, end } = exchange
  const { connectionId, userAgent, sourceIp } = connection
  const texts = {
    CONNECT: `Client [UserAgent: ${userAgent ?? 'null'}, SourceIp: ${sourceIp}] is connecting to WebSocket API [${apiId}].`,
    MESSAGE: `WebSocket API [${apiId}] received message from client [Connection Id: ${connectionId}].`,
    DISCONNECT: `Client [Connection Id: ${connectionId}] disconnected from API [${apiId}]. Close reason: [${end?.statusCode}: ${end?.reason}]`,
  }
  const route = eventRoute(exchange)
  return [
    { atMs, text: `Extended Request Id: ${requestId}` },
    ...(route === undefined ? [] : [{ atMs, text: `WebSocket Request Route: [${route}]` }]),
    { atMs, text: texts[eventType] },
  ]
}

/** What the event came to. A failure that has no words of its own is told in those that the client reads. */
function closingLines({ exchange, work, status, endedAtMs: atMs }: SocketOutcome, apiId: string): readonly Line[] {
  const { eventType, connection, fault } = exchange
  const client = `[Connection Id: ${connection.connectionId}]`
  const texts: string[] = []
  if (fault !== undefined && fault.log === undefined) texts.push(fault.message)
  if (work.awsRequestId !== undefined) texts.push(`AWS Integration Endpoint RequestId : ${work.awsRequestId}`)
  if (eventType === 'MESSAGE') {
    texts.push(`Message from client ${client} sent to API [${apiId}] with response status code [${status}].`)
  } else if (eventType === 'CONNECT' && status >= 200 && status <= 299) {
    texts.push(`Client ${client} connected to API [${apiId}] successfully.`)
  } else if (eventType === 'CONNECT') {
    texts.push(`Client ${client} failed to connect to API [${apiId}] with response status code [${status}].`)
  }
  return texts.map((text) => ({ atMs, text }))
}
