// Access logs: one line a request, to the stage's own log group and to the sink that the whole gateway writes to.
import { parseLogGroupArn } from '../../nouns/log-group-arn.ts'
import { parseDeliveryStreamArn } from '../../nouns/delivery-stream-arn.ts'
import type { Deliveries } from '../../ports/deliveries.ts'
import type { LineSink } from '../../ports/line-sink.ts'
import type { Logs } from '../../ports/logs.ts'
import type { HttpOutcome, RestOutcome, SocketOutcome } from '../../ports/recorder.ts'
import { compileLogFormat, type LogVariables } from './log-format.ts'

export interface AccessLogPorts {
  readonly logs: Logs
  /** Where every request of every API goes too; undefined: nowhere. */
  readonly accessLog: LineSink | undefined
  readonly deliveries: Deliveries
  /** The log stream that this process writes to: 32 hexadecimal characters. */
  readonly streamName: string
}

export interface AccessLogSettings {
  readonly destinationArn: string | undefined
  readonly format: string | undefined
}

/** What the sink is given: AWS's own JSON preset of each kind, with the times beside. Security F.7. */
export const sinkFormats = {
  REST: presetOf('resourcePath'),
  HTTP: presetOf('routeKey'),
  WEBSOCKET:
    '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","apiId":"$context.apiId","stage":"$context.stage","eventType":"$context.eventType","routeKey":"$context.routeKey","connectionId":"$context.connectionId","status":$context.status,"integrationLatency":"$context.integrationLatency","error":"$context.error.message"}',
} as const

function presetOf(route: 'resourcePath' | 'routeKey'): string {
  const names = {
    requestId: 'requestId',
    extendedRequestId: 'extendedRequestId',
    ip: 'identity.sourceIp',
    caller: 'identity.caller',
    user: 'identity.user',
    requestTime: 'requestTime',
    apiId: 'apiId',
    stage: 'stage',
    httpMethod: 'httpMethod',
    path: 'path',
    [route]: route,
    protocol: 'protocol',
    status: 'status',
    responseLength: 'responseLength',
    responseLatency: 'responseLatency',
    integrationLatency: 'integrationLatency',
    error: 'error.message',
  }
  const numbers = new Set(['status', 'responseLength', 'responseLatency'])
  const members = Object.entries(names).map(([key, name]) =>
    numbers.has(name) ? `"${key}":$context.${name}` : `"${key}":"$context.${name}"`,
  )
  return `{${members.join(',')}}`
}

type Send = (line: string, atMs: number) => void

/** A log group, or a delivery stream of Firehose; undefined where the ARN names neither. */
function senderTo(arn: string, { logs, deliveries, streamName }: Omit<AccessLogPorts, 'accessLog'>): Send | undefined {
  const group = parseLogGroupArn(arn)
  if (group !== undefined) {
    const place = { scope: group.scope, group: group.name, stream: streamName }
    return (line, atMs) => logs.append(place, atMs, line)
  }
  const stream = parseDeliveryStreamArn(arn)
  return stream && ((line) => deliveries.write(stream, line))
}

/** What writes the line of each request; undefined when nobody wants one. */
export function recordAccessLog<Told extends RestOutcome | HttpOutcome | SocketOutcome>(
  settings: AccessLogSettings,
  sinkFormat: string,
  variables: LogVariables<Told>,
  { logs, accessLog, deliveries, streamName }: AccessLogPorts,
): ((outcome: Told) => void) | undefined {
  const { destinationArn = '', format } = settings
  const groupLine = format === undefined ? undefined : compileLogFormat(format, variables)
  const send = groupLine && senderTo(destinationArn, { logs, deliveries, streamName })
  const sinkLine = accessLog === undefined ? undefined : compileLogFormat(sinkFormat, variables)
  if (send === undefined && sinkLine === undefined) return undefined
  return (outcome) => {
    if (send !== undefined && groupLine !== undefined) send(groupLine(outcome), outcome.endedAtMs)
    if (sinkLine !== undefined) accessLog?.write(sinkLine(outcome))
  }
}
