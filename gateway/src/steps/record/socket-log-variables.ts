// The `$context` variables of a WebSocket API's access log: those that templates know, and those of how an event went. WebSocket 33.1.
import { socketContextReader } from '../../nouns/socket-context.ts'
import type { LogName } from '../../nouns/log-variables.ts'
import type { SocketStage } from '../../nouns/socket.ts'
import type { SocketOutcome } from '../../ports/recorder.ts'
import type { LogReader, LogVariables } from './log-format.ts'
import { phaseReaders, type PhaseOf } from './phase-readers.ts'

type Reader = LogReader<SocketOutcome>

/** Only `$connect` has phases. */
const phaseOf: PhaseOf<SocketOutcome> = ({ exchange, work }, phase) => {
  const { eventType, target, caller, fault } = exchange
  if (eventType !== 'CONNECT' || work.authorizerMs < 0) return undefined
  if (target?.authorization !== (phase === 'authorizer' ? 'CUSTOM' : 'AWS_IAM')) return undefined
  if (caller !== undefined || fault === undefined) return {}
  // Who is nobody is not asked what he may do.
  const isDenied = fault.type === 'ACCESS_DENIED'
  if (phase === 'authenticate') return isDenied ? {} : { fault }
  return phase === 'authorizer' || isDenied ? { fault } : undefined
}

const integrationMs: Reader = ({ work }) => (work.integrationMs < 0 ? undefined : work.integrationMs)
const integrationError: Reader = ({ work }) =>
  work.integrationMs < 0 || work.fault === undefined ? undefined : (work.fault.log ?? work.fault.message)
const unset: Reader = () => undefined

/** What is never set is there too: AWS knows the names. */
const variables: Readonly<Record<LogName<'WEBSOCKET'>, Reader>> = {
  ...phaseReaders(phaseOf),
  httpMethod: unset,
  'identity.principalOrgId': unset,
  'integration.error': integrationError,
  'integration.integrationStatus': ({ work, exchange }) =>
    work.awsRequestId === undefined ? exchange.reply?.status : 200,
  'integration.latency': integrationMs,
  'integration.requestId': ({ work }) => work.awsRequestId,
  'integration.status': ({ exchange }) => exchange.reply?.status,
  integrationErrorMessage: integrationError,
  integrationLatency: integrationMs,
  status: ({ status }) => status,
  protocol: unset,
  resourcePath: unset,
  responseLength: unset,
  'waf.error': unset,
  'waf.latency': unset,
  'waf.status': unset,
}

export function socketLogVariables(stage: SocketStage): LogVariables<SocketOutcome> {
  return (name) => {
    if (Object.hasOwn(variables, name)) return variables[name as LogName<'WEBSOCKET'>]
    const read = socketContextReader(name)
    return read && (({ exchange }) => read(exchange, stage))
  }
}
