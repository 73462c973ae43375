// The `$context` variables of a REST request's phases, one after the other: who calls, what he may do, what an authorizer said. S F.8.
import type { GatewayFault, GatewayResponseType } from '../../nouns/faults.ts'
import type { RestOutcome } from '../../ports/recorder.ts'
import type { LogReader } from './log-format.ts'

type Reader = LogReader<RestOutcome>

/** IAM methods have the first two; methods with a Lambda authorizer or a user pool the third. */
type Phase = 'authenticate' | 'authorize' | 'authorizer'

/** The gateway responses that end a request in a phase. */
const endings: Readonly<Record<Phase, ReadonlySet<GatewayResponseType>>> = {
  authenticate: new Set(['MISSING_AUTHENTICATION_TOKEN', 'INVALID_SIGNATURE', 'EXPIRED_TOKEN']),
  authorize: new Set(['ACCESS_DENIED']),
  authorizer: new Set(['ACCESS_DENIED', 'UNAUTHORIZED', 'AUTHORIZER_FAILURE', 'AUTHORIZER_CONFIGURATION_ERROR']),
}

/** Whether a phase of the request took place, and the fault that ended it. Undefined: it did not. */
function phaseOf({ exchange, work }: RestOutcome, phase: Phase): { readonly fault?: GatewayFault } | undefined {
  const { target, caller, fault } = exchange
  const kind = target?.authorization ?? 'NONE'
  if (work.authorizerMs < 0 || kind === 'NONE') return undefined
  if ((kind === 'AWS_IAM') === (phase === 'authorizer')) return undefined
  if (caller !== undefined) return {}
  if (fault !== undefined && endings[phase].has(fault.type)) return { fault }
  // Who is somebody was refused by what he may do; who is nobody was never asked.
  return phase === 'authenticate' && fault !== undefined && endings.authorize.has(fault.type) ? {} : undefined
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

const unset: Reader = () => undefined

/** What is never set is there too, so that a name ends where it ends. */
export const phaseVariables: Readonly<Record<string, Reader>> = {
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
  // No web ACL is asked here, and no listener stands in a VPC.
  'identity.vpcId': unset,
  'identity.vpceId': unset,
  'waf.error': unset,
  'waf.latency': unset,
  'waf.status': unset,
  wafResponseCode: unset,
  webaclArn: unset,
}
