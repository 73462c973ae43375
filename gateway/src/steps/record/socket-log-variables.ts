// The `$context` variables of a WebSocket API's access log: those that templates know, and those of how an event went. WebSocket 33.1.
import type { GatewayFault } from '../../nouns/faults.ts'
import { socketContextReader } from '../../nouns/socket-context.ts'
import type { SocketStage } from '../../nouns/socket.ts'
import type { SocketOutcome } from '../../ports/recorder.ts'
import type { LogReader, LogVariables } from './log-format.ts'

type Reader = LogReader<SocketOutcome>

/** The phases of `$connect`'s authorization: IAM has the first two, a Lambda authorizer the third. */
type Phase = 'authenticate' | 'authorize' | 'authorizer'

/** Whether a phase of the event took place, and the fault that ended it. Undefined: it did not. */
function phaseOf({ exchange, work }: SocketOutcome, phase: Phase): { readonly fault?: GatewayFault } | undefined {
  const { eventType, target, caller, fault } = exchange
  if (eventType !== 'CONNECT' || work.authorizerMs < 0) return undefined
  if (target?.authorization !== (phase === 'authorizer' ? 'CUSTOM' : 'AWS_IAM')) return undefined
  if (caller !== undefined || fault === undefined) return {}
  // Who is nobody is not asked what he may do.
  const isDenied = fault.type === 'ACCESS_DENIED'
  if (phase === 'authenticate') return isDenied ? {} : { fault }
  return phase === 'authorizer' || isDenied ? { fault } : undefined
}

const phaseError =
  (phase: Phase): Reader =>
  (outcome) => {
    const failed = phaseOf(outcome, phase)?.fault
    return failed === undefined ? undefined : (failed.sentence ?? failed.message)
  }

const phaseLatency =
  (phase: Phase): Reader =>
  (outcome) =>
    phaseOf(outcome, phase) === undefined ? undefined : outcome.work.authorizerMs

const phaseStatus =
  (phase: Phase): Reader =>
  (outcome) => {
    const gone = phaseOf(outcome, phase)
    return gone && (gone.fault?.status ?? 200)
  }

const integrationMs: Reader = ({ work }) => (work.integrationMs < 0 ? undefined : work.integrationMs)
const unset: Reader = () => undefined

/** What is unset is there too, so that a name ends where it ends. */
const variables: Readonly<Record<string, Reader>> = {
  'authenticate.error': phaseError('authenticate'),
  'authenticate.latency': phaseLatency('authenticate'),
  'authenticate.status': phaseStatus('authenticate'),
  'authorize.error': phaseError('authorize'),
  'authorize.latency': phaseLatency('authorize'),
  'authorize.status': phaseStatus('authorize'),
  'authorizer.error': phaseError('authorizer'),
  'authorizer.integrationLatency': ({ exchange }) => exchange.caller?.authorizerLatencyMs,
  'authorizer.integrationStatus': ({ work }) => (work.authorizerRequestId === undefined ? undefined : 200),
  'authorizer.latency': phaseLatency('authorizer'),
  'authorizer.requestId': ({ work }) => work.authorizerRequestId,
  'authorizer.status': phaseStatus('authorizer'),
  'identity.principalOrgId': unset,
  'integration.error': ({ work }) =>
    work.integrationMs < 0 || work.fault === undefined ? undefined : (work.fault.log ?? work.fault.message),
  'integration.integrationStatus': ({ work, exchange }) =>
    work.awsRequestId === undefined ? exchange.reply?.status : 200,
  'integration.latency': integrationMs,
  'integration.requestId': ({ work }) => work.awsRequestId,
  'integration.status': ({ exchange }) => exchange.reply?.status,
  integrationLatency: integrationMs,
  status: ({ status }) => status,
  'waf.error': unset,
  'waf.latency': unset,
  'waf.status': unset,
}

export function socketLogVariables(stage: SocketStage): LogVariables<SocketOutcome> {
  return (name) => {
    if (Object.hasOwn(variables, name)) return variables[name]
    const read = socketContextReader(name)
    return read && (({ exchange }) => read(exchange, stage))
  }
}
