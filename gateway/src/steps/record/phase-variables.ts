// The `$context` variables of a REST request's phases, one after the other: who calls, what he may do, what an authorizer said. Security F.8.
import type { GatewayResponseType } from '../../nouns/faults.ts'
import type { RestOutcome } from '../../ports/recorder.ts'
import type { LogReader } from './log-format.ts'
import { phaseReaders, type Phase, type PhaseOf } from './phase-readers.ts'

type Reader = LogReader<RestOutcome>

/** The gateway responses that end a request in a phase. */
const endings: Readonly<Record<Phase, ReadonlySet<GatewayResponseType>>> = {
  authenticate: new Set(['MISSING_AUTHENTICATION_TOKEN', 'INVALID_SIGNATURE', 'EXPIRED_TOKEN']),
  authorize: new Set(['ACCESS_DENIED']),
  authorizer: new Set(['ACCESS_DENIED', 'UNAUTHORIZED', 'AUTHORIZER_FAILURE', 'AUTHORIZER_CONFIGURATION_ERROR']),
}

const phaseOf: PhaseOf<RestOutcome> = ({ exchange, work }, phase) => {
  const { target, caller, fault } = exchange
  const kind = target?.authorization ?? 'NONE'
  if (work.authorizerMs < 0 || kind === 'NONE') return undefined
  if ((kind === 'AWS_IAM') === (phase === 'authorizer')) return undefined
  // A caller who was denied is known all the same.
  if (fault !== undefined && endings[phase].has(fault.type)) return { fault }
  if (caller !== undefined) return {}
  // Who is somebody was refused by what he may do; who is nobody was never asked.
  return phase === 'authenticate' && fault !== undefined && endings.authorize.has(fault.type) ? {} : undefined
}

const unset: Reader = () => undefined

/** What is never set is there too: AWS knows the names. */
export const phaseVariables = {
  ...phaseReaders(phaseOf),
  // No web ACL is asked here.
  'waf.error': unset,
  'waf.latency': unset,
  'waf.status': unset,
  wafResponseCode: unset,
  webaclArn: unset,
} satisfies Readonly<Record<string, Reader>>
